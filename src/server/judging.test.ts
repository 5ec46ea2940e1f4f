import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../base/log.ts';
import type { Fact, ServiceRecord } from '../estate/index.ts';
import { Judging } from './judging.ts';
import { createMetrics } from './metrics.ts';
import { MemoryStore } from './testing/memory-store.ts';

function service(name: string): Fact {
  return {
    entity: 'service',
    id: `test/shop/${name}`,
    environment: 'test',
    namespace: 'shop',
    name,
    source: { reader: 'test', how: 'configured' },
  };
}

const open: Judging[] = [];
afterEach(async () => {
  for (const judging of open.splice(0)) await judging.close();
});

function setUp(everyMs = 1_000_000) {
  const store = new MemoryStore();
  const known: (readonly ServiceRecord[])[] = [];
  const judging = new Judging({
    store,
    clock: Date.now,
    log: createLog('silent'),
    metrics: createMetrics(),
    options: {},
    onKnown: (services) => known.push(services),
    quietMs: 10,
    everyMs,
  });
  open.push(judging);
  return { store, judging, known };
}

describe('judging', () => {
  it('publishes what the facts say, and tells the services', async () => {
    const { store, judging, known } = setUp();
    await store.fold('scan', [service('web'), service('orders')], '2026-01-01T00:00:00.000Z');
    judging.request();
    expect(await judging.settle()).toBe(true);
    expect(store.judged.services.map(({ name }) => name)).toEqual(['orders', 'web']);
    expect(known[0]?.map(({ name }) => name)).toEqual(['orders', 'web']);
  });

  it('judges once for many changes', async () => {
    const { store, judging } = setUp();
    for (let change = 0; change < 20; change++) judging.request();
    await vi.waitFor(() => expect(store.history).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(store.history).toHaveLength(1);
  });

  it('judges again for a change that comes meanwhile', async () => {
    const { store, judging } = setUp();
    judging.request(0);
    await new Promise((resolve) => setTimeout(resolve, 2));
    judging.request();
    await judging.settle();
    expect(store.history.length).toBeGreaterThanOrEqual(1);
    expect(await judging.settle()).toBe(true);
  });

  it('goes on trying where the store is away, and says that it is', async () => {
    const { store, judging } = setUp();
    store.fail = new Error('away');
    judging.request();
    expect(await judging.settle()).toBe(false);
    store.fail = undefined;
    expect(await judging.settle()).toBe(true);
    expect(store.history).toHaveLength(1);
  });

  it('judges from time to time without any change, for credentials expire', async () => {
    const { store, judging } = setUp(5);
    judging.request(0);
    await vi.waitFor(() => expect(store.history.length).toBeGreaterThan(2));
  });

  it('judges large estates in a process of its own', async () => {
    const { store, judging } = setUp();
    const many = Array.from({ length: 6_000 }, (_, index) => service(`s${index}`));
    await store.fold('scan', many, '2026-01-01T00:00:00.000Z');
    judging.request();
    await judging.settle();
    expect(store.judged.services).toHaveLength(6_000);
  });
});
