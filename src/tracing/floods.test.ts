import { describe, expect, it } from 'vitest';
import {
  SIDE,
  SPAN_FIELD,
  SPAN_FLAG,
  SPAN_WORDS,
  type SpanBatch,
  SpanBatchWriter,
} from '../estate/spans/index.ts';
import { TracingEngine } from './engine.ts';
import type { Alert } from './model.ts';
import { TracingSettings } from './settings.ts';
import { estateOf, plainResolver } from './testing/estate.ts';
import { type TestCall, traceOf } from './testing/requests.ts';
import type { KeptTrace } from './traces/index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 5);
const USUAL: readonly (readonly TestCall[])[] = [
  [
    { from: '', to: 'web', operation: 'POST /checkout' },
    { from: 'web', to: 'orders', operation: 'POST /orders' },
    { from: 'orders', to: 'payments', operation: 'POST /charges' },
    { from: 'orders', to: 'vault', operation: 'GET /keys' },
  ],
  [
    { from: '', to: 'web', operation: 'POST /reviews' },
    { from: 'web', to: 'reviews', operation: 'POST /reviews' },
  ],
];
const THEFT: readonly TestCall[] = [
  ...(USUAL[1] ?? []),
  { from: 'reviews', to: 'payments', operation: 'GET /cards' },
  { from: 'payments', to: 'vault', operation: 'GET /keys' },
];

/** One request of a flood. */
interface Flooded {
  readonly from: string;
  readonly to: string;
  readonly path?: string;
  readonly isProved?: boolean;
  /** How long ago it says that it was, in milliseconds. */
  readonly ago?: number;
}

const CARDS: Flooded = { from: 'reviews', to: 'payments', path: '/cards' };

/** Settings that make floods short: what they fill is small. */
const SMALL = {
  names: { maxServices: 400, maxEndpoints: 400, maxAddresses: 400 },
  graph: { maxEdges: 400, maxEndpointEdges: 400 },
  baseline: { limits: { maxEdges: 400, maxEndpointEdges: 400, maxPlaces: 400, maxOrders: 400 } },
  stories: { maxStories: 100 },
  traces: { maxSpans: 2_000, keptPerMinute: 20 },
};

class World {
  readonly alerts = new Map<string, Alert>();
  readonly kept: KeptTrace[] = [];
  readonly engine: TracingEngine;
  now = START;
  #number = 0;

  constructor(settings: object = SMALL) {
    this.engine = new TracingEngine({
      resolver: plainResolver,
      estate: estateOf({
        web: { exposure: 'internet' },
        ...{ orders: {}, reviews: {}, later: {} },
        payments: { sensitivity: ['pci'] },
        vault: { sensitivity: ['secrets'], criticality: 'critical' },
      }),
      settings: TracingSettings.parse(settings),
      seed: 7,
      onAlert: (alert) => this.alerts.set(alert.id, alert),
      onKept: (trace) => this.kept.push(trace),
    });
  }

