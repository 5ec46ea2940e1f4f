import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type EndpointFact, type Fact, nameFact } from '../src/estate/index.ts';
import { openStore } from '../src/estate/store/index.ts';
import { aService, largeEstate, someTraffic } from '../src/estate/store/testing/estate.ts';
import type { EstateStore, JudgedEstate, ListQuery, TrafficOf } from '../src/estate/store.ts';
import { queues } from '../src/inventory/workflow/index.ts';

/** The embedded store: facts folded a second beside the same upsert by hand, traffic and decisions,
 *  publications, and lists at 200,000 endpoints. To reach: p95 of 100 ms for every list. */
const FACTS = 200_000;
const ENDPOINTS = 200_000;
const BATCH = 2_000;
const ROUNDS = 25;
const MAX_LIST_MILLISECONDS = 100;
const AT = '2025-03-03T00:00:00.000Z';

const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-store-'));

async function secondsOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

function rate(label: string, count: number, seconds: number): number {
  const perSecond = count / seconds;
  console.log(`${label.padEnd(52)} ${Math.round(perSecond).toLocaleString('en').padStart(9)}/s`);
  return perSecond;
}

function someFacts(): EndpointFact[] {
  return Array.from({ length: FACTS }, (_, index) => ({
    entity: 'endpoint',
    id: `production/shop/service-${index % 2_000} http GET /v1/things-${index}/{id}`,
    service: `production/shop/service-${index % 2_000}`,
    protocol: 'http',
    method: 'GET',
    template: `/v1/things-${index}/{id}`,
    source: {
      reader: 'openapi',
      how: 'declared',
      file: `services/service-${index % 2_000}/openapi.yaml`,
      line: index % 4_000,
      column: 3,
    },
  }));
}

/** What SQLite does when nothing stands between: names and texts are made before the clock starts. */
async function rawUpserts(facts: readonly Fact[]): Promise<number[]> {
  const database = new DatabaseSync(join(folder, 'raw.db'));
  database.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16384;
    create table facts (scope text not null, id text not null, body text not null,
      first_seen text not null, last_seen text not null, primary key (scope, id))`);
  const upsert = database.prepare(`insert into facts
    select 'scan', key, value, ?, ? from json_each(?) where true
    on conflict do update set last_seen = max(last_seen, excluded.last_seen)
    where last_seen < excluded.last_seen`);
  const named = facts.map(nameFact);
  const batches = Array.from({ length: FACTS / BATCH }, (_, index) =>
    named
      .slice(index * BATCH, (index + 1) * BATCH)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, body }) => `"${id}":${body}`),
  ).map((members) => `{${members.join(',')}}`);
  const seconds: number[] = [];
  for (const at of ['1', '2']) {
    seconds.push(
      await secondsOf(() => {
        database.exec('begin immediate');
        for (const batch of batches) upsert.run(at, at, batch);
        database.exec('commit');
      }),
    );
  }
  database.close();
  return seconds;
}

async function benchFolding(store: EstateStore): Promise<void> {
  const facts = someFacts();
  const naming = await secondsOf(() => facts.map(nameFact));
  const [rawNew = 0, rawKnown = 0] = await rawUpserts(facts);
  rate('naming facts (canonical JSON and SHA-256)', FACTS, naming);
  const limit = rate('raw json_each upserts, new rows', FACTS, rawNew);
  rate('raw json_each upserts, known rows', FACTS, rawKnown);
  const folding = await secondsOf(() => store.fold('scan', facts, AT));
  const folded = rate('fold, new facts', FACTS, folding);
  console.log(`${'  of the raw limit, naming included'.padEnd(52)} ${(folded / limit).toFixed(2)}`);
  const later = '2025-03-04T00:00:00.000Z';
  rate('fold, known facts, later', FACTS, await secondsOf(() => store.fold('scan', facts, later)));
  rate('fold, known facts, again', FACTS, await secondsOf(() => store.fold('scan', facts, later)));
  const single = facts.slice(0, 200).map((fact) => [fact]);
  const folds = await secondsOf(async () => {
    for (const [index, one] of single.entries()) await store.fold(`one-${index % 7}`, one, later);
  });
  rate('folds of one fact, each on the disk', single.length, folds);
  rate('facts read back', FACTS, await secondsOf(() => store.facts()));
  rate(
    'replace with the same facts',
    FACTS,
    await secondsOf(() => store.replace('scan', facts, AT)),
  );
}

/** Endpoints of one service that traffic shows, and how often they are told anew. */
const SEEN = 500;
const HARVESTS = 20;
const DECIDED = 500;

/** What the intake and people write while the server runs. */
async function benchWorkflow(store: EstateStore): Promise<void> {
  const facts = someFacts().slice(0, SEEN);
  const seenAt = (round: number): TrafficOf[] =>
    facts.map(({ id }, index) => ({
      id,
      // a tenth of the endpoints is called between two harvests
      ...someTraffic({ requests: index % 10 === 0 ? round : 0 }),
    }));
  await store.replace('traffic:bench', facts, AT, seenAt(0));
  const harvests = await secondsOf(async () => {
    for (let round = 1; round <= HARVESTS; round++) {
      await store.replace('traffic:bench', facts, AT, seenAt(round));
    }
  });
  perPiece(`a service's ${SEEN} endpoints told anew`, harvests / HARVESTS);
  await store.replace(
    'traffic:all',
    [],
    AT,
    someFacts().map(({ id }) => ({ id, ...someTraffic() })),
  );
  rate('traffic of endpoints read back', ENDPOINTS, await secondsOf(() => store.traffic()));
  const changes = facts.slice(0, DECIDED).map((fact) => {
    const decision = {
      endpoint: fact.id,
      action: 'adopt',
      by: 'admin',
      at: AT,
      reason: '',
    } as const;
    const entry = { at: AT, actor: 'admin', action: 'a', subject: fact.id, reason: '', detail: {} };
    return { change: 'decide', decision, fact: { ...fact, decision }, entry } as const;
  });
  perPiece(`${DECIDED} decisions at a time`, await secondsOf(() => store.decide(changes)));
}

