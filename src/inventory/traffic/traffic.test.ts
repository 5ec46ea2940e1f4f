import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SeenEndpoint, type Sighting, toParty } from '../../estate/index.ts';
import { createTemplateLearner, type Knowledge } from '../templates/index.ts';
import { TrafficState } from './state.ts';
import { type SummaryRules, summarize } from './summary.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 4, 20, 12, 30);
const RULES: SummaryRules = { stableAfterRequests: 3, settleMs: DAY_MS, changeMs: 14 * DAY_MS };
const NOTHING: Knowledge = { priors: [], corrections: [] };
const ORDERS = toParty({ by: 'name', name: 'orders' });
const WEB = toParty({ by: 'name', name: 'web' });

function aSighting(overrides: Partial<Sighting> = {}): Sighting {
  return {
    service: ORDERS,
    protocol: 'http',
    method: 'GET',
    path: '/orders',
    status: 200,
    count: 5,
    firstAt: NOW - HOUR_MS,
    lastAt: NOW,
    ...overrides,
  };
}

function stateOf(sightings: readonly Sighting[]): TrafficState {
  const state = new TrafficState(createTemplateLearner);
  for (const sighting of sightings) expect(state.add(sighting)).toBeUndefined();
  return state;
}

function endpointsOf(sightings: readonly Sighting[], knowledge = NOTHING): SeenEndpoint[] {
  const service = stateOf(sightings).service(ORDERS.key);
  if (service === undefined) throw new RangeError('the service was not seen');
  return [...summarize(service, knowledge, RULES, NOW).endpoints];
}

const lines = (endpoints: readonly SeenEndpoint[]): string[] =>
  endpoints
    .map(({ method, template, doubt }) => `${method} ${template}${doubt ? ` (${doubt})` : ''}`)
    .sort();

