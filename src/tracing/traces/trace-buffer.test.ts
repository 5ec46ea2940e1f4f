import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPAN_FLAG, SPAN_WORDS } from '../../estate/spans/index.ts';
import { KEEP_REASONS, TraceBuffer, TraceLimits } from './index.ts';
import { batch, RESOLVER, row, START, spanId, traceId } from './testing/batches.ts';

function bufferWith(limits: Partial<TraceLimits> = {}): TraceBuffer {
  return new TraceBuffer({ limits: TraceLimits.parse(limits), resolver: RESOLVER, seed: 7 });
}

const SECOND = 1_000;
const WINDOW = 60 * SECOND;

describe('traces kept for a reason', () => {
  it('are given when their window is over, with all their spans by name', () => {
    const buffer = bufferWith();
    buffer.take(
      batch(
        row({
          span: 1,
          durationMs: 12.5,
          peer: { by: 'name', name: 'web' },
          principal: 'spiffe://example.org/ns/shop/sa/web',
          address: '10.0.0.7',
          instance: '10.0.0.9',
          version: '1.2.3',
          status: 403,
          side: 2 | SPAN_FLAG.denied,
        }),
        row({
          span: 2,
          parentId: spanId(1),
          startMs: START + 4,
          service: { by: 'name', name: 'stock' },
        }),
      ),
      0,
    );
    buffer.keep(traceId(1), 'denial');
    expect(buffer.tick(WINDOW - 1)).toEqual([]);
    const [trace, ...others] = buffer.tick(WINDOW);
    expect(others).toEqual([]);
    expect(trace).toMatchObject({
      id: traceId(1),
      reasons: ['denial'],
      firstTime: START,
      lastTime: START + 14,
      services: ['orders', 'stock'],
      cut: 0,
    });
    expect(trace?.spans[0]).toEqual({
      id: spanId(1),
      parentId: null,
      start: START,
      durationMs: 12.5,
      side: 'called',
      service: 'orders',
      operation: { protocol: 'http', method: 'GET', template: '/orders/{id}' },
      peer: 'web',
      principal: 'spiffe://example.org/ns/shop/sa/web',
      proved: ['web'],
      address: '10.0.0.7',
      instance: '10.0.0.9',
      version: '1.2.3',
      status: 403,
      isFailed: false,
      isDenied: true,
      isOperational: false,
      count: 1,
      links: [],
    });
    expect(trace?.spans[1]).toMatchObject({ parentId: spanId(1), service: 'stock' });
    expect(buffer.size).toBe(0);
  });

  it('are kept when they were marked before their spans came', () => {
    const buffer = bufferWith();
    buffer.take(batch(row({ trace: 9 })), 0);
    buffer.keep(traceId(1), 'alert');
    buffer.take(batch(row({ trace: 1 })), 10 * SECOND);
    expect(buffer.tick(WINDOW).map(({ id }) => id)).toEqual([traceId(1)]);
  });

  it('have what came late, within the window', () => {
    const buffer = bufferWith();
    buffer.take(batch(row({ span: 1 })), 0);
    buffer.keep(traceId(1), 'alert');
    buffer.take(batch(row({ span: 2 })), WINDOW - 1);
    const [trace] = buffer.tick(WINDOW);
    expect(trace?.spans.map(({ id }) => id)).toEqual([spanId(1), spanId(2)]);
  });

  it('say every reason, the strongest first', () => {
    const buffer = bufferWith();
    buffer.take(batch(row({})), 0);
    for (const reason of KEEP_REASONS.toReversed()) buffer.keep(traceId(1), reason);
    expect(buffer.tick(WINDOW)[0]?.reasons).toEqual(KEEP_REASONS);
  });

  it('can be marked by the words of a row', () => {
    const buffer = bufferWith();
    const one = batch(row({}));
    buffer.take(one, 0);
    buffer.keep(one.words.slice(0, 4), 'sensitive');
    expect(buffer.tick(WINDOW)).toHaveLength(1);
  });

  it('keep the links of their spans', () => {
    const buffer = bufferWith();
    const links = [{ traceId: traceId(5), spanId: spanId(6) }];
    buffer.take(batch(row({ traceId: undefined, links }), row({ span: 2, links })), 0);
    expect(buffer.read(traceId(1))?.spans[0]?.links).toEqual(links);
  });

  it('are not those that nobody marked', () => {
    const buffer = bufferWith();
    buffer.take(batch(row({})), 0);
    expect(buffer.tick(WINDOW)).toEqual([]);
    expect(buffer.size).toBe(0);
    expect(buffer.read(traceId(1))).toBeUndefined();
  });

  it('are no more in a minute than are allowed for a reason, but for alerts', () => {
    const buffer = bufferWith({ keptPerMinute: 2 });
    const traces = [1, 2, 3, 4, 5];
    buffer.take(batch(...traces.map((trace) => row({ trace }))), 0);
    for (const trace of traces) buffer.keep(traceId(trace), 'new-edge');
    expect(buffer.counts.get('not kept: too many for new-edge')).toBe(3);
    for (const trace of [3, 4]) buffer.keep(traceId(trace), 'alert');
    buffer.keep(traceId(4), 'new-edge');
    expect(buffer.tick(WINDOW).map(({ id }) => id)).toEqual([1, 2, 3, 4].map(traceId));
    buffer.keep(traceId(6), 'new-edge');
    expect(buffer.counts.get('not kept: too many for new-edge')).toBe(3);
  });

  it('can be read while they are held, marked or not', () => {
    const buffer = bufferWith();
    buffer.take(batch(row({})), 0);
    expect(buffer.read(traceId(1))).toMatchObject({ reasons: [], services: ['orders'] });
    expect(buffer.read('no id')).toBeUndefined();
  });

  it('are all given at the end of the input', () => {
    const buffer = bufferWith();
    buffer.take(batch(row({ trace: 1 }), row({ trace: 2 })), 0);
    buffer.keep(traceId(2), 'asked');
    expect(buffer.flush().map(({ id }) => id)).toEqual([traceId(2)]);
    expect(buffer.size).toBe(0);
  });
});

