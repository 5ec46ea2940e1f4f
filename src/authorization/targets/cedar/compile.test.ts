import { describe, expect, it } from 'vitest';
import { readGuardrails } from '../../guardrails/index.ts';
import { loadCedar, splitPolicies } from '../../guardrails/language/index.ts';
import type { Policy, PolicyService } from '../../model/index.ts';
import { sampleEndpoint, sampleGrant, sampleService } from '../../testing/samples.ts';
import { compileCedar } from './index.ts';

const service = (name: string, more: Partial<PolicyService> = {}) =>
  sampleService(`dev/shop/${name}`, {
    ...{ owner: 'team "a"', sensitivity: ['pii'], groups: ['checkout'] },
    ...more,
  });
const endpoint = (operation: string) =>
  sampleEndpoint('dev/shop/payments', operation, { criticality: 'high' });
const grant = (operation: string, line: number) =>
  sampleGrant('dev/shop/orders', 'dev/shop/payments', operation, line);

const GUARDRAILS = `@id("a") forbid(principal, action, resource) when { resource.deprecated };
@id("a") forbid(principal, action, resource) when { context.path like "/x*" };
forbid(principal, action, resource) when { principal.nothing };`;
const POLICY: Policy = {
  services: [service('orders', { mode: 'shadow' }), service('payments')],
  endpoints: [endpoint('ANY /v1/{id}'), endpoint('GET /v1/{id}/items')],
  grants: [
    grant('GET /v1/{name}', 1),
    grant('GET /v1/{name}', 2),
    grant('POST /v2/x', 3),
    grant('GET /v1/*/items/**', 4),
    grant('GET /v1/**', 5),
    grant('QUERY order', 6),
    grant('*', 7),
  ],
  guardrails: readGuardrails([{ path: 'g.cedar', text: GUARDRAILS }]).guardrails,
};
const compiled = compileCedar([], {
  policy: POLICY,
  placements: new Map(),
  trustDomain: 'example.org',
  egress: false,
});
const textOf = (path: string) => compiled.files.find((file) => file.path === path)?.text ?? '';
const policies = splitPolicies(textOf('policies.cedar')).map(({ text }) => text);
const policyOf = (id: string) => policies.find((text) => text.startsWith(`@id("${id}")`));

describe('a policy compiled for Cedar', () => {
  it('is valid by its own schema, with entities that are what it says', () => {
    const staticPolicies = Object.fromEntries(policies.map((text, index) => [`${index}`, text]));
    for (const schema of [textOf('schema.cedarschema'), JSON.parse(textOf('schema.json'))]) {
      const validity = loadCedar().validate({ schema, policies: { staticPolicies } });
      expect(validity).toMatchObject({
        type: 'success',
        validationErrors: [],
        validationWarnings: [],
      });
      const entities = JSON.parse(textOf('entities.json'));
      expect(loadCedar().checkParseEntities({ entities, schema })).toEqual({ type: 'success' });
    }
  });

  it('permits what grants cover, with the places that declare it', () => {
    expect(
      policyOf('dev/shop/orders -> dev/shop/payments GET /v1/{name} (endpoints of every method)'),
    ).toBe(`@id("dev/shop/orders -> dev/shop/payments GET /v1/{name} (endpoints of every method)")
@source("orders/reeve.yaml:1, orders/reeve.yaml:2")
permit (principal == Reeve::Service::"dev/shop/orders", action, resource is Reeve::Endpoint)
when { resource in [Reeve::Endpoint::"dev/shop/payments http ANY /v1/{id}"] }
when { context.taken == "GET" };`);
    expect(policyOf('dev/shop/orders -> dev/shop/payments GET /v1/** (unknown paths)')).toContain(
      'when { context.path == "/v1" || context.path like "/v1/*" }',
    );
    expect(policyOf('dev/shop/orders -> dev/shop/payments *')).toContain(
      'resource in Reeve::Service::"dev/shop/payments")',
    );
  });

  it('knows the endpoints that there are, and those that only grants name', () => {
    const entities: { uid: { type: string; id: string } }[] = JSON.parse(textOf('entities.json'));
    expect(entities.map(({ uid }) => uid.id)).toEqual([
      'dev/shop/orders',
      'dev/shop/payments',
      'dev/shop/payments graphql QUERY order',
      'dev/shop/payments http ANY /v1/{id}',
      'dev/shop/payments http GET /v1/{id}/items',
      'dev/shop/payments http POST /v2/x',
    ]);
  });

  it('has the guardrails as they are written, by their ids', () => {
    expect(policyOf('a')).toBe(POLICY.guardrails[0]?.text);
    expect(policyOf('g.cedar#2')).toBe(
      '@id("g.cedar#2") forbid(principal, action, resource) when { context.path like "/x*" };',
    );
    expect(policyOf('g.cedar#3')).toMatch(/forbid \(principal, action, resource\);$/);
  });

  it('says what it does not say', () => {
    expect(compiled.notices).toMatchObject([
      { effect: 'denied', message: expect.stringContaining('g.cedar#3'), source: { line: 3 } },
      { effect: 'denied', service: 'dev/shop/orders', message: expect.stringMatching(/shadow/) },
      {
        effect: 'denied',
        service: 'dev/shop/payments',
        caller: 'dev/shop/orders',
        operation: 'GET /v1/*/items/**',
        source: { line: 4 },
      },
    ]);
  });
});
