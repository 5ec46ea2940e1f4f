import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { NotifyConfig } from './config.ts';
import { Notifier } from './notifier.ts';
import { NOW, noticeOf } from './testing/notices.ts';

let server: Server;
let url: string;
let got: { readonly id: string; readonly data: Record<string, unknown> }[];
let answer: number;
let store: MemoryDocuments;
let now: number;
let warned: string[];
let notifiers: Notifier[];

beforeEach(async () => {
  [got, answer, now, warned, notifiers] = [[], 200, NOW, [], []];
  store = new MemoryDocuments();
  server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    got.push({ id: String(request.headers['webhook-id']), data: JSON.parse(body).data });
    response.writeHead(answer).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`;
});
afterEach(async () => {
  for (const one of notifiers) await one.close();
  server.closeAllConnections();
  server.close();
});

function start(...targets: readonly object[]): Notifier {
  const hook = { name: 'hook', kind: 'webhook', url };
  const notifier = new Notifier({
    config: NotifyConfig.parse({ targets: targets.length > 0 ? targets : [hook] }),
    ...{ store, environment: {}, version: '1.0.0', host: 'reeve-0', clock: () => now },
    random: () => 0.5,
    warn: (text) => void warned.push(text),
  });
  notifiers.push(notifier);
  return notifier;
}

const incidents = () => got.map(({ data }) => data.incident);

describe('what is told', () => {
  it('goes to every target that wants it', async () => {
    const notifier = start(
      { name: 'all', kind: 'webhook', url, minSeverity: 'info' },
      { name: 'grave', kind: 'webhook', url, minSeverity: 'critical' },
    );
    notifier.tell(noticeOf({ severity: 'high' }));
    await notifier.tick();
    expect(got).toHaveLength(1);
    expect(notifier.status()).toMatchObject([
      { name: 'all', isFailing: false, waiting: 0, counts: { queued: 1, delivered: 1 } },
      { name: 'grave', counts: { 'less-severe': 1, delivered: 0 } },
    ]);
  });

  it('is told once, also after a restart and by another server of the same store', async () => {
    const notifier = start();
    notifier.tell(noticeOf());
    await notifier.tick();
    notifier.tell(noticeOf());
    await notifier.close();
    const next = start();
    next.tell(noticeOf());
    await next.tick();
    expect(got).toHaveLength(1);
    expect(next.status()).toMatchObject([{ counts: { duplicate: 1 } }]);
  });

  it('that was not taken is sent after a restart, under the same id', async () => {
    answer = 503;
    const notifier = start();
    notifier.tell(noticeOf());
    notifier.tell(noticeOf({ incident: 'incident-2' }));
    await notifier.tick();
    await notifier.close();
    answer = 200;
    now += 60_000;
    const next = start();
    await next.tick();
    expect(incidents()).toEqual(['incident-1', 'incident-1', 'incident-2']);
    expect(got[0]?.id).toBe(got[1]?.id);
  });

  it('is made by one where two servers share the store', async () => {
    const [one, other] = [start(), start()];
    for (let n = 0; n < 10; n++) one.tell(noticeOf({ incident: `incident-${n}` }));
    await Promise.all([one.tick(), other.tick()]);
    await Promise.all([one.tick(), other.tick()]);
    expect(new Set(incidents()).size).toBe(10);
    expect(got).toHaveLength(10);
  });

  it('waits for nobody: neither for a target nor for the store', async () => {
    const notifier = start();
    store.fails = 'before';
    notifier.tell(noticeOf());
    await notifier.tick();
    await notifier.tick();
    expect(warned).toEqual(['What is to be told of incidents waits for the store']);
    expect(got).toHaveLength(1);
  });

  it('and is too much comes as one message, with counts', async () => {
    const notifier = start({ name: 'hook', kind: 'webhook', url, perMinute: 5 });
    for (let n = 0; n < 400; n++) notifier.tell(noticeOf({ incident: `incident-${n}` }));
    await notifier.tick();
    expect(got).toHaveLength(5);
    now += 60_000;
    await notifier.tick();
    expect(got).toHaveLength(6);
    expect(got.at(-1)?.data).toMatchObject({
      ...{ text: '395 more messages about incidents: 395 critical', counts: { critical: 395 } },
    });
    expect(notifier.status()).toMatchObject([
      { counts: { queued: 5, summarised: 395, delivered: 6 } },
    ]);
  });

  it('and piles up is bounded', async () => {
    const notifier = start();
    for (let n = 0; n < 5_000; n++) notifier.tell(noticeOf({ incident: `incident-${n}` }));
    expect(notifier.status()[0]?.waiting).toBe(1_000);
    await notifier.tick();
    expect(notifier.status()).toMatchObject([{ waiting: 0 }]);
    expect(notifier.status()[0]?.counts.dropped).toBeGreaterThanOrEqual(3_900);
  });
});

describe('a target that fails', () => {
  it('is seen to fail, without its address, and recovers', async () => {
    answer = 500;
    const notifier = start();
    notifier.tell(noticeOf());
    await notifier.tick();
    const [status] = notifier.status();
    expect(status).toMatchObject({
      ...{ isFailing: true, waiting: 1, counts: { retried: 1 }, lastDeliveredAt: null },
      lastError: { at: new Date(NOW).toISOString(), why: 'it has a fault (500)' },
    });
    expect(JSON.stringify([status, warned])).not.toContain('secret-path');
    await notifier.tick();
    expect(got).toHaveLength(1);
    answer = 200;
    now += 2_000;
    await notifier.tick();
    expect(notifier.status()).toMatchObject([{ isFailing: false, waiting: 0 }]);
    expect(notifier.status()[0]?.lastDeliveredAt).toBe(new Date(now).toISOString());
  });

  it('for too long is given up, and counted', async () => {
    answer = 500;
    const notifier = start({ name: 'hook', kind: 'webhook', url, retryMinutes: 1 });
    notifier.tell(noticeOf());
    for (let n = 0; n < 40; n++) {
      await notifier.tick();
      now += 3_000;
    }
    expect(notifier.status()).toMatchObject([{ waiting: 0, counts: { dropped: 1, delivered: 0 } }]);
  });

  it('keeps no other waiting', async () => {
    const notifier = start(
      { name: 'dead', kind: 'webhook', url: 'http://127.0.0.1:1/' },
      { name: 'hook', kind: 'webhook', url },
    );
    notifier.tell(noticeOf());
    await notifier.tick();
    expect(notifier.status().map(({ isFailing }) => isFailing)).toEqual([true, false]);
  });
});

describe('a test', () => {
  it('is sent at once, and says that it is one', async () => {
    const notifier = start();
    expect(await notifier.test('hook')).toEqual({ outcome: 'delivered' });
    expect(got[0]?.data).toMatchObject({
      explanation: 'This is a test of the target: nothing has happened.',
    });
  });

  it('of no target is refused', () => {
    expect(() => start().test('none')).toThrow(
      expect.objectContaining({ code: 'notify/target-not-found' }),
    );
  });
});

it('two targets of one name are refused', () => {
  const target = { name: 'x', kind: 'webhook', url };
  expect(NotifyConfig.safeParse({ targets: [target, target] }).success).toBe(false);
});
