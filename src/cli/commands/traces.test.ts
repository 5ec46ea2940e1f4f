import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphOperations } from '../../server/http/routes/tracing/graph.ts';
import { type ApiServer, serveOperations } from '../../server/testing/api-server.ts';
import type { TracingDomain } from '../../server/tracing/domain.ts';
import type { TracingQuestions, TracingSubject } from '../../server/tracing/questions.ts';
import { TracingEngine, TracingSettings } from '../../tracing/index.ts';
import { estateOf, plainResolver } from '../../tracing/testing/estate.ts';
import { traceOf } from '../../tracing/testing/requests.ts';
import {
  createMemoryTraces,
  type TraceStore,
  TraceStoreLimits,
  waterfall,
} from '../../tracing/traces/index.ts';
import { type Ended, expectDone, expectRefused, flat, runReeve } from '../testing/run.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);
const NOT_JUDGED = { maturity: 0, maturityBecause: 'not judged' };

/** Two days of an estate, followed by an engine, whose answers are asked for over HTTP. */
function followed(): { engine: TracingEngine; traces: TraceStore } {
  const traces = createMemoryTraces(TraceStoreLimits.parse({}), 1_000);
  const engine = new TracingEngine({
    resolver: plainResolver,
    estate: estateOf({ web: {}, orders: {} }),
    settings: TracingSettings.parse({}),
    seed: 7,
    onAlert: () => undefined,
    onKept: (trace) => traces.put([trace]),
  });
  let at = START;
  for (let hour = 0; hour < 48; hour++, at += HOUR) {
    const calls = [
      { from: '', to: 'web', operation: 'GET /checkout' },
      { from: 'web', to: 'orders', operation: hour === 30 ? 'DELETE /orders' : 'POST /orders' },
    ];
    engine.take(traceOf(hour, at, calls), at);
    engine.tick(at + HOUR);
  }
  engine.finish(at);
  return { engine, traces };
}

let server: ApiServer;
beforeAll(async () => {
  const { engine, traces } = followed();
  const answers: {
    [About in TracingSubject]: (ask: TracingQuestions[About]['ask']) => unknown;
  } = {
    graph: (query) => Buffer.from([...engine.graph.json(query, () => NOT_JUDGED)].join('')),
    columns: (query) => Buffer.from([...engine.graph.columnsJson(query, () => 0)].join('')),
    edge: ({ from, to }) => engine.graph.edge(from, to),
    traces: (query) => traces.list(query),
    trace: ({ id }) => {
      const trace = traces.get(id);
      return trace && waterfall(trace, () => 'unknown');
    },
    baseline: ({ service }) => {
      const number = engine.names.services.find(service);
      return number === 0 ? undefined : engine.baseline.describe(number);
    },
    settle: () => undefined,
  };
  const tracing = {
    ask: async (about: TracingSubject, ask: never) => answers[about](ask),
  } as unknown as TracingDomain['tracing'];
  server = await serveOperations(graphOperations({ tracing } as TracingDomain), Date.now);
});
afterAll(() => server?.close());

const reeve = (...args: string[]): Promise<Ended> =>
  runReeve([...args, '--server', server.origin], server.token);
const done = async (...args: string[]): Promise<string> => {
  const ended = await reeve(...args);
  expectDone(ended);
  return ended.stdout;
};

describe('reeve traces', () => {
  it('lists what is kept and why, the latest first, and shows one as a waterfall', async () => {
    const list = await done('traces', '--service', 'orders', '--reason', 'new-edge');
    const rows = [...list.matchAll(/^([0-9a-f]{32}) +(2026-01-0\d \d\d:00) +3 +.*new-edge/gm)];
    expect(rows.map((row) => row[2])).toEqual(['2026-01-06 06:00', '2026-01-05 00:00']);
    const text = await done('traces', rows[0]?.[1] ?? '');
    expect(text).toContain(`Trace ${rows[0]?.[1]}`);
    expect(text).toMatch(/^└ orders DELETE \/orders +200 /m);
    expect(flat(text)).toContain('from web, authenticated as spiffe://example.org/web');
    expect(await done('traces', '--limit', '1')).toContain('There are more: raise --limit');
    expect(await done('traces', '--from', '2027-01-01')).toMatch(/^No traces/);
  });

  it('says that only some are kept where one is not, and how times are written', async () => {
    const missing = await reeve('traces', 'f'.repeat(32));
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('are kept')]);
    const { status, stderr } = await reeve('traces', '--from', 'soon');
    expect([status, stderr]).toEqual([2, expect.stringContaining('2026-01-05T10:00:00Z')]);
  });
});

describe('reeve edges', () => {
  it('lists who calls whom, and shows one edge with its endpoints', async () => {
    const list = await done('edges', '--service', 'orders', '--evidence', 'authenticated');
    expect(list).toMatch(/^web +orders +48 +- +- +\d[\d.]* +authenticated$/m);
    expect(await done('edges', '--limit', '1')).toContain('1 more edge: raise --limit');
    expect(await done('edges', '--namespace', 'none')).toMatch(/^No edges/);
    const edge = await done('edges', 'show', 'web', 'orders');
    expect(flat(edge)).toContain('authenticated; 48 of the requests authenticated');
    expect(edge).toMatch(/^POST \/orders +47 /m);
    expect(edge).toMatch(/^DELETE \/orders +1 /m);
    const { stderr } = await reeve('edges', 'show', 'orders', 'web');
    expect(stderr).toContain('orders was not seen to call web');
  });
});

describe('reeve baseline', () => {
  it('tells what is usual for a service, and how well that is known', async () => {
    const text = await done('baseline', 'web');
    expect(text).toMatch(/^maturity +\d+ %: seen on 2 days, about/m);
    expect(text).toMatch(/^calls +orders \(usual, 2 days, authenticated\)$/m);
    expect(text).toMatch(/^is called by +outside \(/m);
    expect(text).toMatch(/^hours \(UTC\) +0 to 23$/m);
    expect(JSON.parse((await reeve('baseline', 'web', '--format', 'json')).stdout)).toMatchObject({
      service: 'web',
      days: 2,
    });
    expectRefused(await reeve('baseline', 'nobody'), 'Nothing was seen of `nobody` in traces', '');
  });
});