function perPiece(label: string, seconds: number): void {
  console.log(`${label.padEnd(52)} ${(seconds * 1_000).toFixed(1).padStart(9)} ms`);
}

/** As traffic leaves it: most endpoints are seen, some are hidden, and some wait for a person. */
function seenEstate(): JudgedEstate {
  const estate = largeEstate(ENDPOINTS);
  const endpoints = estate.endpoints.map((endpoint, index) => ({
    ...endpoint,
    traffic: index % 8 === 0 ? null : someTraffic({ requests: index }),
    visibility: index % 20 === 0 ? ('unstable' as const) : ('shown' as const),
    review:
      endpoint.status === 'governed' || endpoint.status === 'dormant' ? null : ('shadow' as const),
    owner: index % 50 === 0 ? null : endpoint.owner,
    blocked: index % 9_973 === 0,
  }));
  return { ...estate, endpoints };
}

async function benchPublishing(store: EstateStore): Promise<void> {
  const estate = seenEstate();
  perPiece('queues counted', await secondsOf(() => queues(estate.endpoints)));
  const rows = estate.endpoints.length + estate.services.length + estate.findings.length;
  rate('publish, all rows new', rows, await secondsOf(() => store.publish(estate, AT)));
  const changed = { ...estate, services: [...estate.services, aService('added')] };
  const seconds = await secondsOf(() => store.publish(changed, AT));
  rate('publish, one row new', rows, seconds);
}

const LISTS: Readonly<Record<string, (store: EstateStore, query: ListQuery) => Promise<unknown>>> =
  {
    endpoints: (store, query) => store.endpoints(query),
    findings: (store, query) => store.findings(query),
  };

type Query = Partial<ListQuery>;
const QUERIES: readonly (readonly [
  list: string,
  label: string,
  query: (round: number) => Query,
])[] = [
  ['endpoints', 'first page', () => ({})],
  ['endpoints', 'page in the middle', (n) => ({ after: `production/shop/service-${n * 37}` })],
  ['endpoints', 'environment', () => ({ filter: { environment: 'production' } })],
  [
    'endpoints',
    'service',
    (n) => ({ filter: { service: `production/shop/service-${n * 2 + 1}` } }),
  ],
  ['endpoints', 'rare status', () => ({ filter: { status: 'zombie' } })],
  ['endpoints', 'status and owner', (n) => ({ filter: { status: 'shadow', owner: `team-${n}` } })],
  [
    'endpoints',
    'method and environment',
    () => ({ filter: { method: 'GET', environment: 'staging' } }),
  ],
  ['endpoints', 'everything, hidden too', () => ({ filter: { visibility: 'all' } })],
  ['endpoints', 'hidden', () => ({ filter: { visibility: 'unstable' } })],
  ['endpoints', 'what waits', () => ({ filter: { review: 'any' } })],
  ['endpoints', 'what waits for one', (n) => ({ filter: { review: 'any', owner: `team-${n}` } })],
  ['endpoints', "what waits, nobody's", () => ({ filter: { review: 'any', owner: '' } })],
  ['endpoints', 'blocked', () => ({ filter: { blocked: 'true' } })],
  [
    'endpoints',
    'one by its id',
    (n) => ({
      limit: 1,
      filter: { id: `production/shop/service-${n} http GET /v1/things-${n}/{id}/parts` },
    }),
  ],
  ['endpoints', 'search, one hit', (n) => ({ search: `things-${n * 7_919}/` })],
  ['endpoints', 'search, many hits', () => ({ search: 'parts production' })],
  ['endpoints', 'search, no hit', () => ({ search: 'nothing like it' })],
  ['findings', 'first page', () => ({})],
  ['findings', 'severity', () => ({ filter: { severity: 'high' } })],
  ['findings', 'search, one hit', (n) => ({ search: `things-${n * 7_920 + 3}/` })],
];

async function benchLists(store: EstateStore): Promise<void> {
  for (const [list, label, query] of QUERIES) {
    const times: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const asked = { limit: 50, ...query(round) };
      times.push((await secondsOf(() => LISTS[list]?.(store, asked))) * 1_000);
    }
    times.sort((a, b) => a - b);
    const p95 = times[Math.ceil(ROUNDS * 0.95) - 1] ?? 0;
    const median = times[ROUNDS >> 1] ?? 0;
    console.log(
      `${`${list}, ${label}`.padEnd(42)} p50 ${median.toFixed(1).padStart(6)} ms   p95 ${p95.toFixed(1).padStart(6)} ms${p95 > MAX_LIST_MILLISECONDS ? '   (over 100 ms)' : ''}`,
    );
  }
}

try {
  const store = await openStore({ kind: 'sqlite', folder: join(folder, 'data') });
  await benchFolding(store);
  await benchWorkflow(store);
  await benchPublishing(store);
  await benchLists(store);
  await store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
