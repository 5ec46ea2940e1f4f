import { describe, expect, it } from 'vitest';
import type { PolicyCase } from '../../estate/index.ts';
import type { Decision, Guardrail, Policy, Question } from '../model/index.ts';
import { sampleGrant, sampleService, sampleSource } from '../testing/samples.ts';
import { Asking, runCases } from './index.ts';

const WEB = 'spiffe://example.org/ns/shop/sa/web';
const GRANT = sampleGrant('production/shop/web', 'production/shop/orders', 'POST /orders', 8, 3);
const GUARDRAIL: Guardrail = {
  ...{ id: 'no-pci', reason: undefined, file: 'pci.cedar', line: 1, text: '', json: {} },
};
const policy: Policy = {
  services: [
    sampleService('production/shop/web'),
    sampleService('production/shop/orders'),
    sampleService('production/shop/legacy', { identities: [] }),
    sampleService('production/tools/orders'),
  ],
  endpoints: [],
  grants: [
    GRANT,
    { ...GRANT, operation: 'GET /orders/{id}', source: { ...GRANT.source, line: 9 } },
  ],
  guardrails: [GUARDRAIL, { ...GUARDRAIL, id: 'no-staging' }],
};

const asking = new Asking(policy.services);
const call = { from: 'web', to: 'shop/orders', proof: 'mtls' } as const;

describe('a call as people write it', () => {
  it.each<[string, Partial<Question>]>([
    ['POST /orders', { protocol: 'http', method: 'POST', path: '/orders' }],
    ['GET /orders/{id}/items', { protocol: 'http', path: '/orders/0-any-value/items' }],
    ['get /a/../%2e', { protocol: 'http', method: 'get', path: '/a/../%2e' }],
    ['shop.v1.Orders/Get', { protocol: 'http', method: 'POST', path: '/shop.v1.Orders/Get' }],
    ['QUERY order', { protocol: 'graphql', method: 'QUERY', path: 'order' }],
    ['PUBLISH orders.created', { protocol: 'event', method: 'PUBLISH', path: 'orders.created' }],
  ])('%s is a question', (operation, want) => {
    expect(asking.question({ ...call, operation })).toMatchObject({
      ...{ caller: WEB, proof: 'mtls', service: 'production/shop/orders' },
      ...want,
    });
  });

  it('of nobody proves nothing', () => {
    const question = asking.question({ ...call, from: 'nobody', operation: 'GET /x' });
    expect(question).toMatchObject({ caller: undefined, proof: undefined });
  });

  it('may name an identity that is nobody’s', () => {
    const from = 'spiffe://other.example/x';
    expect(asking.question({ ...call, from, operation: 'GET /x' }).caller).toBe(from);
  });

  it.each([
    ['wbe', 'orders', 'authorization/service-not-found'],
    ['web', 'tools/web', 'authorization/service-not-found'],
    ['web', 'orders', 'authorization/service-ambiguous'],
    ['legacy', 'shop/orders', 'authorization/identity-not-found'],
  ])('from %s to %s is refused: %s', (from, to, code) => {
    expect(() => asking.question({ ...call, from, to, operation: 'GET /x' })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

const one = (said: Partial<PolicyCase> = {}): PolicyCase => ({
  ...{ name: 'a case', expect: 'allow', operation: 'POST /orders', ...call },
  source: sampleSource('reeve-test.yaml', 1, 3),
  ...said,
});
const allowed: Decision = {
  ...{ allowed: true, mode: 'enforce', reason: 'declared', message: 'web declares it' },
  ...{ callers: [], operation: 'POST /orders', because: ['web/reeve.yaml:8:3'] },
};
const denied: Decision = {
  ...{ ...allowed, allowed: false, reason: 'guardrail-forbids', message: 'pci is for few' },
  because: ['no-pci'],
};
const run = (decision: Decision, ...cases: PolicyCase[]) =>
  runCases(policy, () => () => decision, cases);

describe('a case', () => {
  it.each<[string, Decision, Partial<PolicyCase>, string | undefined]>([
    ['is as it says', allowed, {}, undefined],
    ['is as it says, and why', allowed, { reason: 'declared' }, undefined],
    ['is denied', denied, {}, 'is denied: pci is for few'],
    ['is allowed', allowed, { expect: 'deny' }, 'is allowed: web declares it (web/reeve.yaml:8:3)'],
    ['is denied by code', denied, { expect: 'deny', reason: 'guardrail-forbids' }, undefined],
    ['is denied by guardrail', denied, { expect: 'deny', reason: 'no-pci' }, undefined],
    ['is denied in words', denied, { expect: 'deny', reason: 'for few' }, undefined],
    [
      'is denied for another reason',
      denied,
      { expect: 'deny', reason: 'call-undeclared' },
      'is denied for another reason (guardrail-forbids): pci is for few',
    ],
  ])('%s', (_, decision, said, problem) => {
    const [result] = run(decision, one(said)).results;
    expect(result).toMatchObject({ passed: problem === undefined });
    expect(result?.problem).toBe(problem);
  });

  it('that speaks of nobody fails, and says what is meant', () => {
    expect(run(allowed, one({ to: 'shop/Orders' })).results).toMatchObject([
      { passed: false, problem: 'there is no service `shop/Orders`', hint: expect.anything() },
    ]);
  });
});

it('a case that holds even if it were declared is asked of a policy that declares it', () => {
  const asked: Policy[] = [];
  const decideBy = (supposed: Policy) => {
    asked.push(supposed);
    return () => (supposed === policy ? allowed : denied);
  };
  const supposed = one({ expect: 'deny', evenIfDeclared: true });
  const { results } = runCases(policy, decideBy, [one(), supposed, one({ to: 'nobody' })]);
  expect(results.map(({ passed }) => passed)).toEqual([true, true, false]);
  expect(asked.at(-1)?.grants.at(-1)).toEqual({
    ...{ from: 'production/shop/web', to: 'production/shop/orders', operation: '*' },
    source: supposed.source,
  });
});

it('a case of an identity that holds even if it were declared supposes that all whose it is declare it', () => {
  const asked: Policy[] = [];
  const shared = sampleService('production/shop/cron', { identities: [WEB] });
  const supposed = one({ from: WEB, expect: 'deny', evenIfDeclared: true });
  runCases(
    { ...policy, services: [...policy.services, shared] },
    (by) => {
      asked.push(by);
      return () => denied;
    },
    [supposed],
  );
  const declared = asked.at(-1)?.grants.filter(({ operation }) => operation === '*');
  expect(declared?.map(({ from }) => from)).toEqual([
    'production/shop/web',
    'production/shop/cron',
  ]);
});

describe('coverage', () => {
  it('is of the declared calls that allowed, and the guardrails that denied', () => {
    expect(run(allowed, one(), one()).coverage).toMatchObject({
      grants: { total: 2, covered: 1, missed: [{ operation: 'GET /orders/{id}' }] },
      guardrails: { total: 2, covered: 0 },
    });
    expect(run(denied, one()).coverage).toMatchObject({
      grants: { covered: 0 },
      guardrails: { covered: 1, missed: [{ id: 'no-staging' }] },
    });
  });
});
