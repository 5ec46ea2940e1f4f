import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import type { SpanFields } from '../testing/encode.ts';
import { CLIENT_SPAN, NOW, newDecoder, of, SERVER_SPAN, saidCall, take } from '../testing/take.ts';

const client = CLIENT_SPAN;
const server: SpanFields = {
  ...SERVER_SPAN,
  attributes: {
    ...SERVER_SPAN.attributes,
    'url.path': '/orders/7',
    'http.response.status_code': 200,
  },
};

describe('halves of calls that waited when the process ended', () => {
  it('find their other side: the caller', () => {
    const before = newDecoder();
    take(before, NOW, of('web', client));
    const after = newDecoder();
    after.restore(before.flush(NOW).halves, NOW + 1_000);
    take(after, NOW + 1_000, of('orders', server));
    expect(after.flush(NOW + 1_000).calls.map(saidCall)).toEqual([
      'web -> orders GET /orders/{id}',
    ]);
  });

  it('find their other side: the one that was called, with its operation', () => {
    const before = newDecoder();
    take(before, NOW, of('orders', server));
    const after = newDecoder();
    after.restore(before.flush(NOW).halves, NOW + 1_000);
    take(after, NOW + 1_000, of('web', client));
    expect(after.flush(NOW + 1_000).calls).toMatchObject([
      {
        caller: { key: 'name /shop/web' },
        service: { key: 'name /shop/orders' },
        operation: { protocol: 'http', method: 'GET', path: '/orders/7', route: '/orders/{id}' },
      },
    ]);
  });

  it('say the address of an unanswered call', () => {
    const before = newDecoder();
    take(before, NOW, of('web', client));
    const after = newDecoder();
    after.restore(before.flush(NOW).halves, NOW);
    expect(after.flush(NOW + 31_000).calls[0]?.service.key).toBe('address shop/orders:8080');
  });

  it('are told of once, and no call of theirs twice', () => {
    const before = newDecoder();
    take(before, NOW, of('orders', server), of('web', client));
    const { halves, calls } = before.flush(NOW);
    expect(calls).toHaveLength(1);
    const after = newDecoder();
    after.restore(halves, NOW);
    expect(after.waitingCount).toBe(2);
    expect(after.flush(NOW).halves).toHaveLength(0);
    expect(after.flush(NOW + 31_000)).toEqual({
      sightings: [],
      calls: [],
      halves: Buffer.alloc(0),
    });
  });

  it('are passed over when their window has ended, and where they come twice', () => {
    const before = newDecoder();
    take(before, NOW, of('web', client));
    const { halves } = before.flush(NOW);
    const late = newDecoder();
    late.restore(halves, NOW + 31_000);
    expect(late.waitingCount).toBe(0);
    const twice = newDecoder();
    twice.restore(halves, NOW);
    twice.restore(halves, NOW);
    expect(twice.waitingCount).toBe(1);
  });

  it('are given by one flush, and again when that did not become durable', () => {
    const decoder = newDecoder();
    take(decoder, NOW, of('web', client));
    const { halves } = decoder.flush(NOW);
    expect(halves.length).toBeGreaterThan(40);
    expect(decoder.flush(NOW).halves).toHaveLength(0);
    decoder.forgetFlushedHalves();
    expect(decoder.flush(NOW).halves).toEqual(halves);
  });

  it('take 40 bytes each beside what names their services', () => {
    const sizeOf = (count: number): number => {
      const decoder = newDecoder();
      const callers = Array.from({ length: count }, (_, call) => ({
        ...client,
        spanId: (call + 1).toString(16).padStart(16, '0'),
      }));
      take(decoder, NOW, of('web', ...callers));
      return decoder.flush(NOW).halves.length;
    };
    expect(sizeOf(101) - sizeOf(1)).toBe(4_000);
  });

  it('come back as they were, or as a fault, whatever became of the bytes', () => {
    const before = newDecoder();
    take(before, NOW, of('orders', server), of('web', { ...client, spanId: 'd'.repeat(16) }));
    const { halves } = before.flush(NOW);
    const cut = fc.nat(halves.length - 1).map((length) => halves.subarray(0, length));
    const changed = fc
      .tuple(fc.nat(halves.length - 1), fc.nat(255))
      .map(([at, byte]) => Buffer.from(halves).fill(byte, at, at + 1));
    const any = fc.uint8Array().map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(cut, changed, any), (bytes) => {
        const decoder = newDecoder();
        try {
          decoder.restore(bytes, NOW);
          decoder.flush(NOW + 60_000);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
