import { describe, expect, it } from 'vitest';
import { SIDE, SPAN_FLAG, type SpanRow } from '../../estate/spans/index.ts';
import { OUTCOME } from '../hop.ts';
import type { PairingLimits } from './limits.ts';
import { called, caller, GET_X, host, row, spanId, T0, TRACE } from './testing/rows.ts';
import { Told } from './testing/told.ts';

interface Case {
  readonly rows: readonly SpanRow[];
  readonly told: readonly string[];
  readonly counted?: Record<string, number>;
  readonly limits?: Partial<PairingLimits>;
}

const other = 'b'.repeat(32);
const topic = { protocol: 'event', method: 'SUBSCRIBE', path: 'orders' } as const;
const producer = (name: string, span: number, parent: number): SpanRow =>
  row(SIDE.producer, name, span, parent);
const consumer = (span: number, parent: number, change: Partial<SpanRow> = {}): SpanRow =>
  row(SIDE.consumer, 'b', span, parent, { operation: topic, ...change });
const linkTo = (traceId: string, span: number) => ({ traceId, spanId: spanId(span) ?? '' });

const CASES: Record<string, Case> = {
  'both sides of a request are one hop': {
    rows: [caller('a', 1, 0), called('b', 2, 1)],
    told: ['a -> b GET /x (asserted)'],
  },
  'a called side without parent is an entry': {
    rows: [called('b', 2, 0)],
    told: ['* -> b GET /x (entry)'],
  },
  'a called side without parent, whose caller is proved, is none': {
    rows: [called('b', 2, 0, { principal: 'id/a' })],
    told: ['a -> b GET /x (claims , authenticated)'],
  },
  'a called side whose caller never comes is half': {
    rows: [called('b', 2, 1)],
    told: ['* -> b GET /x (half)'],
  },
  'its caller is whom it names': {
    rows: [called('b', 2, 1, { peer: { by: 'name', name: 'a' } })],
    told: ['a -> b GET /x (half, asserted)'],
  },
  'its caller is who is proved, before whom it names': {
    rows: [called('b', 2, 1, { peer: { by: 'name', name: 'a' }, principal: 'id/c' })],
    told: ['c -> b GET /x (half, claims a, authenticated)'],
  },
  'a claim that the proof contradicts is told beside it': {
    rows: [caller('a', 1, 0), called('b', 2, 1, { principal: 'id/c' })],
    told: ['c -> b GET /x (claims a, authenticated)'],
  },
  'whoever sent a message has asked nobody: another sent its context on': {
    rows: [producer('a', 1, 0), called('b', 2, 1, { principal: 'id/c' })],
    told: ['c -> b GET /x (claims , authenticated)'],
  },
  'an identity of several services proves each that claims it': {
    rows: [caller('a', 1, 0), called('b', 2, 1, { principal: 'shared' })],
    told: ['a -> b GET /x (authenticated)'],
  },
  'and no other': {
    rows: [caller('c', 1, 0), called('b', 2, 1, { principal: 'shared' })],
    told: ['c -> b GET /x (asserted)'],
  },
  'an identity that nobody has proves no claim': {
    rows: [caller('a', 1, 0), called('b', 2, 1, { principal: 'nobody' })],
    told: ['a -> b GET /x (asserted)'],
  },
  'a caller that nobody answers calls the host that it names': {
    rows: [caller('a', 1, 0, { peer: host('db') })],
    told: ['a -> external/db GET /x (half, unanswered, asserted)'],
  },
  'or the service that the host is': {
    rows: [caller('a', 1, 0, { peer: host('h.b') })],
    told: ['a -> b GET /x (half, unanswered, asserted)'],
  },
  'a caller that nobody answers and that names nobody is counted': {
    rows: [caller('a', 1, 0)],
    told: [],
    counted: { nameless: 1 },
  },
  'what a proxy saw is a hop by itself': {
    rows: [row(SIDE.both, 'b', 0, 0, { traceId: undefined, operation: GET_X, principal: 'id/a' })],
    told: ['a -> b GET /x (claims , authenticated)'],
  },
  'the same span counts once': {
    rows: [caller('a', 1, 0), called('b', 2, 1), caller('a', 1, 0), called('b', 2, 1)],
    told: ['a -> b GET /x (asserted)'],
    counted: { duplicate: 2 },
  },
  'another service with the ids of a span pushes it out of nothing': {
    rows: [caller('a', 1, 0), called('evil', 2, 1), called('b', 2, 1)],
    told: ['a -> b GET /x (asserted)', 'a -> evil GET /x (asserted)'],
  },
  'several answers to one caller are several hops': {
    rows: [called('b', 2, 1), caller('a', 1, 0), called('b', 3, 1)],
    told: ['a -> b GET /x (asserted)', 'a -> b GET /x (asserted)'],
  },
  'a service that calls itself makes no hop': {
    rows: [caller('a', 1, 0), called('a', 2, 1)],
    told: [],
    counted: { 'self-call': 1 },
  },
  'unless somebody else is proved to have called': {
    rows: [caller('a', 1, 0), called('a', 2, 1, { principal: 'id/c' })],
    told: ['c -> a GET /x (claims a, authenticated)'],
  },
  'inner spans of one side are no requests of their own': {
    rows: [caller('a', 1, 0), caller('a', 2, 1), called('b', 3, 2), called('b', 4, 3)],
    told: ['a -> b GET /x (asserted)'],
    counted: { nested: 1 },
  },
  'who is proved to be another hides in no inner span': {
    rows: [called('b', 3, 0), called('b', 4, 3, { principal: 'id/evil' })],
    told: ['* -> b GET /x (entry)', 'evil -> b GET /x (half, claims , authenticated)'],
  },
  'a caller that hands its context on without a span of its own is known by it': {
    rows: [called('a', 1, 0), called('b', 2, 1)],
    told: ['* -> a GET /x (entry)', 'a -> b GET /x (asserted)'],
  },
  'a span that is its own parent is taken as one without': {
    rows: [called('b', 2, 2)],
    told: ['* -> b GET /x (entry)'],
    counted: { 'own-parent': 1 },
  },
  'what comes later than is believed counts as that late, and no more': {
    rows: [called('b', 1, 0, { startMs: T0 - 3 * 86_400_000 })],
    told: ['* -> b GET /x (entry)'],
    counted: { 'too-old': 1 },
  },
  'parents in a circle end': {
    rows: [called('b', 1, 2), called('c', 2, 1)],
    told: ['b -> c GET /x (asserted)', 'c -> b GET /x (asserted)'],
  },
  'a message goes from its producer to its consumer, by parent': {
    rows: [producer('a', 1, 0), consumer(2, 1)],
    told: ['a -> b SUBSCRIBE orders (message, asserted)'],
  },
  'by links, in other traces, too': {
    rows: [
      producer('a', 1, 0),
      { ...producer('c', 5, 0), traceId: other },
      consumer(2, 0, { links: [linkTo(TRACE, 1), linkTo(other, 5)] }),
    ],
    told: [
      'a -> b SUBSCRIBE orders (message, asserted)',
      'c -> b SUBSCRIBE orders (message, asserted)',
    ],
  },
  'by a link that comes before its producer': {
    rows: [
      consumer(2, 0, { links: [linkTo(other, 5)] }),
      { ...producer('c', 5, 0), traceId: other },
    ],
    told: ['c -> b SUBSCRIBE orders (message, asserted)'],
  },
  'once, where parent and link are the same': {
    rows: [producer('a', 1, 0), consumer(2, 1, { links: [linkTo(TRACE, 1)] })],
    told: ['a -> b SUBSCRIBE orders (message, asserted)'],
  },
  'by half, where nobody sent what a link is to': {
    rows: [consumer(2, 0, { links: [linkTo(other, 5)] })],
    told: ['* -> b SUBSCRIBE orders (half, message)'],
    counted: { unlinked: 1 },
  },
  'a link beyond the limit is counted': {
    rows: [producer('a', 1, 0), consumer(2, 0, { links: [linkTo(TRACE, 1), linkTo(TRACE, 7)] })],
    told: ['a -> b SUBSCRIBE orders (message, asserted)'],
    limits: { maxLinks: 1 },
    counted: { 'too-many-links': 1 },
  },
  'a row of no side is counted': { rows: [row(9, 'a', 1, 0)], told: [], counted: { malformed: 1 } },
};

