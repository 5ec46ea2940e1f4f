import { describe, expect, it } from 'vitest';
import {
  isValue,
  pathShape,
  SHAPE_OF_BYTE,
  SIDE,
  type SpanBatch,
  SpanCursor,
  type SpanRow,
  SpanSink,
  socketAddress,
} from './index.ts';
import { faultsOf } from './testing/well-formed.ts';

const ROW: SpanRow = { startMs: 1_000, side: SIDE.called, service: { by: 'name', name: 'orders' } };

describe('the shape of a path', () => {
  it.each([
    ['/orders', '/orders'],
    ['/orders/17', '/orders/{}'],
    ['/orders/17/', '/orders/{}/'],
    ['/v1/orders', '/v1/orders'],
    ['/orders-2/x', '/orders-2/x'],
    ['/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x', '/users/{}/x'],
    ['/blobs/da39a3ee', '/blobs/{}'],
    ['/blobs/deadbeef', '/blobs/deadbeef'],
    ['/facade-1', '/facade-1'],
    ['/t/cus_9s6XKzkNRiz8i3', '/t/{}'],
    ['/reports/quarterly-figures', '/reports/quarterly-figures'],
    ['17//18', '{}//{}'],
  ])('of %s is %s', (path, shape) => {
    expect(pathShape(path)).toBe(shape);
  });

  it('is judged alike by its bytes', () => {
    for (const segment of ['17', 'v1', 'da39a3ee', 'deadbeef', 'cus_9s6XKzkNRiz8i3', '']) {
      const sum = [...Buffer.from(segment)].reduce(
        (all, byte) => all + (SHAPE_OF_BYTE[byte] ?? 0),
        0,
      );
      expect(isValue(segment.length, sum), segment).toBe(pathShape(segment) === '{}');
    }
  });
});

describe('the address of a socket', () => {
  it.each<[string, string | undefined]>([
    ['10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['FE80::1%eth0', 'fe80::1'],
    ['2001:db8::7', '2001:db8::7'],
    ['127.0.0.6', undefined],
    ['::1', undefined],
    ['::ffff:127.0.0.1', undefined],
    ['/run/app.sock', undefined],
    ['orders', undefined],
    ['face', undefined],
    ['', undefined],
  ])('that is written %j is %j', (text, address) => {
    expect(socketAddress(text)).toBe(address);
  });
});

describe('a sink of spans', () => {
  it('gives what came since, and nothing where nothing did', () => {
    const sink = new SpanSink();
    expect(sink.take()).toBeUndefined();
    const before = sink.batch;
    sink.add(ROW);
    expect(sink.count).toBe(1);
    expect(sink.take()?.count).toBe(1);
    expect(sink.batch).toBe(before + 1);
    expect(sink.count).toBe(0);
  });

  it('hands a full batch out at once', () => {
    const batches: SpanBatch[] = [];
    const sink = new SpanSink({ maxRows: 2, onFull: (batch) => batches.push(batch) });
    for (let row = 0; row < 5; row++) sink.add(ROW);
    expect(batches.map(({ count }) => count)).toEqual([2, 2]);
    expect(sink.take()?.count).toBe(1);
    expect([...sink.takeLosses()]).toEqual([]);
  });

  it('is full when its names are too long together', () => {
    const sink = new SpanSink({ maxTextLength: 100 });
    for (let row = 0; row < 10; row++) sink.add({ ...ROW, instance: `${row}`.repeat(40) });
    expect(sink.take()?.count).toBe(3);
    expect([...sink.takeLosses()]).toEqual([['too many rows', 7]]);
  });

  it('cuts texts and leaves out links that are too many, and counts both', () => {
    const sink = new SpanSink();
    const link = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
    sink.add({ ...ROW, version: 'v'.repeat(5_000), links: Array.from({ length: 10 }, () => link) });
    sink.add({ ...ROW, links: [link] });
    const batch = sink.take();
    expect(batch?.texts[0]).toHaveLength(2_048);
    expect(batch?.links.map(({ row }) => row)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect([...sink.takeLosses()]).toEqual([
      ['too many links', 2],
      ['text too long', 1],
    ]);
    expect(batch && faultsOf(batch)).toEqual([]);
  });

  it('has one operation for what is alike, with the path of the first', () => {
    const sink = new SpanSink();
    const asked = (path: string, route?: string) => ({
      ...ROW,
      operation: { protocol: 'http' as const, method: 'GET', path, ...(route && { route }) },
    });
    for (const path of ['/orders/1', '/orders/2', '/orders/all']) sink.add(asked(path));
    for (const path of ['/orders/1', '/orders/x']) sink.add(asked(path, '/orders/{id}'));
    const batch = sink.take();
    const paths = [];
    if (batch)
      for (const row = new SpanCursor(batch); row.next(); ) paths.push(row.operation?.path);
    expect(paths).toEqual(['/orders/1', '/orders/1', '/orders/all', '/orders/1', '/orders/1']);
    expect(batch?.operations).toHaveLength(3);
  });
});

describe('what is wrong with a batch', () => {
  it('is found', () => {
    const sink = new SpanSink();
    sink.add({ ...ROW, instance: 'a' });
    const batch = sink.take();
    if (batch === undefined) throw new Error('no batch');
    expect(faultsOf(batch)).toEqual([]);
    expect(faultsOf({ ...batch, texts: [] })).toEqual(['instance of 0']);
    expect(faultsOf({ ...batch, parties: [] })).toEqual(['service of 0']);
    expect(faultsOf({ ...batch, links: [{ row: 1, id: new Uint32Array(6) }] })).toEqual([
      'link of 1',
    ]);
  });
});