describe('what is held', () => {
  it('is the latest, and kept traces that must go early are given all the same', () => {
    const buffer = bufferWith({ maxSpans: 64 });
    buffer.take(batch(row({ trace: 1 }), row({ trace: 2 })), 0);
    buffer.keep(traceId(2), 'alert');
    buffer.take(batch(...Array.from({ length: 64 }, (_, index) => row({ trace: 100 + index }))), 1);
    expect(buffer.size).toBe(64);
    expect(buffer.read(traceId(1))).toBeUndefined();
    expect(buffer.tick(2).map(({ id }) => id)).toEqual([traceId(2)]);
    expect(buffer.counts.get('trace pushed out early')).toBe(1);
    expect(buffer.counts.get('kept trace pushed out early')).toBe(1);
  });

  it('is no more of one trace than is allowed, and what is more is counted', () => {
    const buffer = bufferWith({ maxSpansPerTrace: 3 });
    buffer.take(batch(...[1, 2, 3, 4, 5].map((span) => row({ span }))), 0);
    expect(buffer.read(traceId(1))).toMatchObject({ cut: 2, spans: { length: 3 } });
    expect(buffer.counts.get('span over the limit of its trace')).toBe(2);
  });

  it('has no spans without a trace', () => {
    const buffer = bufferWith();
    buffer.take(batch(row({ traceId: undefined })), 0);
    expect(buffer.size).toBe(0);
    expect(buffer.counts.get('span without a trace')).toBe(1);
  });

  it('forgets names that no held trace speaks of, and knows further ones', () => {
    const buffer = bufferWith({ maxNames: 64, windowSeconds: 1 });
    for (let second = 0; second < 50; second++) {
      buffer.tick(second * SECOND);
      const rows = Array.from({ length: 20 }, (_, index) =>
        row({ trace: second * 100 + index, service: { by: 'name', name: `s-${second}-${index}` } }),
      );
      buffer.take(batch(...rows), second * SECOND);
      const read = buffer.read(traceId(second * 100 + 7));
      expect(read?.services).toEqual([`s-${second}-7`]);
    }
    expect(buffer.counts.get('name over the limit')).toBeUndefined();
  });

  it('has no names beyond the limit, and says how many', () => {
    const buffer = bufferWith({ maxNames: 64 });
    const rows = Array.from({ length: 100 }, (_, index) =>
      row({ trace: index + 1, service: { by: 'name', name: `s-${index}` } }),
    );
    buffer.take(batch(...rows), 0);
    expect(buffer.counts.get('name over the limit')).toBe(36);
    expect(buffer.read(traceId(1))?.services).toEqual(['s-0']);
    expect(buffer.read(traceId(100))?.services).toEqual(['unknown']);
  });

  it('is bounded for a million services of one span each', () => {
    const buffer = bufferWith({ maxSpans: 1_000, maxNames: 1_000 });
    for (let step = 0; step < 100; step++) {
      const rows = Array.from({ length: 200 }, (_, index) => {
        const trace = step * 200 + index + 1;
        return row({ trace, service: { by: 'name', name: `s-${trace}` } });
      });
      buffer.take(batch(...rows), step);
    }
    expect(buffer.size).toBe(1_000);
    expect(buffer.traceCount).toBe(1_000);
  });

  it('is the same as a plain list of what came in the window, whatever comes', () => {
    const step = fc.record({
      rows: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 99 })), {
        maxLength: 12,
      }),
      keep: fc.option(fc.integer({ min: 1, max: 6 })),
      passed: fc.integer({ min: 0, max: 25 * SECOND }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const buffer = bufferWith({ maxSpans: 100_000, windowSeconds: 30 });
        const held = new Map<number, { at: number; spans: number[]; isKept: boolean }>();
        let now = 0;
        for (const { rows, keep, passed } of steps) {
          now += passed;
          const ended = [...held].filter(([, { at }]) => at <= now - 30 * SECOND);
          for (const [trace] of ended) held.delete(trace);
          const want = ended.filter(([, { isKept, spans }]) => isKept && spans.length > 0);
          const got = buffer.tick(now).map(({ id, spans }) => [id, spans.map((one) => one.id)]);
          expect(got).toEqual(
            want.map(([trace, { spans }]) => [traceId(trace), spans.map(spanId)]),
          );
          buffer.take(batch(...rows.map(([trace, span]) => row({ trace, span }))), now);
          for (const [trace, span] of rows) {
            const known = held.get(trace) ?? { at: now, spans: [], isKept: false };
            held.set(trace, known);
            known.spans.push(span);
          }
          if (keep === null) continue;
          buffer.keep(traceId(keep), 'alert');
          const known = held.get(keep) ?? { at: now, spans: [], isKept: false };
          held.set(keep, { ...known, isKept: true });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes rows of any words', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), {
          minLength: SPAN_WORDS,
          maxLength: SPAN_WORDS * 8,
        }),
        (values) => {
          const count = Math.floor(values.length / SPAN_WORDS);
          const words = Uint32Array.from(values.slice(0, count * SPAN_WORDS));
          const buffer = bufferWith();
          buffer.take({ words, count, parties: [], operations: [], texts: [], links: [] }, 0);
          buffer.keep(words.slice(0, 4), 'alert');
          for (const { firstTime } of buffer.flush()) expect(Number.isFinite(firstTime)).toBe(true);
          expect(buffer.size).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});
