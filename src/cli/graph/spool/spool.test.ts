import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIDE, type SpanBatch, SpanBatchWriter, SpanCursor } from '../../../estate/spans/index.ts';
import { SPOOL_LIMITS, SpanSpool } from './index.ts';

const limits = (change: Partial<typeof SPOOL_LIMITS> = {}) => ({ ...SPOOL_LIMITS, ...change });

interface Sent {
  readonly startMs: number;
  readonly name: string;
  readonly principal?: string | undefined;
  readonly hasLink?: boolean;
}

const LINK = { traceId: '1'.padStart(32, '0'), spanId: '2'.padStart(16, '0') };

function batchOf(sent: readonly Sent[]): SpanBatch {
  const writer = new SpanBatchWriter();
  for (const { startMs, name, principal, hasLink } of sent) {
    writer.add({
      startMs,
      side: SIDE.called,
      service: { by: 'name', name },
      operation: { protocol: 'http', method: 'GET', path: `/${name}` },
      principal,
      links: hasLink ? [LINK] : [],
    });
  }
  return writer.take();
}

/** What comes out, in its order. */
function given(spool: SpanSpool): Sent[] {
  return [...spool.batches()].flatMap((batch) => {
    const cursor = new SpanCursor(batch);
    const rows: Sent[] = [];
    while (cursor.next()) {
      const { startMs, service, operation } = cursor;
      const name = service?.by === 'name' ? service.name : '';
      expect(operation?.path).toBe(`/${name}`);
      rows.push({
        ...{ startMs, name, principal: cursor.text(16) },
        hasLink: cursor.nextLink() !== undefined,
      });
    }
    return rows;
  });
}

describe('the spool of spans', () => {
  it.each([
    ['in memory', SPOOL_LIMITS.maxRowsInMemory],
    ['in a file', 3],
  ])('gives any spans by time, %s, those of one time as they came', (_, maxRowsInMemory) => {
    const sent = fc.record({
      startMs: fc.integer({ min: 0, max: 5_000 }),
      name: fc.constantFrom('web', 'orders', 'payments'),
      principal: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      hasLink: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.array(sent, { maxLength: 9 }), { maxLength: 9 }), (batches) => {
        const spool = new SpanSpool(limits({ maxRowsInMemory }));
        for (const rows of batches) spool.add(batchOf(rows));
        const want = batches.flat().sort((a, b) => a.startMs - b.startMs);
        expect(given(spool)).toEqual(want);
        expect(given(spool)).toEqual(want);
        spool.close();
      }),
      { numRuns: 100 },
    );
  });

  it('gives more rows than one batch, or one buffer of the file, holds', () => {
    const spool = new SpanSpool(limits({ maxRowsInMemory: 5_000 }));
    const rows = Array.from({ length: 12_345 }, (_, index) => ({
      startMs: (index * 7_919) % 12_345,
      name: `s-${index % 50}`,
    }));
    spool.add(batchOf(rows));
    const times = given(spool).map(({ startMs }) => startMs);
    expect(times).toEqual(times.map((_, index) => index));
    spool.close();
  });

  it('takes no more than is allowed, and says how much was left out', () => {
    const spool = new SpanSpool(limits({ maxRows: 2, maxNames: 1 }));
    spool.add(batchOf(['a', 'b', 'c'].map((name) => ({ startMs: 0, name }))));
    expect([spool.count, spool.leftOut]).toEqual([2, 1]);
    expect(spool.namesLeftOut).toBe(4);
    expect(spool.parties).toEqual([{ by: 'name', name: 'a' }]);
  });
});