describe('rows of spans become hops:', () => {
  it.each(Object.entries(CASES))('%s', (_, { rows, told, counted = {}, limits }) => {
    const result = new Told(limits).take(T0, ...rows).flush();
    expect(result.said.toSorted()).toEqual(told);
    expect(result.counted).toEqual(counted);
  });
});

describe('a hop says', () => {
  it('when it was, as far as that is believed of when it came, however long it is waited with', () => {
    const hour = 3_600_000;
    const told = new Told().take(T0, called('b', 1, 9, { startMs: T0 - 7 * hour }));
    told.take(T0 + 100 * hour, called('c', 2, 8, { startMs: T0 + 99 * hour })).flush();
    expect(told.hops.map(({ at }) => at)).toEqual([T0 - 6 * hour, T0 + 99 * hour]);
    const sparse = new Told().take(T0, called('b', 1, 9)).take(T0 + 100 * hour, called('c', 2, 8));
    expect(sparse.hops.map(({ at }) => at)).toEqual([T0 + 1]);
  });

  it('what the called side says, and where it is known', () => {
    const told = new Told().take(
      T0,
      caller('a', 1, 0, { durationMs: 9, instance: 'pod-a' }),
      called('b', 2, 1, { durationMs: 5, status: 404, count: 3, principal: 'id/a' }),
    );
    expect(told.hops).toMatchObject([
      { at: T0 + 2, durationMs: 5, status: 404, count: 3, outcome: OUTCOME.ok, principal: 'id/a' },
    ]);
    expect(told.hops).toMatchObject([{ span: spanId(2), trace: TRACE, hasContext: true }]);
  });

  it.each([
    [called('b', 2, 0, { status: 503 }), OUTCOME.failed],
    [called('b', 2, 0, { status: 403 }), OUTCOME.denied],
    [called('b', 2, 0, { status: 404 }), OUTCOME.ok],
    [called('b', 2, 0, { side: SIDE.called | SPAN_FLAG.denied }), OUTCOME.denied],
    [called('b', 2, 0, { side: SIDE.called | SPAN_FLAG.failed }), OUTCOME.failed],
    [
      caller('a', 1, 0, { side: SIDE.caller | SPAN_FLAG.failed, status: 404, peer: host('h') }),
      OUTCOME.ok,
    ],
    [caller('a', 1, 0, { side: SIDE.caller | SPAN_FLAG.failed, peer: host('h') }), OUTCOME.failed],
  ])('how it ended (%#)', (one, outcome) => {
    expect(new Told().take(T0, one).flush().hops).toMatchObject([{ outcome }]);
  });

  it('whether a context came with it', () => {
    const told = new Told().take(
      T0,
      called('b', 2, 0),
      called('c', 3, 0, { side: SIDE.called | SPAN_FLAG.hasContext }),
    );
    expect(told.hops.map(({ hasContext }) => hasContext)).toEqual([false, true]);
  });

  it('when it came, where its own time is none', () => {
    const told = new Told().take(T0, called('b', 2, 0, { startMs: Number.NaN }));
    expect(told.hops).toMatchObject([{ at: T0 }]);
  });
});

