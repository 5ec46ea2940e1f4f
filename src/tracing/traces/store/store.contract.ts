import { expect, it } from 'vitest';
import type { KeptTrace, TraceStoreLimits } from '../index.ts';
import { START, spanId, traceId } from '../testing/batches.ts';
import { aSpan, aTrace } from '../testing/traces.ts';
import type { TraceQuery, TraceStore } from './port.ts';

export interface StoreUnderTest {
  open(limits?: Partial<TraceStoreLimits>): TraceStore;
}

const NOBODY: ReadonlySet<string> = new Set();
const DAY_MS = 86_400_000;
const MAX_SPANS = 5;

export { MAX_SPANS };

/** What every store of kept traces does. */
export function traceStoreContract({ open }: StoreUnderTest): void {
  /** Traces 1 to 5, a second apart; every other one of `payments`, which is denied. */
  const filled = (limits?: Partial<TraceStoreLimits>) => {
    const store = open(limits);
    store.put([3, 1, 5, 2, 4].map((number) => numbered(number)));
    return store;
  };
  const ids = (store: TraceStore, query: Partial<TraceQuery> = {}) =>
    store.list({ limit: 100, ...query }).traces.map(({ id }) => Number(`0x${id}`));

  it('gives back what was put', () => {
    const store = filled();
    expect(store.get(traceId(2))).toEqual(numbered(2));
    expect(store.get(traceId(9))).toBeUndefined();
    expect(store.totals().traces).toBe(5);
    expect(store.totals().bytes).toBeGreaterThan(0);
  });

  it('lists the latest first', () => {
    const store = filled();
    expect(ids(store)).toEqual([5, 4, 3, 2, 1]);
    expect(store.list({ limit: 1 }).traces).toEqual([
      {
        id: traceId(5),
        reasons: ['alert'],
        firstTime: START + 5_000,
        lastTime: START + 5_010,
        services: ['orders'],
        spanCount: 1,
      },
    ]);
  });

  it.each<[string, Partial<TraceQuery>, number[]]>([
    ['a time on', { from: START + 3_000 }, [5, 4, 3]],
    ['before a time', { to: START + 3_000 }, [2, 1]],
    ['a service', { service: 'payments' }, [4, 2]],
    ['a reason', { reason: 'denial' }, [4, 2]],
    ['a service and a time', { service: 'payments', from: START + 3_000 }, [4]],
    ['nobody', { service: 'nobody' }, []],
    ['a service that is named like a reason', { service: 'denial' }, []],
  ])('lists those of %s', (_, query, want) => {
    expect(ids(filled(), query)).toEqual(want);
  });

  it('lists page by page, those of one time by their ids', () => {
    const store = open();
    store.put([1, 2, 3, 4, 5].map((number) => aTrace({ id: traceId(number) })));
    const pages: number[][] = [];
    let after: string | null | undefined;
    while (after !== null) {
      const page = store.list({ limit: 2, ...(after !== undefined && { after }) });
      pages.push(page.traces.map(({ id }) => Number(`0x${id}`)));
      after = page.next;
    }
    expect(pages).toEqual([[1, 2], [3, 4], [5]]);
  });

  it.each(['', 'x', '1_2', `_${traceId(1)}`, `..._${traceId(1)}`])(
    'does not go on behind %j',
    (after) => {
      expect(() => filled().list({ limit: 1, after })).toThrow(
        expect.objectContaining({ code: 'tracing/cursor-malformed' }),
      );
    },
  );

  it('joins what comes later of a trace with what is there, each span once', () => {
    const store = filled();
    const [span] = numbered(2).spans;
    const later = aSpan({ id: spanId(7), service: 'stock', start: START + 9_000 });
    store.put([
      aTrace({ id: traceId(2), reasons: ['alert'], spans: span ? [span, later] : [later] }),
    ]);
    expect(store.get(traceId(2))).toMatchObject({
      reasons: ['alert', 'denial'],
      services: ['payments', 'stock'],
      firstTime: START + 2_000,
      lastTime: START + 9_010,
      spans: { length: 2 },
    });
    expect(store.totals().traces).toBe(5);
    expect(ids(store, { service: 'stock' })).toEqual([2]);
  });

  it('joins no more spans than a trace may have, and says how many are missing', () => {
    const store = filled();
    const spans = [11, 12, 13, 14, 15, 16].map((number) => aSpan({ id: spanId(number) }));
    store.put([aTrace({ id: traceId(2), spans })]);
    expect(store.get(traceId(2))).toMatchObject({ spans: { length: MAX_SPANS }, cut: 2 });
  });

  it('drops what is too old', () => {
    const store = filled({ maxAgeDays: 1 });
    expect(store.prune(START + DAY_MS + 3_000, NOBODY)).toBe(2);
    expect(ids(store)).toEqual([5, 4, 3]);
    expect(ids(store, { service: 'payments' })).toEqual([4]);
  });

  it('drops the oldest of too many', () => {
    const store = filled({ maxTraces: 2 });
    expect(store.prune(START, NOBODY)).toBe(3);
    expect(ids(store)).toEqual([5, 4]);
    expect(store.prune(START, NOBODY)).toBe(0);
  });

  it('drops the oldest where there are too many bytes', () => {
    const probe = filled();
    const each = probe.totals().bytes / 5;
    const store = filled({ maxBytes: Math.ceil(each * 3.5) });
    store.prune(START, NOBODY);
    expect(ids(store)).toEqual([5, 4, 3]);
    expect(store.totals().bytes).toBeLessThanOrEqual(each * 3.5);
  });

  it('lets traces of open alerts stay', () => {
    const store = filled({ maxTraces: 3, maxAgeDays: 1 });
    expect(store.prune(START, new Set([1, 2].map(traceId)))).toBe(2);
    expect(ids(store)).toEqual([5, 2, 1]);
    expect(store.prune(START + 2 * DAY_MS, new Set([traceId(1)]))).toBe(2);
    expect(ids(store)).toEqual([1]);
  });

  it('drops the oldest of open alerts, too, where there is twice as much as is allowed', () => {
    const store = filled({ maxTraces: 2 });
    expect(store.prune(START, new Set([1, 2, 3, 4, 5].map(traceId)))).toBe(1);
    expect(ids(store)).toEqual([5, 4, 3, 2]);
  });
}

function numbered(number: number): KeptTrace {
  const isDenied = number % 2 === 0;
  const service = isDenied ? 'payments' : 'orders';
  const start = START + number * 1_000;
  return aTrace({
    id: traceId(number),
    reasons: [isDenied ? 'denial' : 'alert'],
    spans: [aSpan({ id: spanId(number), service, start, isDenied })],
  });
}
