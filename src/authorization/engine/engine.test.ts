import { describe, expect, it } from 'vitest';
import type {
  Grant,
  Policy,
  PolicyEndpoint,
  PolicyService,
  Question,
  Reason,
} from '../model/index.ts';
import { sampleEndpoint, sampleGrant, sampleService } from '../testing/samples.ts';
import { Engine } from './engine.ts';
import { rulesFor, type SampleGuardrail, sampleJudge } from './testing/index.ts';

const service = (name: string, change: Partial<PolicyService> = {}) =>
  sampleService(`dev/shop/${name}`, change);

const endpoint = (operation: string, change: Partial<PolicyEndpoint> = {}) =>
  sampleEndpoint('dev/shop/payments', operation, change);

const grant = (operation: string, line = 7, from = 'orders') =>
  sampleGrant(`dev/shop/${from}`, 'dev/shop/payments', operation, line);

const SERVICES = [service('orders'), service('payments'), service('reviews')];
const CALL: Question = {
  caller: 'spiffe://example.org/ns/shop/sa/orders',
  proof: 'mtls',
  service: 'dev/shop/payments',
  protocol: 'http',
  method: 'GET',
  path: '/orders/17',
};

/** An engine for which these are declared, and these endpoints known. */
function engineOf(
  grants: readonly (string | Grant)[],
  endpoints: readonly (string | PolicyEndpoint)[] = [],
  change: Partial<Policy> = {},
  guardrails: readonly SampleGuardrail[] = [],
): Engine {
  const policy = {
    services: SERVICES,
    endpoints: endpoints.map((one) => (typeof one === 'string' ? endpoint(one) : one)),
    grants: grants.map((one) => (typeof one === 'string' ? grant(one) : one)),
    guardrails: [],
    ...change,
  };
  return new Engine(policy, sampleJudge(guardrails));
}

function reasonOf(engine: Engine, request: string): Reason {
  const [method = '', path = ''] = request.split(' ');
  const question = { ...CALL, method, path };
  const { reason } = engine.decide(question);
  expect(engine.reasonFor(question)).toBe(reason);
  return reason;
}

