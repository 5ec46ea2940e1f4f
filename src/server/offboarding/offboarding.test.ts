import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Left } from '../../assurance/offboarding/index.ts';
import { createLog } from '../../base/log.ts';
import type { DocumentStore, EstateStore } from '../../estate/index.ts';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { openOffboarding } from './offboarding.ts';

const BY = { actor: 'ada', reason: 'a test' };
const ORDERS = { kind: 'service', name: 'production/shop/orders' } as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('is looked at again one look after the other, and closed when the last has ended', async () => {
  const services = async () => ({ items: [{ id: ORDERS.name }], total: 1 });
  let looks = 0;
  let slow: Promise<readonly Left[]> | undefined;
  const left = async (): Promise<readonly Left[]> => {
    looks++;
    return slow ?? [];
  };
  const offboarding = await openOffboarding({
    store: Object.assign(new MemoryDocuments(), { services }) as unknown as EstateStore &
      DocumentStore,
    retirers: [{ kind: 'secret', left }],
    ...{ onChange: () => undefined, clock: Date.now, log: createLog('silent') },
  });
  const { digest } = await offboarding.offboardings.plan(ORDERS);
  await offboarding.offboardings.begin(ORDERS, digest, BY);
  expect(offboarding.isRetired(ORDERS.name)).toBe(true);

  looks = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toBe(2);
  const ended = Promise.withResolvers<readonly Left[]>();
  slow = ended.promise;
  await vi.advanceTimersByTimeAsync(300_000);
  let isClosed = false;
  const closing = offboarding.close().then(() => {
    isClosed = true;
  });
  await vi.advanceTimersByTimeAsync(300_000);
  expect([looks, isClosed]).toEqual([3, false]);
  ended.resolve([]);
  await closing;
  await vi.advanceTimersByTimeAsync(300_000);
  expect(looks).toBe(3);
});
