import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { framed, RawClient } from '../../base/grpc/testing/client.ts';
import { messagesIn } from '../../base/grpc/testing/frames.ts';
import { serveWorkloadApi, WorkloadApiConfig, type WorkloadApiServer } from './index.ts';
import { entitled, svid, World } from './testing/world.ts';

const FETCH = '/SpiffeWorkloadAPI/FetchX509SVID';
const HEADER = { 'workload.spiffe.io': 'true' };

let folder: string;
let world: World;
let server: WorkloadApiServer;
const clients: RawClient[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-workload-'));
  world = new World();
  server = await serveWorkloadApi(world, {
    path: join(folder, 'w.sock'),
    config: WorkloadApiConfig.parse({}),
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close(0);
  rmSync(folder, { recursive: true, force: true });
});

function connected(): RawClient {
  const path = server.address.slice('unix://'.length);
  const client = new RawClient('http://localhost', { createConnection: () => connect(path) });
  clients.push(client);
  return client;
}

/** What a stream has been told, in numbers of messages and the last of them. */
function watch(client: RawClient): { count: number; last: Buffer } {
  const call = client.begin(FETCH, HEADER);
  const told: { count: number; last: Buffer } = { count: 0, last: Buffer.alloc(0) };
  let bytes = Buffer.alloc(0);
  call.stream.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    const messages = messagesIn(bytes);
    told.count = messages.length;
    told.last = messages.at(-1) ?? told.last;
  });
  call.stream.end(framed(Buffer.alloc(0)));
  return told;
}

describe('many streams', () => {
  it('all hear of a change, and leave nothing behind when they go away', async () => {
    const all = Array.from({ length: 10 }, connected).flatMap((client) =>
      Array.from({ length: 100 }, () => watch(client)),
    );
    const told = (count: number): boolean => all.every((one) => one.count === count);
    while (!told(1)) await sleep(5);
    expect([world.watchers, server.calls.count, server.connections.count]).toEqual([
      1_000, 1_000, 10,
    ]);
    world.change(entitled('two'));
    while (!told(2)) await sleep(5);
    expect(all.every(({ last }) => last.includes('key two'))).toBe(true);
    expect(world.peersRead).toBe(10);
    for (const client of clients) client.close();
    while (server.calls.count > 0 || world.peersReleased < 10) await sleep(5);
    expect([world.watchers, server.calls.heldBytes]).toEqual([0, 0]);
  });

  it('of readers that never read cost two messages each, and hold nobody up', async () => {
    const big = (name: string) =>
      entitled(name, { svids: [{ ...svid(name), chain: [Buffer.alloc(100_000, name)] }] });
    world.change(big('a'));
    const silent = connected();
    const calls = Array.from({ length: 20 }, () => {
      const call = silent.begin(FETCH, HEADER);
      call.stream.pause();
      call.stream.end(framed(Buffer.alloc(0)));
      return call;
    });
    const reader = watch(connected());
    while (reader.count < 1 || world.watchers < 21) await sleep(5);
    for (let round = 0; round < 50; round++) {
      world.change(big(`${round};`));
      while (!reader.last.includes(`key ${round};`)) await sleep(1);
    }
    expect(server.calls.heldBytes).toBeLessThanOrEqual(20 * 2 * 101_000);
    expect(server.calls.heldBytes).toBeGreaterThan(0);
    const [first] = calls;
    let bytes = Buffer.alloc(0);
    first?.stream.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
    });
    first?.stream.resume();
    while (!messagesIn(bytes).at(-1)?.includes('key 49;')) await sleep(5);
    // Those that fitted into the windows, and then the newest.
    expect(messagesIn(bytes).length).toBeLessThan(10);
    silent.close();
    while (world.watchers > 1) await sleep(5);
    expect(server.calls.heldBytes).toBe(0);
  });
});