describe('a call', () => {
  it.each<[string, readonly string[], readonly string[], string, boolean]>([
    ['of what is declared', ['GET /orders/{id}'], [], 'GET /orders/17', true],
    [
      'with another name of the parameter',
      ['GET /orders/{x}'],
      ['GET /orders/{id}'],
      'GET /orders/1',
      true,
    ],
    [
      'of an endpoint of its own',
      ['GET /orders/{id}'],
      ['GET /orders/export'],
      'GET /orders/export',
      false,
    ],
    [
      'of that in other case',
      ['GET /orders/{id}'],
      ['GET /orders/export'],
      'GET /orders/EXPORT',
      false,
    ],
    ['of that, encoded', ['GET /orders/{id}'], ['GET /orders/a:b'], 'GET /orders/a%3Ab', false],
    ['of what is declared, in other case', ['GET /orders/{id}'], [], 'GET /ORDERS/17', false],
    ['of another method', ['GET /orders/{id}'], [], 'POST /orders/17', false],
    ['of any method', ['ANY /orders/{id}'], [], 'PURGE /orders/17', true],
    [
      'that any method contains',
      ['ANY /orders/{id}'],
      ['GET /orders/export'],
      'GET /orders/export',
      true,
    ],
    ['of a method named ANY', ['GET /orders/{id}'], ['ANY /orders/{id}'], 'ANY /orders/17', false],
    ['below a wildcard', ['GET /v1/**'], [], 'GET /v1/a/b', true],
    ['at a wildcard', ['GET /v1/**'], [], 'GET /v1', true],
    ['beside a wildcard', ['GET /v1/**'], [], 'GET /v10', false],
    ['of a known path below a wildcard', ['GET /v1/**'], ['GET /v1/a'], 'GET /v1/a', true],
    ['of that in other case', ['GET /v1/**'], ['GET /v1/a'], 'GET /v1/A', false],
    [
      'of a known path that a wildcard does not contain',
      ['GET /*/a'],
      ['GET /v1/{x}'],
      'GET /v1/a',
      false,
    ],
    ['of everything', ['*'], ['RPC /shop.v1.Cards/Charge'], 'POST /shop.v1.Cards/Charge', true],
    ['of gRPC', ['shop.v1.Cards/Charge'], [], 'POST /shop.v1.Cards/Charge', true],
    [
      'of gRPC by its path',
      ['POST /shop.v1.Cards/Charge'],
      ['RPC /shop.v1.Cards/Charge'],
      'POST /shop.v1.Cards/Charge',
      true,
    ],
    ['that asks for the head', ['GET /orders/{id}'], [], 'HEAD /orders/17', true],
    [
      'that asks for the head where it is known',
      ['GET /orders/{id}'],
      ['HEAD /orders/{id}'],
      'HEAD /orders/17',
      false,
    ],
    ['of one of two nearest', ['GET /a/{x}'], ['GET /{y}/b'], 'GET /a/b', false],
    ['of both nearest', ['GET /a/{x}', 'GET /{y}/b'], [], 'GET /a/b', true],
    ['of a part of a segment', ['GET /{from}-{to}'], ['GET /{id}'], 'GET /a-b', true],
    ['of less than that part', ['GET /{from}-{to}'], ['GET /{id}'], 'GET /a', false],
    ['of the rest of a path', ['GET /files/{path...}'], [], 'GET /files/a/b', true],
    ['of no rest of a path', ['GET /files/{path...}'], [], 'GET /files', false],
    ['with a query', ['GET /orders/{id}'], [], 'GET /orders/17?x=/../admin', true],
    ['with a slash at the end', ['GET /orders/{id}'], [], 'GET /orders/17/', true],
  ])('%s', (_, grants, endpoints, request, isAllowed) => {
    const reason = reasonOf(engineOf(grants, endpoints), request);
    expect(reason).toBe(isAllowed ? 'declared' : 'operation-undeclared');
  });

  it.each([
    'GET /orders/../admin',
    'GET /orders//17',
    'GET /orders/%2e%2e/x',
    'GET /orders;a/17',
    'get /orders/17',
  ])('%s is malformed, whatever is declared', (request) => {
    expect(reasonOf(engineOf(['*']), request)).toBe('operation-malformed');
  });

  it.each<[string, Reason]>([
    ['/orders/18', 'declared'],
    ['/orders/expert', 'declared'],
    ['/orders/export%21', 'declared'],
    ['/orders/export', 'operation-undeclared'],
    ['/orders/EXPORT?all', 'operation-undeclared'],
    ['/orders/export?all=é', 'operation-undeclared'],
    ['/orders/%65xport/', 'operation-undeclared'],
    ['/orders/CAF%C3%89', 'operation-undeclared'],
    ['/orders/caf%C3%89s', 'declared'],
  ])('of %s, once another one is remembered, is still: %s', (path, reason) => {
    const endpoints = ['GET /orders/export', 'GET /orders/café', 'POST /orders/18'];
    const engine = engineOf(['GET /orders/{id}'], endpoints);
    expect(reasonOf(engine, 'GET /orders/17')).toBe('declared');
    expect(reasonOf(engine, `GET ${path}`)).toBe(reason);
    expect(reasonOf(engine, 'GET /orders/19')).toBe('declared');
  });

  it('that differs from what is declared by another in case alone is denied to both', () => {
    const engine = engineOf(['GET /orders/{id}', grant('GET /Orders/{id}', 3, 'reviews')]);
    expect(reasonOf(engine, 'GET /orders/17')).toBe('operation-undeclared');
  });

  it('is decided by what any service of a shared identity declares, and forbidden to all of them', () => {
    const shared = { identities: ['spiffe://example.org/ns/shop/sa/orders'] };
    const services = [service('orders'), service('payments'), service('reviews', shared)];
    const grants = [grant('GET /orders/{id}', 7, 'reviews')];
    expect(engineOf(grants, [], { services }).decide(CALL)).toMatchObject({
      allowed: true,
      callers: ['dev/shop/orders', 'dev/shop/reviews'],
      because: ['reviews/reeve.yaml:7'],
    });
    const forbidden: SampleGuardrail = {
      caller: 'dev/shop/reviews',
      callee: undefined,
      template: undefined,
      proof: undefined,
      does: 'forbids',
    };
    expect(engineOf(grants, [], { services }, [forbidden]).decide(CALL)).toMatchObject({
      reason: 'guardrail-forbids',
      callers: ['dev/shop/reviews', 'dev/shop/orders'],
      because: ['g0'],
    });
  });

  it('of a service in shadow mode is decided as ever, and told apart', () => {
    const services = SERVICES.map((one) => ({ ...one, mode: 'shadow' as const }));
    expect(engineOf([], [], { services }).decide(CALL)).toMatchObject({
      allowed: false,
      mode: 'shadow',
      reason: 'call-undeclared',
    });
  });
});

