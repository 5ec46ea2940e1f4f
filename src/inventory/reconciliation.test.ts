import { describe, expect, it } from 'vitest';
import { type EndpointFact, type Fact, type Source, toRecords } from '../estate/index.ts';
import { type Circumstances, reconcile } from './reconciliation.ts';
import { someEndpoint, someService } from './testing/facts.ts';

const NOW = '2026-05-20T12:00:00.000Z';
const circumstances: Circumstances = {
  now: NOW,
  traffic: new Map(),
  activeDays: 30,
  gates: new Map(),
};

const SERVICE = 'prod/shop/orders';
const service = someService(SERVICE);

function endpoint(
  how: Source['how'],
  operation: string,
  more: Partial<EndpointFact> = {},
): EndpointFact {
  const [method = '', template = ''] = operation.split(' ');
  return someEndpoint(how, { service: SERVICE, method, template }, more);
}
/** An operation at this line of a specification. */
function specified(line: number): Partial<EndpointFact> {
  return { source: { reader: 'openapi', how: 'declared', file: 'openapi.yaml', line, column: 3 } };
}

function statuses(...facts: Fact[]): string[] {
  return reconcile(toRecords([service, ...facts]), circumstances).map(
    ({ method, template, status }) => `${method} ${template} ${status}`,
  );
}
const called = (operation: string): Fact => ({
  entity: 'call',
  id: `a -> ${SERVICE} ${operation}`,
  from: 'a',
  to: SERVICE,
  operation,
  evidence: 'test',
  source: { reader: 'test', how: 'observed' },
});

describe('the status of an endpoint', () => {
  const cases: [sentence: string, facts: Fact[], want: string[]][] = [
    [
      'declared and implemented is governed',
      [endpoint('declared', 'GET /a'), endpoint('implemented', 'GET /a')],
      ['GET /a governed'],
    ],
    [
      'declared and observed is governed',
      [endpoint('declared', 'GET /a'), endpoint('observed', 'GET /a')],
      ['GET /a governed'],
    ],
    [
      'declared as one segment, and implemented as the rest of a path, is both with the wider path',
      [endpoint('declared', 'GET /a/{id}'), endpoint('implemented', 'GET /a/{path...}')],
      ['GET /a/{id...} governed'],
    ],
    ['implemented only is shadow', [endpoint('implemented', 'GET /a')], ['GET /a shadow']],
    ['observed only is shadow', [endpoint('observed', 'GET /a')], ['GET /a shadow']],
    ['configured only is shadow', [endpoint('configured', 'GET /a')], ['GET /a shadow']],
    [
      'a configured probe is declared by its probe',
      [endpoint('configured', 'GET /healthz', { operational: true })],
      ['GET /healthz governed'],
    ],
    ['declared only is dormant', [endpoint('declared', 'GET /a')], ['GET /a dormant']],
    [
      'deprecated and observed is zombie',
      [endpoint('declared', 'GET /a', { deprecated: true }), endpoint('observed', 'GET /a')],
      ['GET /a zombie'],
    ],
    [
      'deprecated and called by a known caller is zombie',
      [endpoint('declared', 'GET /a/{id}', { deprecated: true }), called('GET /a/7')],
      ['GET /a/{id} zombie'],
    ],
    [
      'deprecated and not called is not',
      [endpoint('declared', 'GET /a', { deprecated: true }), endpoint('implemented', 'GET /a')],
      ['GET /a governed'],
    ],
    [
      'parameters may differ in name',
      [endpoint('declared', 'GET /a/{id}'), endpoint('implemented', 'GET /a/{orderId}')],
      ['GET /a/{id} governed'],
    ],
    [
      'a literal beside a parameter is its own',
      [endpoint('declared', 'GET /a/{id}'), endpoint('implemented', 'GET /a/me')],
      ['GET /a/me shadow', 'GET /a/{id} dormant'],
    ],
    [
      'methods differ',
      [endpoint('declared', 'GET /a'), endpoint('implemented', 'POST /a')],
      ['GET /a dormant', 'POST /a shadow'],
    ],
    [
      'code that takes every method implements each declared one',
      [
        endpoint('declared', 'GET /a'),
        endpoint('declared', 'POST /a'),
        endpoint('implemented', 'ANY /a'),
      ],
      ['GET /a governed', 'POST /a governed'],
    ],
    [
      'code that takes every method is one shadow where nothing is declared',
      [endpoint('implemented', 'ANY /a')],
      ['ANY /a shadow'],
    ],
    [
      'a base path that only the specification has is no difference',
      [
        endpoint('declared', 'GET /api/v1/a'),
        endpoint('declared', 'GET /api/v1/b'),
        endpoint('implemented', 'GET /a'),
        endpoint('implemented', 'GET /b'),
      ],
      ['GET /api/v1/a governed', 'GET /api/v1/b governed'],
    ],
    [
      'a base path before resources of one name is no more than what they lack',
      [
        endpoint('declared', 'GET /shop/items'),
        endpoint('declared', 'GET /shop/items/{id}'),
        endpoint('implemented', 'GET /items'),
        endpoint('implemented', 'GET /items/{itemId}'),
      ],
      ['GET /shop/items governed', 'GET /shop/items/{id} governed'],
    ],
    [
      'an operation under the base paths of several servers is one endpoint where one is found',
      [
        endpoint('declared', 'GET /a', specified(5)),
        endpoint('declared', 'GET /shop/a', specified(5)),
        endpoint('declared', 'GET /b', specified(9)),
        endpoint('declared', 'GET /shop/b', specified(9)),
        endpoint('implemented', 'GET /a'),
      ],
      ['GET /a governed', 'GET /b dormant', 'GET /shop/b dormant'],
    ],
    [
      'a base path is not guessed from a single template',
      [endpoint('declared', 'GET /api/a'), endpoint('implemented', 'GET /a')],
      ['GET /a shadow', 'GET /api/a dormant'],
    ],
    [
      'a base path is not guessed where some meet as they are',
      [
        endpoint('declared', 'GET /v1/a'),
        endpoint('declared', 'GET /v1/b'),
        endpoint('implemented', 'GET /v1/a'),
        endpoint('implemented', 'GET /b'),
      ],
      ['GET /b shadow', 'GET /v1/a governed', 'GET /v1/b dormant'],
    ],
  ];
  it.each(cases)('%s', (_, facts, want) => {
    expect(statuses(...facts)).toEqual(want);
  });

  it('declared and implemented without an owner is unowned', () => {
    const { owner: _, ...unowned } = service;
    const records = toRecords([
      unowned,
      endpoint('declared', 'GET /a'),
      endpoint('implemented', 'GET /a'),
    ]);
    expect(reconcile(records, circumstances)[0]?.status).toBe('unowned');
  });

  it('is configured where a route of the service covers the path', () => {
    const route = {
      via: 'Ingress shop/web',
      hosts: [],
      path: '/a',
      match: 'prefix' as const,
      methods: [],
      internet: true,
      source: { reader: 'test', how: 'configured' as const, file: 'ingress.yaml', line: 3 },
    };
    const records = toRecords([
      { ...service, route },
      endpoint('declared', 'GET /a/b'),
      endpoint('declared', 'GET /ab'),
    ]);
    expect(
      reconcile(records, circumstances).map(({ configuredIn }) => configuredIn.length),
    ).toEqual([1, 0]);
  });
});
