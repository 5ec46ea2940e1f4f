import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeptSpan, SpanSide } from '../kept-trace.ts';
import { START, spanId } from '../testing/batches.ts';
import { aSpan, aTrace } from '../testing/traces.ts';
import { type JudgeCall, MAX_SHOWN_SPANS, type WaterfallRow, waterfall } from './index.ts';

const unknown: JudgeCall = () => 'unknown';

function rowsOf(spans: KeptSpan[], judged: JudgeCall = unknown): WaterfallRow[] {
  return waterfall(aTrace({ spans }), judged).rows;
}

/** `web -> orders` as a row of a list. */
function drawn(rows: readonly WaterfallRow[]): string[] {
  return rows.map(({ depth, from, to }) => `${'  '.repeat(depth)}${from ?? '*'} -> ${to ?? '?'}`);
}

const op = (method: string, template: string) => ({ protocol: 'http' as const, method, template });

/** What `service` was asked, as span `id`. */
function called(service: string, id: number, change: Partial<KeptSpan> = {}): KeptSpan {
  return aSpan({ id: spanId(id), service, ...change });
}

/** What `service` asked `peer`. */
function calling(
  service: string,
  peer: string | null,
  id: number,
  change: Partial<KeptSpan> = {},
): KeptSpan {
  return aSpan({ id: spanId(id), service, peer, side: 'caller', ...change });
}

/** `web` asks `orders`, which asks `payments`; both sides of each tell it. */
const CHAIN: readonly KeptSpan[] = [
  called('web', 1, { durationMs: 100, operation: op('GET', '/checkout') }),
  calling('web', 'orders', 2, { parentId: spanId(1), start: START + 10, durationMs: 80 }),
  called('orders', 3, {
    parentId: spanId(2),
    start: START + 12,
    durationMs: 70,
    operation: op('POST', '/orders'),
    principal: 'spiffe://example.org/web',
    proved: ['web'],
  }),
  calling('orders', 'payments', 4, { parentId: spanId(3), start: START + 20, durationMs: 30 }),
  called('payments', 5, {
    parentId: spanId(4),
    start: START + 22,
    durationMs: 25,
    operation: op('POST', '/v1/charges'),
    status: 403,
  }),
];

