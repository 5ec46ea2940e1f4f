import { describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { UseLog } from './use-log.ts';

const START = Date.parse('2026-05-01T00:00:00.000Z');
const ORDERS = 'production/shop/orders/orders-db';

async function world() {
  const store = new MemoryDocuments();
  const warned: string[] = [];
  const now = { at: START };
  const open = () =>
    UseLog.open({ store, clock: () => now.at, warn: (message) => void warned.push(message) });
  return { store, warned, now, open, log: await open() };
}

describe('when secrets were last used', () => {
  it('is known to the minute, and since when it would be', async () => {
    const { log, now } = await world();
    expect(log.useOf(ORDERS)).toEqual({ lastUsed: null, seenSince: '2026-05-01T00:00:00.000Z' });
    log.record(ORDERS);
    now.at += 59_999;
    log.record(ORDERS);
    expect(log.useOf(ORDERS).lastUsed).toBe('2026-05-01T00:00:00.000Z');
    now.at += 1;
    log.record(ORDERS);
    expect(log.useOf(ORDERS).lastUsed).toBe('2026-05-01T00:01:00.000Z');
    await log.close();
  });

  it('is kept by several processes that begin at once', async () => {
    const store = new MemoryDocuments();
    const parts = { store, clock: () => START, warn: () => undefined };
    const logs = await Promise.all([UseLog.open(parts), UseLog.open(parts)]);
    for (const log of logs) expect(log.useOf(ORDERS).seenSince).toBe('2026-05-01T00:00:00.000Z');
    await Promise.all(logs.map((log) => log.close()));
  });

  it('outlives the process, and since when it is seen does, too', async () => {
    const { log, now, open } = await world();
    log.record(ORDERS);
    await log.close();
    now.at += 86_400_000;
    const again = await open();
    expect(again.useOf(ORDERS)).toEqual({
      lastUsed: '2026-05-01T00:00:00.000Z',
      seenSince: '2026-05-01T00:00:00.000Z',
    });
    await again.close();
  });

  it('is the later of what two processes have seen', async () => {
    const { log, now, open } = await world();
    const other = await open();
    other.record(ORDERS);
    now.at += 120_000;
    log.record(ORDERS);
    await log.close();
    await other.close();
    const again = await open();
    expect(again.useOf(ORDERS).lastUsed).toBe('2026-05-01T00:02:00.000Z');
    await again.close();
  });

  it('is written again where the store was away', async () => {
    const { log, store, warned, open } = await world();
    for (let at = 0; at < 250; at++) log.record(`${ORDERS}-${at}`);
    store.fails = 'before';
    await log.flush();
    expect(warned).toHaveLength(1);
    await log.close();
    const again = await open();
    expect(again.useOf(`${ORDERS}-249`).lastUsed).not.toBeNull();
    expect(again.useOf(`${ORDERS}-0`).lastUsed).not.toBeNull();
    await again.close();
  });
});
