import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CallSighting, type Sighting, toParty } from '../../estate/index.ts';
import { createTemplateLearner, fromSnapshot } from '../../inventory/templates/index.ts';
import type { LogPosition } from '../../sources/access-log/tail/index.ts';
import type { Gathered } from './hub.ts';
import { journalNumbers, journalPath } from './journal.ts';
import { KeptTraffic } from './kept-traffic.ts';

let folder = '';
let now = 1_000_000;
const faults: unknown[] = [];
/** One that is opened beside another stands for a process after the one that was killed. */
const opened: KeptTraffic[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-kept-'));
  faults.length = 0;
});
afterEach(async () => {
  for (const kept of opened.splice(0)) await kept.close();
  rmSync(folder, { recursive: true, force: true });
});

const ORDERS = toParty({ by: 'name', name: 'orders', namespace: 'shop' });
const WEB = toParty({ by: 'identity', identity: 'spiffe://example.org/ns/shop/sa/web' });
const POSITION: LogPosition = {
  file: '/var/log/access.log',
  offset: 120,
  identity: '1:2',
  headBytes: 4,
  headDigest: 'abcd',
};

const aSighting = (overrides: Partial<Sighting> = {}): Sighting => ({
  service: ORDERS,
  protocol: 'http',
  method: 'GET',
  path: '/orders/17',
  status: 200,
  count: 2,
  firstAt: 10,
  lastAt: 20,
  caller: WEB,
  isCallerProved: true,
  credential: 'mtls',
  parameters: ['page'],
  samples: { responses: { judged: 2, found: { email: 1 } } },
  isOperational: true,
  ...overrides,
});
const ROUTED = aSighting({ route: '/orders/{id}' });
const CALL: CallSighting = {
  caller: WEB,
  service: ORDERS,
  operation: { protocol: 'grpc', method: 'RPC', path: '/shop.v1.Orders/Get' },
  at: 15,
  count: 3,
};

function gathered(parts: Partial<Gathered> = {}): Gathered {
  return { sightings: [], calls: [], halves: Buffer.alloc(0), positions: [], ...parts };
}

async function open(maxJournalBytes = 1_000_000): Promise<KeptTraffic> {
  const kept = await KeptTraffic.open({
    folder,
    limits: { maxServices: 10, maxNamedOperations: 10 },
    createLearner: createTemplateLearner,
    learnerFormat: { restore: fromSnapshot },
    pairWindowMs: 30_000,
    clock: () => now,
    onDrop: (of, drop, count) => faults.push([of, drop, count]),
    onFault: (thrown) => faults.push(thrown),
    maxJournalBytes,
  });
  opened.push(kept);
  return kept;
}

/** Everything that is counted, as text. */
function said(kept: KeptTraffic): string[] {
  const lines = [...kept.state.observed()].flatMap(({ party, endpoints }) =>
    endpoints.map(({ method, template, tally }) => {
      const callers = [...tally.callers.values()].map(
        ({ party: caller, count, isProved }) => `${caller.key} ${count} ${isProved}`,
      );
      const samples = JSON.stringify(tally.samples);
      const rest = [...tally.parameters.keys(), samples, ...tally.credentials.keys()];
      return `${party.key}: ${method} ${template} ${tally.requests} ${callers} ${rest}`;
    }),
  );
  return lines.sort();
}

const ALL = gathered({
  sightings: [aSighting(), aSighting({ path: '/health', status: 503 }), ROUTED],
  calls: [CALL],
  halves: Buffer.from('halves'),
  positions: [POSITION],
});

describe('traffic that was kept', () => {
  it('is there again after the process was killed: from the journal', async () => {
    const kept = await open();
    await kept.keep(ALL);
    const again = await open();
    expect(said(again)).toEqual(said(kept));
    expect(said(again)).toHaveLength(3);
    expect(again.positionOf(POSITION.file)).toEqual(POSITION);
    expect(again.restoredHalves.map(String)).toEqual(['halves']);
  });

  it('is there again after a snapshot, and what came after it too, each counted once', async () => {
    const kept = await open();
    await kept.keep(ALL);
    await kept.checkpoint();
    await kept.keep(gathered({ sightings: [ROUTED] }));
    const again = await open();
    expect(said(again)).toEqual(said(kept));
    expect(again.positionOf(POSITION.file)).toEqual(POSITION);
    expect(again.restoredHalves.map(String)).toEqual(['halves']);
  });

  it('is what was acknowledged, where the end of the journal was cut off', async () => {
    const kept = await open();
    await kept.keep(ALL);
    const before = said(kept);
    const size = kept.journalBytes;
    await kept.keep(gathered({ sightings: [aSighting({ path: '/late' })] }));
    truncateSync(journalPath(folder, 0), size + 30);
    expect(said(await open())).toEqual(before);
  });

  it('gives its journal up for a snapshot when that is large, and old ones after the window', async () => {
    const kept = await open(10);
    await kept.keep(ALL);
    expect(await journalNumbers(folder)).toEqual([0, 1]);
    now += 60_000;
    await kept.keep(ALL);
    expect(await journalNumbers(folder)).toEqual([1, 2]);
    expect(said(await open())).toEqual(said(kept));
    expect(faults).toEqual([]);
  });

  it('is kept where no snapshot can be written, which is tried again after as much journal', async () => {
    const inTheWay = join(folder, 'traffic.snapshot.new');
    mkdirSync(inTheWay);
    const kept = await open(3_000);
    while (kept.journalBytes <= 6_000) await kept.keep(ALL);
    expect(faults).toMatchObject([{ code: 'EISDIR' }]);
    await kept.keep(ALL);
    expect(faults).toHaveLength(2);
    expect(said(await open())).toEqual(said(kept));
    rmdirSync(inTheWay);
    while (kept.journalBytes > 3_000) await kept.keep(ALL);
    expect(faults).toHaveLength(2);
    expect(said(await open())).toEqual(said(kept));
  });

  it('is closed, and loses nothing, where the last snapshot cannot be written', async () => {
    mkdirSync(join(folder, 'traffic.snapshot.new'));
    const kept = await open();
    await kept.keep(ALL);
    await kept.close();
    expect(faults).toMatchObject([{ code: 'EISDIR' }]);
    rmdirSync(join(folder, 'traffic.snapshot.new'));
    expect(said(await open())).toEqual(said(kept));
  });

  it('leaves one snapshot behind when it is closed', async () => {
    const kept = await open();
    await kept.keep(ALL);
    await kept.close();
    expect(readdirSync(folder)).toContain('traffic.snapshot');
    expect(said(await open())).toEqual(said(kept));
  });

  it('says what to do where the snapshot cannot be read', async () => {
    writeFileSync(join(folder, 'traffic.snapshot'), '{"format":"other"}\n');
    await expect(open()).rejects.toMatchObject({
      code: 'data/traffic-malformed',
      hint: expect.stringContaining('backup'),
    });
  });

  it('tells once what could not be counted, of requests and of calls', async () => {
    const kept = await open();
    const sightings = [aSighting({ method: 'OPTIONS', count: 4 })];
    const operation = { protocol: 'http', method: 'GET', path: 'no path' } as const;
    await kept.keep(gathered({ sightings, calls: [{ ...CALL, operation }] }));
    await open();
    expect(faults).toEqual([
      ['requests', 'preflight', 4],
      ['calls', 'path-invalid', 3],
    ]);
  });
});
