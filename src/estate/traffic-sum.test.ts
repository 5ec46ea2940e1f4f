import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './fact.ts';
import { EndpointTraffic } from './model.ts';
import type { PayloadSamples } from './sighting/index.ts';
import { someTraffic } from './store/testing/estate.ts';
import { sumTraffic } from './traffic-sum.ts';

const base = someTraffic();

const ROWS: readonly (readonly [string, Partial<EndpointTraffic>, Partial<EndpointTraffic>])[] = [
  ['requests add up', { requests: 5, perMinute: 0.5 }, { requests: 65, perMinute: 1.5 }],
  ['the earliest time is the first', { firstSeen: '2024' }, { firstSeen: '2024' }],
  ['a later first time changes nothing', { firstSeen: '2026' }, { firstSeen: base.firstSeen }],
  ['the latest time is the last', { lastSeen: '2026' }, { lastSeen: '2026' }],
  [
    'shares are of the statuses that were told',
    { statuses: { 0: 500, 404: 3, 503: 37 } },
    { statuses: { 0: 500, 200: 57, 404: 6, 503: 37 }, errorShare: 0.37, refusedShare: 0.06 },
  ],
  [
    'a caller that one side proved is proved',
    { callers: [{ service: 'production/shop/web', requests: 1, isProved: true }] },
    { callers: [{ service: 'production/shop/web', requests: 61, isProved: true }] },
  ],
  [
    'the busiest caller comes first',
    { callers: [{ service: 'a', requests: 61, isProved: false }] },
    { callers: [{ service: 'a', requests: 61, isProved: false }, ...base.callers] },
  ],
  ['credentials add up', { credentials: { mtls: 1 } }, { credentials: { mtls: 1, token: 60 } }],
  ['parameters are those of both', { parameters: ['a'] }, { parameters: ['a', 'page'] }],
  ['data is that of both', { sensitivity: ['pii'] }, { sensitivity: ['pii'] }],
  ['the strongest word names the template', { templateFrom: 'route' }, { templateFrom: 'route' }],
];

test.for(ROWS)('%s', ([, other, want]) => {
  const quiet: EndpointTraffic = {
    ...base,
    requests: 0,
    perMinute: 0,
    statuses: {},
    callers: [],
    credentials: {},
    parameters: [],
    ...other,
  };
  expect(sumTraffic(base, quiet)).toEqual({ ...base, ...want });
});

test('samples add up, by what they were of and what they held', () => {
  const of = (samples: PayloadSamples) => ({ ...base, samples });
  const one = of({ requests: { judged: 3, found: { email: 1 } } });
  const other = of({
    requests: { judged: 2, found: { card: 1, email: 2 } },
    responses: { judged: 4, found: {} },
  });
  expect(sumTraffic(one, other).samples).toEqual({
    requests: { judged: 5, found: { card: 1, email: 3 } },
    responses: { judged: 4, found: {} },
  });
  expect(sumTraffic(one, base).samples).toEqual(one.samples);
  expect(sumTraffic(base, base)).not.toHaveProperty('samples');
});

test('a change that both saw is as old as the first who saw it', () => {
  const change = (value: string, since: string) => ({ what: 'parameter' as const, value, since });
  const one = { ...base, changes: [change('a', '2'), change('b', '3')] };
  const other = { ...base, changes: [change('c', '1'), change('b', '2')] };
  expect(sumTraffic(one, other).changes).toEqual([
    change('c', '1'),
    change('a', '2'),
    change('b', '2'),
  ]);
});

test('of many callers the busiest are kept', () => {
  const callers = Array.from({ length: 32 }, (_, index) => ({
    service: `s${index}`,
    requests: index + 100,
    isProved: false,
  }));
  const { callers: kept } = sumTraffic({ ...base, callers }, base);
  expect(kept).toHaveLength(32);
  expect(kept[0]?.service).toBe('s31');
  expect(kept.map(({ service }) => service)).not.toContain('production/shop/web');
});

test.each([
  ['2026-01-01', '2026-01-02', '2026-01-02'],
  ['2026-01-02', '2026-01-01', '2026-01-02'],
  ['2026-01-01', undefined, '2026-01-01'],
  [undefined, undefined, undefined],
])('a caller that was seen at %s and at %s was last seen at %s', (one, other, last) => {
  const seenAt = (lastSeen: string | undefined) => ({
    ...base,
    callers: [{ service: 'a', requests: 1, isProved: true, ...(lastSeen && { lastSeen }) }],
  });
  expect(sumTraffic(seenAt(one), seenAt(other)).callers[0]?.lastSeen).toBe(last);
});

test('the order of the two does not matter, and the sum is traffic', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const count = fc.nat(1_000);
  const traffic = fc.record({
    firstSeen: name,
    lastSeen: name,
    requests: count,
    perMinute: fc.nat(100),
    statuses: fc.dictionary(fc.constantFrom('0', '200', '404', '500'), count),
    errorShare: fc.constant(0),
    refusedShare: fc.constant(0),
    callers: fc.uniqueArray(fc.record({ service: name, requests: count, isProved: fc.boolean() }), {
      selector: ({ service }) => service,
    }),
    credentials: fc.dictionary(name, count),
    parameters: fc.uniqueArray(name),
    changes: fc.array(
      fc.record({ what: fc.constantFrom('method', 'response'), value: name, since: name }),
    ),
    sensitivity: fc.uniqueArray(name),
    samples: fc.record(
      { requests: fc.record({ judged: count, found: fc.dictionary(name, count) }) },
      { requiredKeys: [] },
    ),
    templateFrom: fc.constantFrom('person', 'route', 'learned'),
  });
  fc.assert(
    fc.property(traffic, traffic, (a, b) => {
      const sum = sumTraffic(a as EndpointTraffic, b as EndpointTraffic);
      expect(EndpointTraffic.safeParse(sum).success).toBe(true);
      expect(canonicalJson(sum)).toBe(
        canonicalJson(sumTraffic(b as EndpointTraffic, a as EndpointTraffic)),
      );
    }),
  );
});