describe('time', () => {
  const limits = { settleSeconds: 2, windowSeconds: 10, keepSeconds: 60 };

  it('ends the wait for the other side', () => {
    const told = new Told(limits).take(
      T0,
      called('b', 2, 1),
      caller('a', 5, 0, { peer: host('db') }),
    );
    told.assembler.tick(T0 + 9_999);
    expect(told.said).toEqual([]);
    told.assembler.tick(T0 + 10_000);
    expect(told.said).toHaveLength(2);
  });

  it('ends the wait for the claim of who is proved sooner', () => {
    const told = new Told(limits).take(T0, called('b', 2, 1, { principal: 'id/a' }));
    told.assembler.tick(T0 + 2_000);
    expect(told.said).toEqual(['a -> b GET /x (half, claims , authenticated)']);
    told.take(T0 + 3_000, caller('a', 1, 0, { peer: host('h.b') })).flush();
    expect(told.said).toHaveLength(1);
    expect(told.counted).toEqual({ late: 1 });
  });

  it('lets a request wait for what led to it, and no longer', () => {
    const inner = [caller('b', 3, 2), called('c', 4, 3)];
    const told = new Told(limits).take(T0, ...inner);
    expect(told.said).toEqual([]);
    told.take(T0 + 1_000, called('b', 2, 1), caller('a', 1, 0));
    expect(told.said).toEqual(['a -> b GET /x (asserted)']);
    told.assembler.tick(T0 + 2_000);
    expect(told.hops[1]).toMatchObject({ parent: told.hops[0]?.id, depth: 1 });
  });

  it('makes what comes after the window late, where it would count twice', () => {
    const told = new Told(limits).take(T0, caller('a', 1, 0, { peer: host('h.b') }));
    told.take(T0 + 11_000, called('b', 2, 1)).flush();
    expect(told.said).toEqual(['a -> b GET /x (half, unanswered, asserted)']);
    expect(told.counted).toEqual({ late: 1 });
  });

  it('lets spans be forgotten', () => {
    const told = new Told(limits).take(T0, called('b', 2, 0));
    expect(told.assembler.size).toBe(1);
    told.assembler.tick(T0 + 60_000);
    expect(told.assembler.size).toBe(0);
  });

  it('goes back for nobody', () => {
    const told = new Told(limits).take(T0, called('b', 2, 1));
    told.assembler.tick(T0 - 1e9);
    told.assembler.tick(Number.NaN);
    expect(told.said).toEqual([]);
    told.assembler.tick(T0 + 10_000);
    expect(told.said).toHaveLength(1);
  });
});

describe('a full ring', () => {
  it('tells the oldest before it goes, and counts it', () => {
    const told = new Told({ maxRows: 16 });
    for (let span = 1; span <= 20; span++) told.take(T0, called('b', span, 1_000 + span));
    expect(told.assembler.size).toBe(16);
    expect(told.said).toHaveLength(4);
    expect(told.counted).toEqual({ 'pushed-out': 4 });
  });

  it('finds its rows while it grows, and after it has gone round', () => {
    const told = new Told({ maxRows: 4_096 });
    for (let call = 0; call < 10_000; call++) told.take(T0, caller('a', call * 2 + 1, 0));
    for (let call = 6_000; call < 10_000; call++)
      told.take(T0, called('b', call * 2 + 2, call * 2 + 1));
    expect(told.hops.length).toBeGreaterThan(2_000);
    expect(new Set(told.said)).toEqual(new Set(['a -> b GET /x (asserted)']));
  });
});
