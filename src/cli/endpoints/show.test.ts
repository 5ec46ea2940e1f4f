import { describe, expect, it } from 'vitest';
import type { Endpoint, StoredDecision } from '../../estate/index.ts';
import { anEndpoint, someTraffic } from '../../estate/store/testing/estate.ts';
import { toPage, toSentence } from './show.ts';
import { age, percent, rate, whyStatus } from './words.ts';

const SERVICE = 'production/shop/orders';
const NOW = Date.UTC(2025, 2, 5, 1);
const by = { by: 'admin', at: '2025-03-04T10:00:00.000Z', reason: '' };

const endpoint = anEndpoint(SERVICE, '/orders/{id}', {
  declaredIn: [],
  configuredIn: [{ file: 'gateway.yaml', line: 3 }],
  status: 'shadow',
  review: 'shadow',
  blocked: true,
  traffic: someTraffic({
    requests: 1_234,
    perMinute: 0.04,
    callers: Array.from({ length: 10 }, (_, index) => ({
      service: `production/shop/caller-${index}`,
      requests: 10 - index,
      isProved: index === 0,
    })),
  }),
  changes: [`the parameter \`sort\` is new since 2025-03-04${' and so on'.repeat(6)}`],
  elsewhere: [{ environment: 'staging', id: 'x', status: 'governed', observed: true }],
});

const decisions: StoredDecision[] = [
  { ...by, endpoint: endpoint.id, action: 'assign', owner: 'team-orders' },
  { ...by, endpoint: endpoint.id, action: 'block', reason: 'it leaks\u001b[2J' },
];

const PAGE = `GET /orders/{id}
of production/shop/orders

status          shadow: implemented, configured and seen in traffic, but nobody
                declares it
waits           shadow: adopt it, block it, or accept it for a while
blocked         calls of it are reported, and not refused yet
owner           team-orders
criticality     high (declared)
data            pii (the field \`email\`)
seen            2 d ago, for the first time 2 d ago
requests        1,234 requests, <0.1 a minute in the last hour
answers         0 % errors, 5 % refused
statuses        200 57, 404 3
credentials     token 60 (seen, not verified)
callers         production/shop/caller-0: 10 requests, proved who it is
                production/shop/caller-1: 9 requests
                production/shop/caller-2: 8 requests
                production/shop/caller-3: 7 requests
                production/shop/caller-4: 6 requests
                production/shop/caller-5: 5 requests
                production/shop/caller-6: 4 requests
                production/shop/caller-7: 3 requests
                and 2 more
parameters      page
template        learnt from paths
changes         the parameter \`sort\` is new since 2025-03-04 and so on and so on
                and so on and so on and so on and so on
elsewhere       staging: governed, seen in traffic
configured in   gateway.yaml:3
implemented in  src/main.ts:40:1
decisions       assigned to team-orders by admin on 2025-03-04
                blocked by admin on 2025-03-04: it leaks
id              production/shop/orders http GET /orders/{id}`;

describe('the page of an endpoint', () => {
  it('tells all about it in 80 columns, and no control character of foreign text', () => {
    expect(toPage(endpoint, decisions, NOW)).toBe(PAGE);
    for (const line of PAGE.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('leaves out what there is nothing to say about', () => {
    const quiet = anEndpoint(SERVICE, '/a', {
      ...{ owner: null, sensitivity: [], criticality: null, implementedIn: [], declaredIn: [] },
    });
    expect(toPage(quiet, [], NOW).split('\n').slice(3)).toEqual([
      'status          governed: declared, and its owner answers for it',
      'owner           nobody',
      'id              production/shop/orders http GET /a',
    ]);
  });
});

it.each<[Partial<StoredDecision>, string]>([
  [{ action: 'adopt', reason: 'ours' }, 'adopted by admin on 2025-03-04: ours'],
  [{ action: 'deprecate', until: '2026-01-01' }, 'deprecated, gone after 2026-01-01 by admin'],
  [{ action: 'accept', until: '2026-01-01' }, 'accepted until 2026-01-01 by admin'],
  [{ action: 'tag', sensitivity: ['pii', 'pci'], criticality: 'low' }, 'tagged pii, pci, low crit'],
  [{ action: 'tag', sensitivity: [] }, 'tagged no sensitive data by admin'],
])('the decision %j is told as `%s`', (said, want) => {
  const decision = { ...by, endpoint: endpoint.id, ...said } as StoredDecision;
  expect(toSentence(decision)).toContain(want);
});

it.each<[Partial<Endpoint>, RegExp]>([
  [{ status: 'zombie' }, /still called/],
  [{ status: 'dormant' }, /neither implemented nor seen/],
  [{ status: 'unowned' }, /nobody answers for it/],
  [{ status: 'governed' }, /team-orders answers for it/],
  [{ status: 'shadow', implementedIn: [], observed: false }, /^known, but nobody declares it/],
  [{ status: 'shadow', visibility: 'probe' }, /only ever answered 404/],
  [{ status: 'shadow', visibility: 'unstable' }, /seen too little/],
])('of %j it is said why', (overrides, want) => {
  expect(whyStatus(anEndpoint(SERVICE, '/a', overrides))).toMatch(want);
});

it.each([
  [0, 'now'],
  [59, 'now'],
  [60, '1 min'],
  [7_199, '1 h'],
  [86_400, '1 d'],
  [86_400 * 1_500, '1,500 d'],
])('%i seconds ago is %s', (seconds, want) => {
  expect(age(new Date(NOW - seconds * 1_000).toISOString(), NOW)).toBe(want);
});

it('what is not nothing is never told as nothing, nor nearly all as all', () => {
  expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(['0 %', '<1 %', '50 %', '>99 %', '100 %']);
  expect([0, 0.01, 0.25, 12.6, 1_234].map(rate)).toEqual(['0', '<0.1', '0.3', '13', '1,234']);
  expect(age('never', NOW)).toBe('-');
});
