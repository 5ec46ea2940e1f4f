import { describe, expect, it } from 'vitest';
import type { Call, Endpoint, Service, Source } from '../../estate/index.ts';
import { type PolicyParts, policyOf } from './index.ts';

const ORDERS = 'production/shop/orders';
const WEB = 'production/shop/web';

const service = (id: string, said: Partial<Service> = {}): Service => {
  const [environment = '', namespace = '', name = ''] = id.split('/');
  return {
    ...{ id, environment, namespace, name, kind: 'workload', exposure: 'internal' },
    ...{ owner: null, criticality: null, identity: null, sources: [] },
    ...said,
  };
};

const place = [{ file: 'orders/openapi.yaml', line: 3 }];

const endpoint = (template: string, said: Partial<Endpoint> = {}): Endpoint => ({
  id: `${ORDERS} http GET ${template}`,
  ...{ service: ORDERS, protocol: 'http', method: 'GET', template },
  ...{ declaredIn: [], configuredIn: [], implementedIn: [], observed: true },
  ...{ deprecated: false, status: 'governed', owner: null, sensitivity: [], criticality: null },
  ...{ criticalityBecause: null, visibility: 'shown', traffic: null, changes: [] },
  ...{ blocked: false, decisions: [], review: null, elsewhere: [] },
  ...said,
});

const source = (reader: string, how: Source['how'] = 'declared'): Source => ({
  ...{ reader, how, file: 'web/reeve.yaml', line: 8, column: 3 },
});

const call = (operation: string, ...sources: Source[]): Call => ({
  ...{ id: `${WEB} -> ${ORDERS} ${operation}`, from: WEB, to: ORDERS, operation, sources },
  ...{ authentication: 'mtls', evidence: '', allowedBy: [], declared: true, observed: false },
});

const parts: PolicyParts = {
  estate: {
    services: [service(ORDERS, { owner: 'team-orders', criticality: 'high' }), service(WEB)],
    endpoints: [endpoint('/orders/{id}', { declaredIn: place })],
    calls: [call('GET /orders/{id}', source('declarations'))],
  },
  records: [],
  identities: new Map([[WEB, ['spiffe://example.org/ns/shop/sa/web']]]),
  groups: new Map([[ORDERS, ['core']]]),
  guardrails: [],
  defaultMode: 'enforce',
};
const withEstate = (estate: Partial<PolicyParts['estate']>) =>
  policyOf({ ...parts, estate: { ...parts.estate, ...estate } });
const record = (said: object) => [
  { ...{ id: ORDERS, authorizationMode: undefined, retired: false, sensitivity: [] }, ...said },
];

describe('a policy', () => {
  it('says who is who, what there is to call, and who declares which calls', () => {
    expect(policyOf(parts)).toMatchObject({
      services: [
        { id: ORDERS, owner: 'team-orders', criticality: 'high', groups: ['core'], identities: [] },
        { id: WEB, identities: ['spiffe://example.org/ns/shop/sa/web'], owner: undefined },
      ],
      endpoints: [{ service: ORDERS, method: 'GET', template: '/orders/{id}', blocked: false }],
      grants: [{ from: WEB, to: ORDERS, operation: 'GET /orders/{id}', source: { line: 8 } }],
    });
  });

  it.each([
    ['a catalogue', source('catalogue')],
    ['code', source('javascript', 'implemented')],
    ['traffic', source('otlp', 'observed')],
  ])('takes no permission from %s', (_, other) => {
    expect(withEstate({ calls: [call('GET /orders/{id}', other)] }).grants).toEqual([]);
  });

  it.each<[string, Partial<Endpoint>, number]>([
    ['traffic alone has shown', {}, 0],
    ['a specification declares', { declaredIn: place }, 1],
    ['a gateway is configured with', { configuredIn: place }, 1],
    ['code implements', { implementedIn: place }, 1],
    ['a person has blocked', { blocked: true }, 1],
    [
      'a person has adopted',
      { decisions: [{ action: 'adopt', by: 'ann', at: '2026-01-01T00:00:00Z', reason: '' }] },
      1,
    ],
  ])('of an endpoint that %s', (_, said, count) => {
    expect(withEstate({ endpoints: [endpoint('/x', said)] }).endpoints).toHaveLength(count);
  });

  it.each([
    ['/admin/**', ['/admin', '/admin/{path...}']],
    ['/**', ['/', '/{path...}']],
    ['/files/{rest...}', ['/files/{rest}', '/files/{rest...}']],
    ['/files/*/raw', ['/files/{any}/raw']],
    ['/files/*/**', ['/files/{any}', '/files/{any}/{path...}']],
    ['/a/**/b', ['/a/{path...}']],
    ['/orders/{id}', ['/orders/{id}']],
  ])('where %s is blocked, blocks %j', (template, blocked) => {
    const { endpoints } = withEstate({ endpoints: [endpoint(template, { blocked: true })] });
    expect(endpoints.map((one) => one.template)).toEqual(blocked);
    expect(endpoints.every((one) => one.blocked)).toBe(true);
  });

  it('leaves wildcards of endpoints that are not blocked as they are', () => {
    const policy = withEstate({ endpoints: [endpoint('/admin/**', { declaredIn: place })] });
    expect(policy.endpoints.map(({ template }) => template)).toEqual(['/admin/**']);
  });

  it('has nothing of services that are retired', () => {
    const policy = policyOf({ ...parts, records: record({ retired: true }) });
    expect(policy.services.map(({ id }) => id)).toEqual([WEB]);
    expect(policy.endpoints).toEqual([]);
  });

  it.each([
    [undefined, 'enforce', 'enforce'],
    [undefined, 'shadow', 'shadow'],
    ['enforce', 'shadow', 'enforce'],
    ['shadow', 'enforce', 'shadow'],
  ] as const)('of a service that says %s where %s is usual: %s', (said, defaultMode, mode) => {
    const records = record({ authorizationMode: said });
    expect(policyOf({ ...parts, records, defaultMode }).services[0]?.mode).toBe(mode);
  });

  it('knows of a service what is declared of it, and what its endpoints handle', () => {
    const policy = policyOf({
      ...parts,
      estate: {
        ...parts.estate,
        endpoints: [endpoint('/x', { sensitivity: [{ tag: 'pii', because: '' }] })],
      },
      records: record({ sensitivity: [{ tag: 'pci', because: '' }] }),
    });
    expect(policy.services[0]?.sensitivity).toEqual(['pci', 'pii']);
  });
});
