import { describe, expect, it } from 'vitest';
import type { Grant, Policy, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import { sampleEndpoint, sampleGrant, sampleService } from '../../testing/samples.ts';
import { type SampleGuardrail, sampleJudge } from '../testing/index.ts';
import { lintPolicy } from './index.ts';

const service = (name: string, change: Partial<PolicyService> = {}) =>
  sampleService(`dev/shop/${name}`, change);

const endpoint = (method: string, template: string, change: Partial<PolicyEndpoint> = {}) =>
  sampleEndpoint('dev/shop/payments', `${method} ${template}`, change);

const grant = (line: number, operation: string, change: Partial<Grant> = {}): Grant => ({
  ...sampleGrant('dev/shop/orders', 'dev/shop/payments', operation, line),
  ...change,
});

const SHOP: Policy = {
  services: [service('orders'), service('payments'), service('reviews')],
  endpoints: [endpoint('POST', '/v1/charges'), endpoint('GET', '/v1/charges/{id}')],
  grants: [grant(1, 'POST /v1/charges'), grant(2, 'GET /v1/charges/{chargeId}')],
  guardrails: [],
};

const FORBIDDEN: SampleGuardrail = {
  caller: 'dev/shop/orders',
  callee: undefined,
  template: '/v1/charges',
  proof: undefined,
  does: 'forbids',
};

describe('lints of a policy', () => {
  it('find nothing in one that is in order', () => {
    expect(lintPolicy(SHOP, sampleJudge([]))).toEqual([]);
  });

  it.each<[string, string, Partial<Policy>, (readonly SampleGuardrail[])?]>([
    [
      'a callee that exists nowhere',
      'orders/reeve.yaml:3 error authorization/service-unknown (did you mean `dev/shop/payments`?)',
      { grants: [...SHOP.grants, grant(3, '*', { to: 'dev/shop/payment' })] },
    ],
    [
      'an operation that no endpoint has',
      'orders/reeve.yaml:3 warning authorization/operation-unknown (did you mean `POST /v1/charges`?)',
      { grants: [...SHOP.grants, grant(3, 'POST /v1/charge')] },
    ],
    [
      'an operation that is spelt in other case',
      'orders/reeve.yaml:3 warning authorization/operation-spelt-otherwise (did you mean `POST /v1/charges`?)',
      { grants: [...SHOP.grants, grant(3, 'POST /v1/Charges')] },
    ],
    [
      'an operation that cannot be read',
      'orders/reeve.yaml:3 error authorization/operation-malformed',
      { grants: [...SHOP.grants, grant(3, 'POST /v1//charges')] },
    ],
    [
      'wildcards of a method that goes by another',
      'orders/reeve.yaml:3 warning authorization/operation-unmatched',
      { grants: [...SHOP.grants, grant(3, 'HEAD /v1/**')] },
    ],
    [
      'a grant that a wider one makes superfluous',
      'orders/reeve.yaml:2 warning authorization/grant-redundant',
      { grants: [grant(1, 'ANY /v1/**'), grant(2, 'GET /v1/charges/{id}')] },
    ],
    [
      'a grant that is declared twice',
      'orders/reeve.yaml:2 warning authorization/grant-redundant',
      { grants: [grant(2, 'GET /v1/charges/{id}'), grant(1, 'GET /v1/charges/{x}')] },
    ],
    [
      'a blocked endpoint that is declared',
      'orders/reeve.yaml:1 warning authorization/grant-forbidden',
      { endpoints: [endpoint('POST', '/v1/charges', { blocked: true }), ...SHOP.endpoints] },
    ],
    [
      'a declared call that a guardrail forbids',
      'orders/reeve.yaml:1 warning authorization/grant-forbidden',
      {},
      [FORBIDDEN],
    ],
    [
      'a callee of which nothing else is known, and which resembles another',
      'orders/reeve.yaml:3 warning authorization/callee-unknown (did you mean `payments`?)',
      {
        services: [...SHOP.services, service('paymets', { identities: [] })],
        grants: [...SHOP.grants, grant(3, '*', { to: 'dev/shop/paymets' })],
      },
    ],
    [
      'a callee of which nothing else is known',
      'orders/reeve.yaml:3 note authorization/callee-unknown',
      {
        services: [...SHOP.services, service('ledger-of-others', { identities: [] })],
        grants: [...SHOP.grants, grant(3, '*', { to: 'dev/shop/ledger-of-others' })],
      },
    ],
    [
      'a caller that nobody can prove to be',
      'orders/reeve.yaml:1 warning authorization/caller-unprovable',
      { services: [service('orders', { identities: [] }), service('payments')] },
    ],
    [
      'an identity that is shared',
      'orders/reeve.yaml:1 warning authorization/identity-shared',
      {
        services: [
          service('orders'),
          service('payments'),
          service('reviews', { identities: ['spiffe://example.org/ns/shop/sa/orders'] }),
        ],
      },
    ],
    [
      'a name with a Cyrillic letter',
      '- warning authorization/name-confusable',
      { services: [...SHOP.services, service('\u043erders')] },
    ],
    [
      'a name in other case',
      '- warning authorization/name-confusable',
      { services: [...SHOP.services, service('Orders')] },
    ],
    [
      'a name that mixes scripts',
      '- warning authorization/name-confusable',
      { services: [...SHOP.services, service('m\u0430il')] },
    ],
    [
      'a name with something invisible',
      '- warning authorization/name-confusable',
      { services: [...SHOP.services, service('orders\u200b')] },
    ],
  ])('find %s', (_, wanted, change, guardrails = []) => {
    const found = lintPolicy({ ...SHOP, ...change }, sampleJudge(guardrails));
    const texts = found.map(({ file, line, severity, code, hint }) =>
      [
        file ? `${file}:${line}` : '-',
        severity,
        code,
        ...(hint?.startsWith('did') ? [`(${hint})`] : []),
      ].join(' '),
    );
    expect(texts).toEqual([wanted]);
  });

  it('spell out the letters that cannot be told apart', () => {
    const policy = { ...SHOP, services: [...SHOP.services, service('\u043erders')] };
    expect(lintPolicy(policy, sampleJudge([]))[0]?.message).toBe(
      '`dev/shop/<U+043E>rders` looks like `dev/shop/orders`, and is another service',
    );
  });

  it('leave what a callee without known endpoints may offer to those who declare it', () => {
    expect(lintPolicy({ ...SHOP, endpoints: [] }, sampleJudge([]))).toEqual([]);
  });

  it('end somewhere where each of very many calls is of nothing that is known', () => {
    const many = Array.from({ length: 2_300 }, (_, index) => index);
    const policy: Policy = {
      ...SHOP,
      endpoints: many.map((one) => endpoint('GET', `/v1/known/${one}`)),
      grants: many.map((one) => grant(one + 1, `GET /v1/unknown/${one}`)),
    };
    const found = lintPolicy(policy, sampleJudge([])).length;
    expect(found).toBeGreaterThan(2_000);
    expect(found).toBeLessThan(many.length);
  });
});
