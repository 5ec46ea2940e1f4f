import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ATTACK_KINDS } from '../bench/support/tracing/attack.ts';
import { findAttacks } from '../bench/support/tracing/finding.ts';
import type { RaisedAlert, ShownHop } from '../bench/support/tracing/raised.ts';
import { World } from '../bench/support/tracing/world.ts';
import { SIDE, SPAN_FIELD, SPAN_FLAG, SpanCursor } from '../src/estate/spans/index.ts';

const SETTINGS = {
  workloads: 80,
  tracesADay: 1_000,
  learningDays: 2,
  judgedDays: 6,
  attacksOfAKind: 1,
};

/** What the rows of one world say, summed up. */
class Tally {
  readonly hash = createHash('sha256');
  readonly traces = new Set<string>();
  /** `TRACE SERVICE` of the sides that were called. */
  readonly called = new Set<string>();
  rows = 0;
  servers = 0;
  withPrincipal = 0;
  withoutContext = 0;
  proxies = 0;
  callers = 0;
  messages = 0;

  constructor(world: World) {
    for (const { batch } of world.batches()) {
      this.hash.update(batch.words);
      const cursor = new SpanCursor(batch);
      while (cursor.next()) this.#take(cursor);
    }
  }

  #take(cursor: SpanCursor): void {
    this.rows++;
    const { side, traceId, service } = cursor;
    if (traceId !== undefined) this.traces.add(traceId);
    if (side === SIDE.caller) this.callers++;
    if (side === SIDE.producer || side === SIDE.consumer) this.messages++;
    if (side === SIDE.both) this.proxies++;
    if (side === SIDE.called || side === SIDE.both) {
      this.servers++;
      if (cursor.word(SPAN_FIELD.principal) > 0) this.withPrincipal++;
      if (!cursor.has(SPAN_FLAG.hasContext)) this.withoutContext++;
      if (service?.by === 'name') {
        this.called.add(`${traceId} prod/${service.namespace}/${service.name}`);
      }
    }
  }
}

describe('a generated estate', () => {
  let world: World;
  let tally: Tally;
  beforeAll(() => {
    world = new World(7, SETTINGS);
    tally = new Tally(world);
  });

  it('is the same for the same seed, and another for another', () => {
    const digest = tally.hash.digest('hex');
    const short = {
      ...SETTINGS,
      tracesADay: 300,
      learningDays: 1,
      judgedDays: 0,
      attacksOfAKind: 0,
    };
    const digestOf = (seed: number): string => new Tally(new World(seed, short)).hash.digest('hex');
    expect(digestOf(7)).toBe(digestOf(7));
    expect(digestOf(8)).not.toBe(digestOf(7));
    expect(digestOf(7)).not.toBe(digest);
  });

  it('has the shape of real ones', () => {
    const { workloads } = world.estate;
    const degrees = workloads.map(
      ({ endpoints }) =>
        new Set(endpoints.flatMap(({ calls }) => calls.map(({ target }) => target.workload))).size,
    );
    const mean = degrees.reduce((sum, degree) => sum + degree, 0) / degrees.length;
    expect(mean).toBeGreaterThan(2);
    expect(mean).toBeLessThan(6);
    expect(degrees.filter((degree) => degree === 0).length / degrees.length).toBeGreaterThan(0.55);
    expect(workloads.some(({ account }) => (account?.users.length ?? 0) > 1)).toBe(true);
    expect(world.estate.endpoints.some(({ sensitivity }) => sensitivity.includes('pii'))).toBe(
      true,
    );
  });

  it('tells of requests as sources do: by both sides or by proxies, proved or not, with context or without', () => {
    const { servers, withPrincipal, withoutContext, proxies, callers, messages } = tally;
    expect(withPrincipal / servers).toBeGreaterThan(0.3);
    expect(withPrincipal / servers).toBeLessThan(0.95);
    expect(withoutContext / servers).toBeGreaterThan(0.01);
    expect(withoutContext / servers).toBeLessThan(0.6);
    expect(proxies / servers).toBeGreaterThan(0.05);
    expect(callers).toBeGreaterThan(tally.rows / 10);
    expect(messages).toBeGreaterThan(0);
  });

  it('changes all the time', () => {
    const { counts } = world.changes;
    for (const what of ['deployments', 'new calls', 'new workloads', 'bursts of load']) {
      expect([what, (counts.get(what) ?? 0) > 0]).toEqual([what, true]);
    }
    expect(world.pods.reused).toBeGreaterThan(20);
  });

  it('is attacked in all eight ways, and the truth of it is in the rows', () => {
    const { attacks } = world;
    expect(new Set(attacks.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(
      ATTACK_KINDS.length - 1,
    );
    for (const { kind, steps, hops, startsAt } of attacks) {
      expect([kind, hops.length]).toEqual([kind, steps.length]);
      expect(startsAt).toBeGreaterThanOrEqual(world.judgedFrom);
      const told = hops.filter(
        ({ traceId, to }) => tally.called.has(`${traceId} ${to[0]}`) || tally.traces.has(traceId),
      );
      // blind proxies tell no traces, and few rows are lost
      expect([kind, told.length > 0]).toEqual([kind, true]);
    }
  });

  it('is attacked in ways that do not touch each other', () => {
    const { attacks } = world;
    for (const one of attacks) {
      for (const other of attacks) {
        if (one === other || one.services.isDisjointFrom(other.services)) continue;
        const end = (hops: typeof one.hops): number => hops.at(-1)?.at ?? 0;
        const apart = Math.max(one.startsAt - end(other.hops), other.startsAt - end(one.hops));
        expect(apart).toBeGreaterThan(12 * 3_600_000);
      }
    }
  });

  it('has an attack found by an alert that shows one of its requests in time, and by no other', () => {
    const [attack] = world.attacks;
    const [hop] = attack?.hops ?? [];
    if (!attack || !hop) throw new Error('no attack');
    const end = attack.hops.at(-1)?.at ?? 0;
    const alert = (change: Partial<ShownHop>, at: number): RaisedAlert => ({
      id: 'a',
      tellings: [{ at, until: at, score: 10 }],
      hops: [{ ...hop, from: hop.from[0] ?? '', to: hop.to[0] ?? '', ...change }],
      services: 2,
      kinds: [],
    });
    const found = (one: RaisedAlert, threshold = 0): boolean =>
      findAttacks([attack], [one], world.judgedFrom, threshold).falseAlerts.length === 0 &&
      findAttacks([attack], [one], world.judgedFrom, threshold).outcomes[0]?.alerts.length === 1;
    expect(found(alert({}, end))).toBe(true);
    expect(found(alert({ traceId: 'another' }, end))).toBe(true);
    expect(found(alert({ traceId: 'another', at: hop.at + 60_000 }, end))).toBe(false);
    expect(found(alert({ to: 'prod/other/service' }, end))).toBe(false);
    expect(found(alert({}, end + 2 * 86_400_000))).toBe(false);
    // Clocks differ by seconds.
    expect(found(alert({}, hop.at - 1))).toBe(true);
    expect(found(alert({}, hop.at - 60_000))).toBe(false);
    expect(found(alert({}, end), 11)).toBe(false);
  });
});
