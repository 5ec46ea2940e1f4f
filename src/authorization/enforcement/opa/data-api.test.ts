import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision, Question } from '../../model/index.ts';
import { answerData, type DataRequest } from './data-api.ts';

const ORDERS = 'default/shop/orders';
const WEB = 'spiffe://example.org/ns/shop/sa/web';
const NAMES = new Map([
  [ORDERS, ORDERS],
  ['orders', ORDERS],
  ['spiffe://example.org/ns/shop/sa/orders', ORDERS],
]);

const decision = (allowed: boolean, mode: Decision['mode'] = 'enforce'): Decision => ({
  allowed,
  mode,
  reason: allowed ? 'declared' : 'call-undeclared',
  message: 'because',
  callers: [],
  operation: undefined,
  because: ['kept here'],
});

const INPUT = {
  caller: { spiffe_id: WEB, trust_domain: 'example.org', path: '/ns/shop/sa/web', proof: 'mtls' },
  method: 'GET',
  path: '/orders/42',
  template: '/orders/{id}',
  service: 'orders',
};

function answer(path: string, asked: DataRequest['asked'], decided = decision(true)) {
  const questions: Question[] = [];
  const decide = (question: Question) => {
    questions.push(question);
    return decided;
  };
  const ports = { decide, names: NAMES, newId: () => 'id-1' };
  return { ...answerData({ path, asked }, ports), questions };
}
const post = (input: unknown): DataRequest['asked'] => ({ by: 'POST', body: { input } });
const ALLOWED = {
  allow: true,
  allowed: true,
  mode: 'enforce',
  reason: 'declared',
  message: 'because',
};

describe('the data API', () => {
  it.each<readonly [string, unknown]>([
    ['reeve/authz/allow', true],
    ['/reeve//authz/allow/', true],
    ['reeve/authz/%61llow', true],
    ['reeve/authz/decision', ALLOWED],
    ['reeve/authz/decision/reason', 'declared'],
    ['reeve/authz', { allow: true, decision: ALLOWED }],
    ['reeve', { authz: { allow: true, decision: ALLOWED } }],
  ])('answers at %s', (path, result) => {
    expect(answer(path, post(INPUT))).toMatchObject({
      status: 200,
      body: { decision_id: 'id-1', result },
    });
  });

  it.each(['reeve/authz/other', 'reeve/authz/allow/deeper', 'other', 'reeve/authz/%zz'])(
    'leaves the result out at %s, as OPA does where nothing is defined',
    (path) => {
      expect(answer(path, post(INPUT)).body).toEqual({ decision_id: 'id-1' });
    },
  );

  it('decides nothing where it is asked for something else', () => {
    expect(answer('shop/allow', post(INPUT)).questions).toEqual([]);
  });

  it('lets through what is denied in shadow mode, and says so', () => {
    const shadow = decision(false, 'shadow');
    expect(answer('reeve/authz/allow', post(INPUT), shadow).body).toMatchObject({ result: true });
    expect(answer('reeve/authz/decision', post(INPUT), shadow).body).toMatchObject({
      result: { allow: true, allowed: false, mode: 'shadow', reason: 'call-undeclared' },
    });
  });

  it('takes the input of a GET from its parameter', () => {
    const asked = { by: 'GET', input: JSON.stringify(INPUT) } as const;
    expect(answer('reeve/authz/allow', asked).questions).toMatchObject([{ caller: WEB }]);
  });

  it.each<readonly [string, DataRequest['asked'], string]>([
    ['a body that is a list', { by: 'POST', body: [] }, 'body contains malformed input document'],
    ['a body that is null', { by: 'POST', body: null }, 'body contains malformed input document'],
    ['a parameter that is not JSON', { by: 'GET', input: '{' }, 'parameter contains malformed'],
    ['a long parameter', { by: 'GET', input: `"${'x'.repeat(65_536)}"` }, '65536'],
  ])('refuses %s, as OPA does', (_, asked, message) => {
    const { status, body, questions } = answer('reeve/authz/allow', asked);
    expect({ status, body, questions }).toEqual({
      status: 400,
      body: { code: 'invalid_parameter', message: expect.stringContaining(message) },
      questions: [],
    });
  });

  it('warns who sends no input', () => {
    expect(answer('reeve/authz/allow', { by: 'POST', body: {} }, decision(false)).body).toEqual({
      decision_id: 'id-1',
      result: false,
      warning: { code: 'api_usage_warning', message: "'input' key missing from the request" },
    });
  });
});

describe('a question', () => {
  const asked: Question = {
    caller: WEB,
    proof: 'mtls',
    service: ORDERS,
    protocol: 'http',
    method: 'GET',
    path: '/orders/42',
  };
  const nobody = { caller: undefined, proof: undefined };
  const envoy = (more: object) => ({
    attributes: {
      source: { principal: WEB },
      destination: { principal: 'spiffe://example.org/ns/shop/sa/orders' },
      request: { http: { method: 'GET', path: '/orders/42' } },
      ...more,
    },
  });
  it.each<readonly [string, unknown, Partial<Question>]>([
    ['of the SDK', INPUT, {}],
    ['for an id', { ...INPUT, service: ORDERS }, {}],
    ['for a service that nobody knows', { ...INPUT, service: 'x' }, { service: 'x' }],
    ['for no service', { ...INPUT, service: null }, { service: '' }],
    ['with a token', { ...INPUT, caller: { spiffe_id: WEB, proof: 'jwt' } }, { proof: 'token' }],
    ['without a caller', { ...INPUT, caller: null }, nobody],
    ['with a caller who proves nothing', { ...INPUT, caller: { spiffe_id: WEB } }, nobody],
    [
      'with a proof of its own',
      { ...INPUT, caller: { spiffe_id: WEB, proof: 'toString' } },
      nobody,
    ],
    ['about gRPC', { ...INPUT, protocol: 'grpc' }, {}],
    ['about events', { ...INPUT, protocol: 'event' }, { protocol: 'event' }],
    ['about something else', { ...INPUT, protocol: 'smtp' }, { method: '' }],
    ['with a number for a path', { ...INPUT, path: 42 }, { path: '' }],
    ['of Envoy', envoy({}), {}],
    ['of Envoy without a certificate', envoy({ source: { principal: '' } }), nobody],
    ['of Envoy without a request', envoy({ request: null }), { method: '', path: '' }],
  ])('%s', (_, input, change) => {
    expect(answer('reeve/authz/allow', post(input)).questions).toEqual([{ ...asked, ...change }]);
  });

  it('of any shape gets an answer', () => {
    fc.assert(
      fc.property(fc.string(), fc.anything(), (path, body) => {
        expect([200, 400]).toContain(answer(path, { by: 'POST', body }).status);
        expect(answer(`reeve/authz/${path}`, post(body)).status).toBe(200);
        expect([200, 400]).toContain(answer('reeve', { by: 'GET', input: path }).status);
      }),
    );
  });
});
