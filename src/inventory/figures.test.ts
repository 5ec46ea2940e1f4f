import { describe, expect, it } from 'vitest';
import type { CallRecord, Endpoint } from '../estate/index.ts';
import { callsByEndpoint } from './callers.ts';
import { criticalityOf, derivedCriticality } from './criticality.ts';
import { discoveredAgainstDeclared } from './discovered.ts';
import { someRecord } from './testing/record.ts';
import { toCount, toDay } from './words.ts';
import { decisionToFact } from './workflow-facts.ts';

describe('what is discovered against what is declared', () => {
  const of = (service: string, ...statuses: Endpoint['status'][]) =>
    statuses.map((status) => ({ service, status, visibility: 'shown' as const }));

  it('is counted as a whole, by service and by environment', () => {
    const figures = discoveredAgainstDeclared([
      ...of('prod/shop/a', 'governed', 'unowned', 'zombie', 'dormant'),
      ...of('prod/shop/b', 'shadow', 'shadow', 'governed'),
      ...of('qa/shop/a', 'shadow'),
      { service: 'qa/shop/a', status: 'shadow', visibility: 'probe' },
    ]);
    expect(figures).toMatchObject({ declared: 5, discovered: 7, undeclared: 3 });
    expect(figures.share).toBeCloseTo(3 / 7);
    expect(figures.excess).toBeCloseTo(3 / 5);
    expect(figures.byService.map(({ service, undeclared }) => [service, undeclared])).toEqual([
      ['prod/shop/b', 2],
      ['qa/shop/a', 1],
      ['prod/shop/a', 0],
    ]);
    expect(figures.byEnvironment).toEqual([
      { environment: 'prod', declared: 5, discovered: 6, undeclared: 2, share: 1 / 3, excess: 0.4 },
      { environment: 'qa', declared: 0, discovered: 1, undeclared: 1, share: 1, excess: null },
    ]);
  });

  it('of nothing is nothing', () => {
    expect(discoveredAgainstDeclared([])).toEqual({
      declared: 0,
      discovered: 0,
      undeclared: 0,
      share: 0,
      excess: null,
      byService: [],
      byEnvironment: [],
    });
  });
});

describe('criticality', () => {
  const none = { isOnInternet: false, callerCount: 0, sensitivity: [] };
  const cases: [signals: object, want: string, because: string][] = [
    [{}, 'low', 'internal, few callers, no sensitive data known'],
    [{ isOnInternet: true }, 'medium', 'on the internet'],
    [{ callerCount: 4 }, 'low', 'internal, few callers, no sensitive data known'],
    [{ callerCount: 5 }, 'medium', '5 callers'],
    [{ sensitivity: ['pii'] }, 'medium', 'handles pii data'],
    [{ sensitivity: ['phi', 'pii'] }, 'high', 'handles phi data'],
    [{ sensitivity: ['pci'], isOnInternet: true }, 'critical', 'on the internet, handles pci data'],
    [{ gate: { behind: 3, reached: 30 } }, 'medium', 'the only way to 3 of 30 services'],
    [{ gate: { behind: 3, reached: 31 } }, 'low', 'internal, few callers, no sensitive data known'],
    [{ gate: { behind: 2, reached: 3 } }, 'low', 'internal, few callers, no sensitive data known'],
    [
      { isOnInternet: true, callerCount: 9, sensitivity: ['pci'], gate: { behind: 9, reached: 9 } },
      'critical',
      'on the internet, 9 callers, the only way to 9 of 9 services, handles pci data',
    ],
  ];
  it.each(cases)('of %j is %s: %s', (signals, criticality, because) => {
    expect(derivedCriticality({ ...none, ...signals })).toEqual({ criticality, because });
  });
  it('of a service is what is declared, whatever it adds up to', () => {
    expect(
      criticalityOf({ criticality: 'low', kind: 'workload' }, { ...none, isOnInternet: true }),
    ).toEqual({ criticality: 'low', because: 'declared' });
    expect(criticalityOf({ criticality: undefined, kind: 'datastore' }, none).because).toBe(
      'a datastore',
    );
  });
});

describe('the calls of an endpoint', () => {
  const call = (operation: string): CallRecord => ({
    id: operation,
    from: 'a',
    to: 'b',
    operation,
    evidence: [],
    sources: [],
  });
  const groups = [
    [someRecord({ template: '/a/me' })],
    [someRecord({ template: '/a/{id}' }), someRecord({ template: '/v1/a/{id}' })],
    [someRecord({ template: '/a', method: 'POST' })],
    [someRecord({ template: '/any', method: 'ANY' })],
    [someRecord({ template: '/shop.Orders/Get', method: 'RPC', protocol: 'grpc' })],
  ];
  const cases: [operation: string, want: string[]][] = [
    ['GET /a/me', ['/a/me']],
    ['GET /a/17', ['/a/{id}']],
    ['GET /a/{orderId}', ['/a/{id}']],
    ['GET /v1/a/17', ['/a/{id}']],
    ['POST /a', ['/a']],
    ['GET /a', []],
    ['/a', ['/a']],
    ['PATCH /any', ['/any']],
    ['shop.Orders/Get', ['/shop.Orders/Get']],
    ['*', []],
    ['GET /else/where/else', []],
  ];
  it.each(cases)('that say %s are those of %j', (operation, want) => {
    const found = callsByEndpoint(groups, [call(operation)]);
    expect([...found.keys()].map(([first]) => first?.template)).toEqual(want);
  });
});

describe('a decision as a fact', () => {
  const decision = {
    action: 'adopt',
    by: 'ada',
    at: '2026-05-01T00:00:00.000Z',
    reason: 'x',
  } as const;
  const ids: [id: string, service: string, template: string][] = [
    ['prod/shop/orders http GET /a/{id}', 'prod/shop/orders', '/a/{id}'],
    ['prod/shop/my orders event PUBLISH order created', 'prod/shop/my orders', 'order created'],
    ['prod/shop/x grpc RPC /shop.Orders/Get', 'prod/shop/x', '/shop.Orders/Get'],
  ];
  it.each(ids)('speaks of the endpoint %s', (id, service, template) => {
    const fact = decisionToFact(id, decision);
    expect(fact).toMatchObject({ entity: 'endpoint', id, service, template, decision });
    expect(`${fact.service} ${fact.protocol} ${fact.method} ${fact.template}`).toBe(id);
  });
  it.each(['', 'orders', 'prod/shop/orders http GET', 'a smtp SEND x'])(
    'is refused for %j',
    (id) => {
      expect(() => decisionToFact(id, decision)).toThrow(
        expect.objectContaining({ code: 'inventory/endpoint-id-malformed' }),
      );
    },
  );
});

it('days and counts are written as people read them', () => {
  const now = '2026-05-20T00:00:00.000Z';
  expect(toDay('2026-05-03T23:00:00.000Z', now)).toBe('3 May');
  expect(toDay('2025-12-31T23:00:00.000Z', now)).toBe('31 Dec 2025');
  expect([0, 999, 1_204, 1_000_000].map(toCount)).toEqual(['0', '999', '1,204', '1,000,000']);
});
