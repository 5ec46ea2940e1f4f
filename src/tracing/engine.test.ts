import { describe, expect, it } from 'vitest';
import { SIDE, SPAN_FLAG, type SpanBatch, SpanBatchWriter } from '../estate/spans/index.ts';
import { TracingEngine } from './engine.ts';
import type { Alert } from './model.ts';
import { TracingSettings } from './settings.ts';
import { estateOf, plainResolver } from './testing/estate.ts';
import { type TestCall, traceOf } from './testing/requests.ts';
import type { KeptTrace } from './traces/index.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);
const CUSTOMER: readonly TestCall[] = [
  { from: '', to: 'web', operation: 'POST /checkout' },
  { from: 'web', to: 'orders', operation: 'POST /orders' },
  { from: 'orders', to: 'payments', operation: 'POST /charges' },
];
const REVIEW: readonly TestCall[] = [
  { from: '', to: 'web', operation: 'POST /reviews' },
  { from: 'web', to: 'reviews', operation: 'POST /reviews' },
];
const ATTACK: readonly TestCall[] = [
  ...REVIEW,
  { from: 'reviews', to: 'orders', operation: 'GET /orders' },
  { from: 'orders', to: 'payments', operation: 'GET /cards' },
];

class World {
  readonly alerts = new Map<string, Alert>();
  readonly kept: KeptTrace[] = [];
  engine = this.#start();
  now = START;
  #number = 0;

  #start(learnt?: Buffer): TracingEngine {
    return new TracingEngine(
      {
        resolver: plainResolver,
        estate: estateOf({
          web: { exposure: 'internet' },
          ...{ orders: {}, reviews: {} },
          payments: { sensitivity: ['pci'] },
        }),
        settings: TracingSettings.parse({}),
        seed: 7,
        onAlert: (alert) => this.alerts.set(alert.id, alert),
        onKept: (trace) => this.kept.push(trace),
      },
      learnt,
    );
  }

  restart(learnt = this.engine.snapshot()): void {
    this.engine = this.#start(learnt);
  }

  play(calls: readonly TestCall[]): void {
    this.engine.take(traceOf(this.#number++, this.now, calls), this.now);
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.engine.tick(this.now);
  }

  /** Customers, once an hour. */
  days(days: number): void {
    for (let hour = 0; hour < days * 24; hour++) {
      this.play(CUSTOMER);
      this.play(REVIEW);
      this.pass(HOUR);
    }
  }
}

describe('an estate whose traces are followed', () => {
  it('raises no alert for what is usual', () => {
    const world = new World();
    world.days(14);
    expect([...world.alerts.values()].map(({ reason }) => reason)).toEqual([]);
    expect(world.engine.hopCount).toBe(14 * 24 * 5);
  });

  it('tells a way that nobody went before as one story, hop by hop, and keeps its trace whole', () => {
    const world = new World();
    world.days(14);
    world.play(ATTACK);
    world.pass(5_000);
    const [alert, ...others] = world.alerts.values();
    expect(others).toEqual([]);
    expect(alert?.path).toEqual(['web', 'reviews', 'orders', 'payments']);
    expect([alert?.from, alert?.to]).toEqual(['reviews', 'payments']);
    expect(alert?.hops.filter(({ signs }) => signs.length > 0).map(({ to }) => to)).toEqual([
      'orders',
      'payments',
    ]);
    world.pass(HOUR);
    const trace = world.kept.find(({ id }) => id === alert?.traceIds[0]);
    expect(trace?.spans).toHaveLength(7);
  });

  it('goes on after a restart with what it knew', () => {
    const world = new World();
    world.days(14);
    const graph = world.engine.graph.edges();
    world.restart();
    expect(world.engine.graph.edges()).toEqual(graph);
    world.play(CUSTOMER);
    world.pass(5_000);
    expect([...world.alerts.keys()]).toEqual([]);
    world.play(ATTACK);
    world.pass(5_000);
    world.restart();
    world.pass(HOUR);
    world.play([...REVIEW, { from: 'reviews', to: 'payments', operation: 'DELETE /cards' }]);
    world.pass(5_000);
    const [alert, ...others] = world.alerts.values();
    expect(others).toEqual([]);
    expect(alert?.hops.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['GET /cards', 'DELETE /cards']),
    );
  });

  it('goes on from what was taken in steps between which it learnt', () => {
    const world = new World();
    world.days(14);
    const before = world.engine.graph.edges().map(({ from, to }) => `${from} ${to}`);
    const steps = world.engine.snapshotSteps();
    let rests = 0;
    for (;;) {
      const { done, value } = steps.next();
      if (done) {
        world.restart(Buffer.concat(value));
        break;
      }
      // names and edges that nobody has heard of
      world.play([{ from: '', to: `late-${rests++}`, operation: `GET /late-${rests}` }]);
      world.pass(3_000);
    }
    expect(rests).toBeGreaterThan(10);
    const after = world.engine.graph.edges().map(({ from, to }) => `${from} ${to}`);
    expect(after).toEqual(expect.arrayContaining(before));
    for (const edge of after) expect(edge).toMatch(/^(\*|[a-z]+) [a-z]+(-\d+)?$/);
    world.play(CUSTOMER);
    world.pass(5_000);
    expect([...world.alerts.keys()]).toEqual([]);
  });

  it('tells no more of what people have called expected', () => {
    const world = new World();
    world.days(14);
    world.play(ATTACK);
    world.pass(5_000);
    const [alert] = world.alerts.values();
    if (alert) world.engine.learn(alert.signs, 'expected', [alert.id]);
    world.alerts.clear();
    world.play(ATTACK);
    world.pass(5_000);
    expect([...world.alerts.keys()]).toEqual([]);
  });

  it('learns what it is told to learn without judging it', () => {
    const world = new World();
    world.engine.startLearning();
    world.play(CUSTOMER);
    world.play(ATTACK);
    world.pass(HOUR);
    world.engine.startJudging();
    world.play(ATTACK);
    world.pass(5_000);
    expect([...world.alerts.keys()]).toEqual([]);
    world.play([{ from: 'reviews', to: 'payments', operation: 'GET /cards' }]);
    world.pass(5_000);
    expect([...world.alerts.values()].map(({ path }) => path)).toEqual([['reviews', 'payments']]);
  });

  it('takes what a silent service sends on for its own, where it runs', () => {
    const world = new World();
    world.days(3);
    // web asks reviews, which tells nothing and asks payments under what web has sent
    world.engine.take(sentOn(world.now), world.now);
    world.pass(30_000);
    const edges = world.engine.graph.edges().map(({ from, to }) => `${from} ${to}`);
    expect(edges).toContain('reviews payments');
    expect(edges).not.toContain('web payments');
  });
});

/** A request to a service without instrumentation, told by its caller; and one that came from where it runs, with the same
 *  context. */
function sentOn(startMs: number): SpanBatch {
  const writer = new SpanBatchWriter();
  const traceId = 'f'.repeat(32);
  const named = (name: string) => ({ by: 'name', name }) as const;
  const common = { traceId, startMs, durationMs: 5, status: 200 };
  writer.add({
    ...common,
    ...{ service: named('web'), peer: named('reviews'), side: SIDE.caller, spanId: 'a'.repeat(16) },
  });
  writer.add({
    ...common,
    ...{ service: named('payments'), side: SIDE.called | SPAN_FLAG.hasContext },
    ...{ spanId: 'b'.repeat(16), parentId: 'a'.repeat(16) },
    // as long as its name is where it runs
    address: '10.0.0.7',
  });
  return writer.take();
}
