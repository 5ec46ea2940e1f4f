import { expect, it } from 'vitest';
import { toTimestamp } from '../../../base/clock.ts';
import type { Leaks, LeakView } from '../../../secrets/response/index.ts';
import { RateLimiter } from '../../auth/rate.ts';
import { serveOperations } from '../../testing/api-server.ts';
import { MemoryStore } from '../../testing/memory-store.ts';
import { leakOperations } from './leaks.ts';

const SUBJECT = 'production/shop/orders/orders-db';
const START = Date.UTC(2026, 0, 5);
const item = {
  ...{
    kind: 'secret' as const,
    subject: SUBJECT,
    version: 1,
    createdAt: null,
    of: null,
    name: 'orders-db',
  },
  ...{ service: 'production/shop/orders', owner: null, consumers: [], places: [], done: null },
};
const leak: LeakView = {
  ...{ id: 'leak-1', fingerprint: 'a'.repeat(32), items: [item], isContained: true },
  reports: [{ at: toTimestamp(START), by: 'ana', reason: '', where: null }],
  standings: [{ state: 'revoked', at: null, problem: null, hint: null }],
};

it('the timeline of a leak begins with its report, however often the secret is read since', async () => {
  const store = new MemoryStore();
  const add = (action: string, subject: string, after: number) =>
    store.log.push({
      ...{ sequence: store.log.length + 1, at: toTimestamp(START + after), actor: 'ana', action },
      ...{ subject, reason: '', detail: {} },
    });
  add('secret.create', SUBJECT, -1_000);
  add('leak.report', leak.id, 0);
  add('secret.leak', SUBJECT, 1);
  for (let at = 2; at < 2_502; at++) add('secret.read', SUBJECT, at);
  add('secret.revoked', SUBJECT, 9_000);
  const leaks = { get: async () => leak } as unknown as Leaks;
  const failures = new RateLimiter({ burst: 9, perMinute: 9 }, Date.now);
  const operations = leakOperations({ leaks, github: async () => [] }, store, failures);
  const server = await serveOperations(operations, Date.now);
  try {
    const { timeline } = await server.get<{ timeline: { action: string; after: number }[] }>(
      `/api/v1/leaks/${leak.id}`,
    );
    expect(timeline.map(({ action, after }) => [action, after])).toEqual([
      ['leak.report', 0],
      ['secret.leak', 1],
      ['secret.revoked', 9_000],
    ]);
  } finally {
    await server.close();
  }
});