describe('the sentence of a decision', () => {
  const [ORDERS, PAYMENTS] = ['`dev/shop/orders`', '`dev/shop/payments`'];
  const blocked = endpoint('GET /orders/{id}', { blocked: true });
  const guardrail = (does: SampleGuardrail['does']): SampleGuardrail => ({
    caller: undefined,
    callee: undefined,
    template: '/orders/{id}',
    proof: undefined,
    does,
  });

  it.each<[Reason, Partial<Question>, Engine, string]>([
    [
      'declared',
      {},
      engineOf(['GET /orders/{id}']),
      `${ORDERS} may call \`GET /orders/{id}\` of ${PAYMENTS}, as declared in \`orders/reeve.yaml:7\`.`,
    ],
    ['caller-unproved', { proof: undefined }, engineOf([]), 'The caller has not proved who it is.'],
    [
      'caller-unknown',
      { caller: 'spiffe://example.org/x' },
      engineOf([]),
      'No service is known by the identity `spiffe://example.org/x`.',
    ],
    [
      'service-unknown',
      { service: 'dev/shop/none' },
      engineOf([]),
      'No service `dev/shop/none` is known.',
    ],
    [
      'operation-malformed',
      { path: '/a//b?x=secret' },
      engineOf([]),
      'The path `/a//b` has an empty segment.',
    ],
    [
      'operation-malformed',
      { method: 'get' },
      engineOf([]),
      'The method `get` is not 1 to 32 upper-case letters, digits, `-` or `_`.',
    ],
    ['call-undeclared', {}, engineOf([]), `${ORDERS} does not declare calls of ${PAYMENTS}.`],
    [
      'operation-undeclared',
      { path: '/x?key=secret' },
      engineOf(['GET /orders/{id}']),
      `${ORDERS} declares calls of ${PAYMENTS}, but not \`GET /x\`.`,
    ],
    [
      'operation-undeclared',
      { path: '/Orders/17' },
      engineOf(['GET /orders/{id}']),
      `${ORDERS} declares calls of ${PAYMENTS}, but only \`GET /orders/{id}\`, as it is spelt there.`,
    ],
    [
      'endpoint-blocked',
      {},
      engineOf(['GET /orders/{id}'], [blocked]),
      `\`GET /orders/{id}\` of ${PAYMENTS} is blocked for everybody.`,
    ],
    [
      'guardrail-forbids',
      {},
      engineOf(['GET /orders/{id}'], [], {}, [guardrail('forbids')]),
      `Guardrail \`g0\` forbids that ${ORDERS} calls \`GET /orders/{id}\` of ${PAYMENTS}`,
    ],
    [
      'guardrail-failed',
      {},
      engineOf(['GET /orders/{id}'], [], {}, [guardrail('failed')]),
      `Guardrail \`g0\` failed, which denies that ${ORDERS} calls \`GET /orders/{id}\` of ${PAYMENTS}: an attribute is missing`,
    ],
  ])('says why: %s', (reason, change, engine, message) => {
    expect(engine.decide({ ...CALL, ...change })).toMatchObject({ reason, message });
  });

  it('may go into a header, whatever was asked', () => {
    const odd = `/${'\u00e9\r\n`'.repeat(500)}`;
    for (const change of [{ path: odd }, { method: odd }, { service: odd }, { caller: odd }]) {
      const { message } = engineOf([]).decide({ ...CALL, ...change });
      expect(message).toMatch(/^[\x20-\x7e]{1,300}$/);
    }
  });
});

describe('rules', () => {
  it('take in what two paths allow together and neither alone', () => {
    const allowed = ['GET /a/b/{x}/{y}', 'GET /{x}/{y}/c/d'];
    const others = ['GET /a/{x}/{y}/{z}', 'GET /{x}/{y}/c/{z}'];
    const engine = engineOf(allowed, others);
    const question = { ...CALL, path: '/a/b/c/d' };
    expect(engine.decide(question).reason).toBe('declared');
    const [rule] = rulesFor(engine.rules(), question);
    expect([rule?.path, ...(rule?.also ?? [])].sort()).toEqual(['/a/b/{x}/{y}', '/{x}/{y}/c/d']);
  });

  it('of a service that nobody knows are none', () => {
    expect(engineOf(['GET /a'], []).rulesOf('nowhere/at/all')).toBeUndefined();
  });

  it('are few where a wildcard takes in what is known', () => {
    const engine = engineOf(['ANY /v1/**'], ['GET /v1/{id}', 'POST /v1/{id}']);
    const [rules] = engine.rules().filter(({ callers }) => callers.length > 0);
    expect(rules?.callers[0]?.allowed).toMatchObject([
      { method: '*', exceptMethods: [], path: '/v1/**', also: [], except: [], conditions: [] },
    ]);
  });
});

describe('a trace', () => {
  it('tells what is known, what is nearest and what covers it', () => {
    const engine = engineOf(['GET /orders/{id}'], ['GET /orders/export']);
    const trace = engine.trace({ ...CALL, path: '/orders/export' });
    expect(trace.request).toEqual({ method: 'GET', path: '/orders/export' });
    expect(trace.nearest).toMatchObject([
      { operation: 'GET /orders/export', isExact: true, coveredBy: [] },
    ]);
    expect(trace.declared.map(({ operation }) => operation)).toEqual(['GET /orders/{id}']);
    expect(trace.decision.reason).toBe('operation-undeclared');
  });
});