describe('the waterfall of a trace', () => {
  it('is a row a request, with times from the beginning, who called and what is said of it', () => {
    const judged: JudgeCall = (from, to, operation) =>
      from === 'orders' && to === 'payments' && operation?.template === '/v1/charges'
        ? 'undeclared'
        : 'declared';
    const fall = waterfall(aTrace({ spans: [...CHAIN] }), judged);
    expect(fall).toMatchObject({
      time: '2026-01-05T10:00:00.000Z',
      durationMs: 100,
      services: ['orders', 'payments', 'web'],
      cut: 0,
      duplicates: 0,
    });
    expect(drawn(fall.rows)).toEqual(['* -> web', '  web -> orders', '    orders -> payments']);
    expect(fall.rows[0]).toMatchObject({ evidence: 'none', policy: 'unknown', waitedMs: null });
    expect(fall.rows[1]).toEqual({
      parent: 0,
      depth: 1,
      from: 'web',
      to: 'orders',
      operation: 'POST /orders',
      offsetMs: 12,
      durationMs: 70,
      waitedMs: 80,
      status: 200,
      outcome: 'ok',
      evidence: 'authenticated',
      principal: 'spiffe://example.org/web',
      claimed: 'web',
      contradicts: false,
      policy: 'declared',
      isVirtual: false,
      isHalf: false,
      notes: [],
      shiftedMs: 0,
      count: 1,
      spanIds: [spanId(2), spanId(3)],
    });
    expect(fall.rows[2]).toMatchObject({
      evidence: 'asserted',
      policy: 'undeclared',
      outcome: 'denied',
    });
  });

  it('shows the same whatever the order in which spans came', () => {
    const want = rowsOf([...CHAIN]);
    fc.assert(
      fc.property(fc.shuffledSubarray([...CHAIN], { minLength: CHAIN.length }), (spans) => {
        expect(rowsOf(spans).map((row) => ({ ...row, spanIds: [...row.spanIds].sort() }))).toEqual(
          want,
        );
      }),
    );
  });

  it('says who called in truth where that is not who he says', () => {
    const [row] = rowsOf([
      called('payments', 1, { peer: 'orders', principal: 'p', proved: ['legacy'] }),
    ]);
    expect(row).toMatchObject({
      from: 'legacy',
      claimed: 'orders',
      contradicts: true,
      evidence: 'authenticated',
    });
  });

  it('believes an account of several services that the one called which says so', () => {
    const [row] = rowsOf([
      called('payments', 1, { peer: 'b', principal: 'p', proved: ['a', 'b'] }),
    ]);
    expect(row).toMatchObject({ from: 'b', contradicts: false });
  });

  it.each<[string, KeptSpan[], string[]]>([
    [
      'what only the caller tells',
      [called('web', 1, { durationMs: 50 }), calling('web', 'db', 2, { parentId: spanId(1) })],
      ['* -> web', '  web -> db'],
    ],
    ['a caller that does not say whom it asked', [calling('web', null, 2)], ['web -> ?']],
    [
      'both sides under one id',
      [
        calling('web', 'orders', 1),
        called('orders', 1),
        calling('orders', 'db', 2, { parentId: spanId(1) }),
      ],
      ['web -> orders', '  orders -> db'],
    ],
    [
      'a caller that is not instrumented',
      [called('web', 1), called('orders', 2, { parentId: spanId(1) })],
      ['* -> web', '  web -> orders'],
    ],
    [
      'proxies before both',
      [
        calling('web', 'orders', 1, { durationMs: 9 }),
        calling('web', 'orders', 2, { parentId: spanId(1), durationMs: 8 }),
        called('orders', 3, { parentId: spanId(2), durationMs: 7 }),
        called('orders', 4, { parentId: spanId(3), durationMs: 6 }),
        calling('orders', 'db', 5, { parentId: spanId(4), durationMs: 5 }),
      ],
      ['web -> orders', '  orders -> db'],
    ],
    [
      'a service that asks itself',
      [
        called('web', 1),
        calling('web', 'web', 2, { parentId: spanId(1) }),
        called('web', 3, { parentId: spanId(2), operation: op('GET', '/other') }),
      ],
      ['* -> web', '  web -> web'],
    ],
    [
      'a message that several take',
      [
        called('web', 1),
        calling('web', 'topic', 2, { parentId: spanId(1), side: 'producer' }),
        called('mail', 3, { parentId: spanId(2), side: 'consumer', start: START + 1 }),
        called('stock', 4, { parentId: spanId(2), side: 'consumer', start: START + 2 }),
      ],
      ['* -> web', '  web -> mail', '  web -> stock'],
    ],
    [
      'two at once, in the order in which they began',
      [
        called('web', 1),
        calling('web', 'b', 3, { parentId: spanId(1), start: START + 5 }),
        calling('web', 'a', 2, { parentId: spanId(1), start: START + 6 }),
      ],
      ['* -> web', '  web -> b', '  web -> a'],
    ],
  ])('knows %s', (_, spans, want) => {
    expect(drawn(rowsOf(spans))).toEqual(want);
  });

  it('takes what a flow log saw for evidence of the request between the same two', () => {
    const rows = rowsOf([
      calling('web', 'orders', 1, { durationMs: 20 }),
      called('orders', 2, { parentId: spanId(1), start: START + 1 }),
      aSpan({
        id: null,
        side: 'both',
        service: 'orders',
        peer: 'web',
        start: START + 2,
        principal: 'p',
        proved: ['web'],
      }),
    ]);
    expect(drawn(rows)).toEqual(['web -> orders']);
    expect(rows[0]).toMatchObject({ evidence: 'authenticated', principal: 'p' });
  });

  it('finds what a service sent from inside a span that is not kept, and says that it guessed', () => {
    const rows = rowsOf([
      called('web', 1, { durationMs: 100 }),
      calling('web', 'orders', 2, { parentId: spanId(99), start: START + 50 }),
    ]);
    expect(drawn(rows)).toEqual(['* -> web', '  web -> orders']);
    expect(rows.map(({ notes }) => notes)).toEqual([[], ['parent guessed']]);
  });

  it('puts what is part of the same that was not seen below one virtual row', () => {
    const rows = rowsOf([
      called('orders', 1, { parentId: spanId(99), peer: 'web', start: START + 5, durationMs: 5 }),
      called('stock', 2, { parentId: spanId(99), start: START + 20, durationMs: 30 }),
    ]);
    expect(drawn(rows)).toEqual(['* -> web', '  web -> orders', '  web -> stock']);
    expect(rows[0]).toMatchObject({ isVirtual: true, operation: '*', offsetMs: 0, durationMs: 45 });
    expect(rows[2]).toMatchObject({ notes: ['parent missing'], offsetMs: 15, policy: 'unknown' });
  });

  it('lets what is alone in that stand by itself', () => {
    const rows = rowsOf([called('orders', 1, { parentId: spanId(99) })]);
    expect(rows).toMatchObject([{ isVirtual: false, notes: ['parent missing'], depth: 0 }]);
  });

  it('opens cycles where they began', () => {
    const rows = rowsOf([
      called('a', 1, { parentId: spanId(3), start: START + 1 }),
      called('b', 2, { parentId: spanId(1), start: START }),
      called('c', 3, { parentId: spanId(2), start: START + 2 }),
      called('d', 4, { parentId: spanId(4), start: START + 3 }),
    ]);
    expect(drawn(rows)).toEqual(['* -> b', '  b -> c', '    c -> a', '* -> d']);
    expect(rows[0]?.notes).toEqual(['cycle']);
  });

  it('shifts what began before it was asked, and what its process sent with it', () => {
    const rows = rowsOf([
      called('web', 1, { durationMs: 100 }),
      calling('web', 'orders', 2, { parentId: spanId(1), start: START + 10, durationMs: 60 }),
      called('orders', 3, { parentId: spanId(2), start: START - 5_000, durationMs: 50 }),
      calling('orders', 'stock', 4, { parentId: spanId(3), start: START - 4_980, durationMs: 20 }),
      called('stock', 5, { parentId: spanId(4), start: START + 33 }),
    ]);
    expect(rows.map(({ offsetMs, shiftedMs, notes }) => [offsetMs, shiftedMs, notes])).toEqual([
      [0, 0, []],
      [10, 5_010, ['clock shifted']],
      [33, 0, []],
    ]);
  });

  it('shows spans that were reported twice once, as the one that proves the caller', () => {
    const one = called('orders', 1);
    const fall = waterfall(
      aTrace({ spans: [one, { ...one, principal: 'p', proved: ['web'] }, one] }),
      unknown,
    );
    expect(fall.duplicates).toBe(2);
    expect(fall.rows).toMatchObject([{ principal: 'p' }]);
  });

  it('shows the first of too many spans, and says how many are not shown', () => {
    const spans = Array.from({ length: MAX_SHOWN_SPANS + 7 }, (_, index) =>
      called('orders', index + 1, { start: START + index }),
    );
    const fall = waterfall(aTrace({ spans: spans.reverse(), cut: 3 }), unknown);
    expect(fall.rows).toHaveLength(MAX_SHOWN_SPANS);
    expect(fall.cut).toBe(10);
    expect(fall.rows[0]?.offsetMs).toBe(0);
  });

  it('draws a chain as deep as all spans that are shown', () => {
    const spans = Array.from({ length: MAX_SHOWN_SPANS }, (_, index) =>
      called(`s-${index}`, index + 1, { parentId: index === 0 ? null : spanId(index) }),
    );
    expect(rowsOf(spans).at(-1)?.depth).toBe(MAX_SHOWN_SPANS - 1);
  });

  it('draws any spans as trees, each span in one row', () => {
    const ids = fc.option(fc.integer({ min: 1, max: 6 }).map(spanId), { nil: null });
    const names = fc.constantFrom('a', 'b', 'c');
    const span = fc.record({
      id: ids,
      parentId: ids,
      start: fc.integer({ min: START - 50, max: START + 50 }),
      durationMs: fc.integer({ min: 0, max: 60 }),
      side: fc.constantFrom(...SpanSide.options),
      service: names,
      peer: fc.option(names, { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 14 }), (changes) => {
        const { rows, duplicates, durationMs } = waterfall(
          aTrace({ spans: changes.map((change) => aSpan(change)) }),
          unknown,
        );
        expect(rows.length).toBeGreaterThan(0);
        expect(duplicates).toBeLessThan(changes.length);
        for (const [place, row] of rows.entries()) {
          expect(row.parent === null ? 0 : (rows[row.parent]?.depth ?? NaN) + 1).toBe(row.depth);
          expect(row.parent ?? -1).toBeLessThan(place);
          expect(row.offsetMs).toBeGreaterThanOrEqual(0);
          expect(row.offsetMs + row.durationMs).toBeLessThanOrEqual(durationMs + 1e-6);
        }
        const told = new Set(changes.flatMap(({ id }) => id ?? []));
        expect(new Set(rows.flatMap(({ spanIds }) => spanIds))).toEqual(told);
      }),
      { numRuns: 500 },
    );
  });
});
