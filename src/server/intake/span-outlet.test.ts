import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SIDE, type SpanBatch, SpanBatchWriter, SpanCursor } from '../../estate/spans/index.ts';
import { SPAN_DROPS, SpanOutlet, type SpansMessage } from './span-outlet.ts';

const opened: MessagePort[] = [];
afterEach(() => {
  for (const port of opened.splice(0)) port.close();
});

function batch(count: number): SpanBatch {
  const writer = new SpanBatchWriter();
  for (let row = 0; row < count; row++) {
    writer.add({ startMs: row, side: SIDE.called, service: { by: 'name', name: 'orders' } });
  }
  return writer.take();
}

function outlet(maxWaiting = 10) {
  const onWanted = vi.fn();
  const onCount = vi.fn();
  const { port1, port2 } = new MessageChannel();
  opened.push(port1, port2);
  return {
    outlet: new SpanOutlet({ maxWaiting, clock: () => 0, onWanted, onCount }),
    onWanted,
    onCount,
    port1,
    port2,
  };
}

async function received(port: MessagePort): Promise<SpansMessage> {
  const [message] = await once(port, 'message');
  return message;
}

describe('what hands spans on', () => {
  it('asks once for somebody who takes them, and keeps those that came before', async () => {
    const { outlet: out, onWanted, port1, port2 } = outlet();
    out.send(batch(2));
    out.send(batch(1));
    expect(onWanted).toHaveBeenCalledTimes(1);
    out.connect(port1);
    const first = await received(port2);
    expect(first.batch.count).toBe(2);
    expect(first.batch.parties).toEqual([{ by: 'name', name: 'orders' }]);
    const cursor = new SpanCursor(first.batch);
    cursor.next();
    expect(cursor.service).toEqual({ by: 'name', name: 'orders' });
  });

  it('drops and counts what there is no room for, and goes on when there is', async () => {
    const { outlet: out, onCount, port1, port2 } = outlet();
    out.connect(port1);
    for (const count of [6, 4, 1]) out.send(batch(count));
    expect(onCount.mock.calls).toEqual([
      ['', 6],
      ['', 4],
      [SPAN_DROPS.lagging, 1],
    ]);
    port2.postMessage({ type: 'done', count: 6 });
    await vi.waitFor(() => expect(out.waiting).toBe(4));
    out.send(batch(6));
    expect(onCount).toHaveBeenLastCalledWith('', 6);
  });

  it('holds no more than its bound where nobody comes', () => {
    const { outlet: out, onCount } = outlet(3);
    for (let times = 0; times < 100; times++) out.send(batch(2));
    expect(out.waiting).toBe(2);
    expect(onCount).toHaveBeenCalledWith(SPAN_DROPS.absent, 2);
  });

  it('asks for somebody again when he who took them is gone', () => {
    const { outlet: out, onWanted, port1 } = outlet();
    out.connect(port1);
    out.send(batch(10));
    out.disconnect();
    expect(out.waiting).toBe(0);
    out.send(batch(10));
    expect(onWanted).toHaveBeenCalledTimes(1);
  });

  it('hands nothing on where nothing came', () => {
    const { outlet: out, onWanted, onCount } = outlet();
    out.send(batch(0));
    expect([onWanted.mock.calls.length, onCount.mock.calls.length]).toEqual([0, 0]);
  });
});