  play(calls: readonly TestCall[]): void {
    this.engine.take(traceOf(this.#number++, this.now, calls), this.now);
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.engine.tick(this.now);
  }

  days(days: number): void {
    for (let hour = 0; hour < days * 24; hour++) {
      for (const calls of USUAL) this.play(calls);
      this.pass(HOUR);
    }
  }

  /** Everything within a minute. */
  flood(count: number, made: (index: number) => Flooded): void {
    const writer = new SpanBatchWriter();
    for (let index = 0; index < count; index++) {
      const { ago = 0, ...request } = made(index);
      addRequest(writer, this.#id(), this.now - ago, request);
    }
    this.take(writer.take());
    this.pass(MINUTE);
  }

  take(batch: SpanBatch): void {
    this.engine.take(batch, this.now);
  }

  #id(): string {
    return (++this.#number).toString(16);
  }

  reached(service: string): Alert[] {
    return [...this.alerts.values()].filter(({ path }) => path.includes(service));
  }
}

function addRequest(writer: SpanBatchWriter, id: string, at: number, made: Flooded): void {
  const { from, to, path = '/', isProved = false } = made;
  const traceId = id.padStart(32, 'a');
  const spanId = id.padStart(16, 'b');
  const operation = { protocol: 'http', method: 'GET', path, route: path } as const;
  const timed = { traceId, startMs: at, durationMs: 1, operation };
  const caller = { by: 'name', name: from } as const;
  writer.add({ ...timed, spanId, side: SIDE.caller, service: caller });
  writer.add({
    ...{ ...timed, spanId: id.padStart(16, 'c'), parentId: spanId, status: 200 },
    ...{ side: SIDE.called | SPAN_FLAG.hasContext, service: { by: 'name', name: to } },
    ...{ address: '10.9.0.9', instance: '10.1.1.1', version: '1' },
    principal: isProved ? `spiffe://example.org/${from}` : undefined,
  });
}

/** Spans of one trace, each the parent of the next, numbered from `first` on. */
function chain(first: number, count: number, at: number): SpanBatch {
  const writer = new SpanBatchWriter();
  const service = { by: 'name', name: 'reviews' } as const;
  const operation = { protocol: 'http', method: 'GET', path: '/' } as const;
  const [traceId, parentId] = ['d'.repeat(32), 'e'.repeat(16)];
  const row = { traceId, parentId, spanId: parentId, startMs: at, side: SIDE.called };
  for (let index = 0; index < count; index++) writer.add({ ...row, service, operation });
  const batch = writer.take();
  for (let index = 0; index < count; index++) {
    batch.words[index * SPAN_WORDS + SPAN_FIELD.span] = first + index;
    batch.words[index * SPAN_WORDS + SPAN_FIELD.parent] = first + index - 1;
  }
  return batch;
}

describe('a flood', () => {
  it.each([
    ['by its own word', false],
    ['with its proved identity', true],
  ])('of one edge within an hour, %s, makes it usual no sooner', (_, isProved) => {
    const world = new World();
    world.days(14);
    for (let minute = 0; minute < 60; minute++) {
      world.flood(200, () => ({ ...CARDS, isProved }));
    }
    world.days(1);
    const callees = world.engine.baseline.describe(world.engine.names.services.find('reviews'));
    expect(JSON.stringify(callees)).toContain('quarantined');
    world.play(THEFT);
    world.pass(10_000);
    expect(world.reached('vault').map(({ lastTime }) => Date.parse(lastTime))).toEqual([
      world.now - 10_000 + 30,
    ]);
  });

  it.each([
    ['by its own word', false],
    ['with its proved identity', true],
  ])('that says to have been on 30 days, %s, makes nothing usual', (_, isProved) => {
    const world = new World();
    world.days(14);
    const ago = (index: number) => (index % 30) * 24 * HOUR;
    world.flood(3_000, (index) => ({ ...CARDS, isProved, ago: ago(index) }));
    world.days(1);
    const { callees } = world.engine.baseline.describe(world.engine.names.services.find('reviews'));
    expect(callees).toMatchObject([{ service: 'payments', state: 'quarantined' }]);
    expect(world.engine.assembler.counts.get('too-old')).toBe(5_800);
  });

  it.each([
    ['by its own word', false],
    ['with its proved identity', true],
  ])(
    'of so much that the last of it is not looked at, %s, makes that usual no sooner',
    (_, isProved) => {
      const world = new World({ ...SMALL, detections: { maxLooks: 3 } });
      world.days(14);
      const keys: Flooded = { from: 'reviews', to: 'vault', path: '/keys', isProved };
      const cards = (index: number) => ({ ...CARDS, path: `/cards/${index}/x`, isProved });
      world.flood(50, (index) => (index === 49 ? keys : cards(index)));
      world.days(1);
      const { callees } = world.engine.baseline.describe(
        world.engine.names.services.find('reviews'),
      );
      expect(callees.map(({ service, state }) => `${service} ${state}`).sort()).toEqual([
        'payments quarantined',
        'vault quarantined',
      ]);
      expect(world.engine.looksLeftOut).toBeGreaterThan(40);
    },
  );

  it('of what somebody claims hides nothing of what is proved the next day', () => {
    const world = new World();
    world.days(14);
    world.flood(1_000, () => CARDS);
    world.days(1);
    world.play(THEFT.slice(0, -1));
    world.pass(10_000);
    expect(world.reached('payments').map(({ lastTime }) => Date.parse(lastTime))).toEqual([
      world.now - 10_000 + 20,
    ]);
  });

  it('of new edges from one service is one story, not thousands', () => {
    const world = new World();
    world.days(7);
    for (let minute = 0; minute < 10; minute++) {
      world.flood(200, (index) => ({ from: 'reviews', to: `made-up-${minute}-${index}` }));
    }
    expect([...world.alerts.values()].map(({ from }) => from)).toEqual(['reviews']);
  });

  it('of made-up services ends no story, leaves out nobody whom the estate vouches for, and is few alerts', () => {
    const world = new World();
    world.days(14);
    const edges = world.engine.graph.edges().map(({ from, to }) => `${from} ${to}`);
    world.play(THEFT);
    world.pass(10_000);
    const [theft] = world.reached('vault');
    expect(theft?.traceIds).toHaveLength(1);
    for (let minute = 0; minute < 20; minute++) {
      world.flood(200, (index) => ({
        from: `evil-${minute}-${index}`,
        to: index % 2 === 0 ? 'payments' : `nobody-${minute}-${index}`,
      }));
    }
    expect(world.alerts.size).toBeLessThan(60);
    expect(world.engine.storyCount).toBeLessThanOrEqual(100);
    expect(world.engine.names.services.refused).toBeGreaterThan(0);
    const known = new Set(world.engine.graph.edges().map(({ from, to }) => `${from} ${to}`));
    expect(edges.filter((edge) => !known.has(edge))).toEqual([]);
    const { traceIds = [] } = theft ?? {};
    expect(world.kept.map(({ id }) => id)).toEqual(expect.arrayContaining([...traceIds]));
    // it goes on as the same story
    world.play([{ from: 'payments', to: 'later', operation: 'GET /all' }]);
    world.pass(10_000);
    expect(world.reached('later').map(({ id }) => id)).toEqual([theft?.id]);
  });

  it('of a million spans of one trace is bounded, and each of them is told or counted', () => {
    const pairing = { maxRows: 20_000 };
    const world = new World({
      ...SMALL,
      pairing,
      traces: { maxSpans: 2_000, maxSpansPerTrace: 500 },
    });
    const count = 50_000;
    for (let part = 0; part < 20; part++) {
      world.take(chain(1 + part * count, count, world.now));
      for (const calls of USUAL) world.play(calls);
      world.pass(100);
      expect(world.engine.assembler.size).toBeLessThanOrEqual(20_000);
      expect(world.engine.traces?.size).toBeLessThanOrEqual(2_000);
    }
    world.pass(MINUTE);
    const edges = world.engine.graph.edges();
    expect(edges.find(({ from, to }) => from === 'web' && to === 'orders')?.requests).toBe(20);
    const counted = [...world.engine.assembler.counts.values()].reduce((sum, one) => sum + one, 0);
    expect(world.engine.hopCount + counted).toBeGreaterThanOrEqual(20 * count);
    const lost = world.engine.traces?.counts.get('span over the limit of its trace') ?? 0;
    expect(lost).toBeGreaterThanOrEqual(20 * count - 500);
  });
});