describe('the traffic of a service', () => {
  it('is one endpoint where a route is named in some requests and only the path in others', () => {
    const [endpoint, ...others] = endpointsOf([
      aSighting({ path: '/orders/17', route: '/orders/{id}', count: 2 }),
      aSighting({ path: '/orders/18', count: 3 }),
    ]);
    expect(others).toEqual([]);
    expect(endpoint).toMatchObject({ template: '/orders/{id}', traffic: { requests: 5 } });
    expect(endpoint?.traffic.templateFrom).toBe('route');
  });

  it('calls a path an endpoint once it was asked for often enough, unless somebody names it', () => {
    const path = (name: string, count: number) => aSighting({ path: `/${name}`, count });
    expect(lines(endpointsOf([path('rare', 2)]))).toEqual(['GET /rare (unstable)']);
    expect(lines(endpointsOf([path('rare', 3)]))).toEqual(['GET /rare']);
    const prior = { from: 'specification', method: 'GET', template: '/rare' } as const;
    expect(lines(endpointsOf([path('rare', 1)], { ...NOTHING, priors: [prior] }))).toEqual([
      'GET /rare',
    ]);
    expect(lines(endpointsOf([aSighting({ route: '/once', count: 1 })]))).toEqual(['GET /once']);
  });

  it('tells probes apart: paths that only ever answered 404', () => {
    expect(
      lines(
        endpointsOf([
          aSighting({ path: '/wp-login.php', status: 404 }),
          aSighting({ path: '/basket', status: 404 }),
          aSighting({ path: '/basket', status: 200 }),
          aSighting({ path: '/closed', status: 403 }),
          aSighting({ path: '/guarded', status: 401, count: 30 }),
        ]),
      ),
    ).toEqual([
      'GET /basket',
      'GET /closed (unstable)',
      'GET /guarded',
      'GET /wp-login.php (probe)',
    ]);
  });

  it('counts HEAD as GET, and gRPC, GraphQL and events under their names', () => {
    expect(
      lines(
        endpointsOf([
          aSighting({ method: 'HEAD' }),
          aSighting({ protocol: 'grpc', method: 'RPC', path: '/shop.v1.Orders/Get' }),
          aSighting({ protocol: 'grpc', method: 'RPC', path: '/shop.v1.Orders/No', status: 501 }),
          aSighting({ protocol: 'graphql', method: 'QUERY', path: 'order' }),
          aSighting({ protocol: 'event', method: 'PUBLISH', path: 'orders.placed', status: 0 }),
        ]),
      ),
    ).toEqual([
      'GET /orders',
      'PUBLISH orders.placed',
      'QUERY order',
      'RPC /shop.v1.Orders/Get',
      'RPC /shop.v1.Orders/No (probe)',
    ]);
  });

  it('tells shares, rates, callers, credentials and parameters', () => {
    const [endpoint] = endpointsOf([
      aSighting({ count: 6, caller: WEB, credential: 'token', parameters: ['page'] }),
      aSighting({ count: 3, status: 503, caller: WEB, isCallerProved: true, credential: 'mtls' }),
      aSighting({ count: 1, status: 401, credential: 'none' }),
    ]);
    expect(endpoint?.traffic).toMatchObject({
      requests: 10,
      statuses: { '200': 6, '401': 1, '503': 3 },
      errorShare: 0.3,
      refusedShare: 0.1,
      credentials: { token: 6, mtls: 3, none: 1 },
      parameters: ['page'],
      firstSeen: '2026-05-20T11:30:00.000Z',
      lastSeen: '2026-05-20T12:30:00.000Z',
    });
    expect(endpoint?.traffic.perMinute).toBeCloseTo(10 / 60, 2);
    expect(endpoint?.callers).toEqual([
      { party: WEB, requests: 9, isProved: true, lastSeen: expect.stringMatching(/^2026-05-20T1/) },
    ]);
  });

  it.each([
    ['a response', { status: 202 }, { what: 'response', value: '202' }],
    ['a parameter', { parameters: ['export'] }, { what: 'parameter', value: 'export' }],
    ['a credential', { credential: 'none' }, { what: 'authentication', value: 'none' }],
  ] as const)('calls %s that comes up after a day a change', (_, overrides, change) => {
    const old = { firstAt: NOW - 3 * DAY_MS, lastAt: NOW, credential: 'token' } as const;
    const late = { firstAt: NOW - HOUR_MS, lastAt: NOW, credential: 'token' } as const;
    const [endpoint] = endpointsOf([aSighting(old), aSighting({ ...late, ...overrides })]);
    expect(endpoint?.traffic.changes).toEqual([
      { ...change, since: new Date(NOW - HOUR_MS).toISOString() },
    ]);
    const early = { firstAt: NOW - 3 * DAY_MS + HOUR_MS };
    const [same] = endpointsOf([aSighting(old), aSighting({ ...late, ...overrides, ...early })]);
    expect(same?.traffic.changes).toEqual([]);
  });

  it('calls a method a change where its path was long asked for by others', () => {
    const old = { route: '/orders/{id}', firstAt: NOW - 3 * DAY_MS };
    const found = endpointsOf([
      aSighting(old),
      aSighting({ method: 'DELETE', route: '/orders/{id}' }),
    ]);
    const changes = found.map(({ method, traffic }) => [method, traffic.changes.length]);
    expect(changes.sort()).toEqual([
      ['DELETE', 1],
      ['GET', 0],
    ]);
  });

  it.each([
    ['a preflight', { method: 'OPTIONS' }, 'preflight'],
    ['a method that is none', { method: 'GET /' }, 'method-invalid'],
    ['a path without a slash', { path: 'orders' }, 'path-invalid'],
    ['control characters', { path: '/or\u0000ders' }, 'path-invalid'],
    ['a path of 64 kB', { path: `/${'x'.repeat(65_536)}` }, 'path-too-long'],
  ])('does not count %s', (_, overrides, reason) => {
    const state = new TrafficState(createTemplateLearner);
    expect(state.add(aSighting(overrides))).toBe(reason);
    expect(state.size).toBe(0);
  });

  it('keeps apart no more services and operations than it may', () => {
    const limits = { maxServices: 2, maxNamedOperations: 2 };
    const state = new TrafficState(createTemplateLearner, limits);
    const service = (name: string) => toParty({ by: 'name', name });
    const drops = ['a', 'b', 'c', 'a'].map((name) =>
      state.add(aSighting({ service: service(name) })),
    );
    expect(drops).toEqual([undefined, undefined, 'services-too-many', undefined]);
    const routes = ['/1', '/2', '/3', '/1'].map((route) =>
      state.add(aSighting({ service: service('a'), route })),
    );
    expect(routes).toEqual([undefined, undefined, 'operations-too-many', undefined]);
  });

  it('is the same whatever the order of what was seen', () => {
    const paths = ['/orders', '/orders/17', '/orders/18', '/orders/19/items', '/me', '/carts/x1'];
    const some = fc.array(
      fc
        .record({
          path: fc.constantFrom(...paths),
          status: fc.constantFrom(200, 404, 500),
          method: fc.constantFrom('GET', 'POST'),
        })
        .map(aSighting),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(some, (sightings) => {
        const there = endpointsOf(sightings);
        const back = endpointsOf([...sightings].reverse());
        const order = (all: SeenEndpoint[]) =>
          all
            .map(({ method, template, doubt, traffic }) => ({
              ...{ method, template, doubt },
              requests: traffic.requests,
            }))
            .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
        expect(order(back)).toEqual(order(there));
      }),
      { numRuns: 50 },
    );
  });
});
