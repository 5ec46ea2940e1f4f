import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { GrpcServer } from '../../base/grpc/index.ts';
import type { RawClient } from '../../base/grpc/testing/client.ts';
import { type Served, serve } from '../../base/grpc/testing/serve.ts';
import type { Sighting } from '../../estate/index.ts';
import { EnvoyConfig } from './config/index.ts';
import { envoyAccessLogService, envoyLimits } from './index.ts';
import { httpLogs, identifier } from './testing/encode.ts';

const STREAM = '/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs';
const NOW = Date.parse('2026-05-01T12:00:00Z');
const ENTRY = { cluster: 'local_app', startedAt: NOW };

let submit: (sightings: readonly Sighting[]) => Promise<void>;
let counts: [outcome: string, reason: string, count: number][];
let now: number;
let served: Served;
let grpc: GrpcServer;
let client: RawClient;
beforeEach(async () => {
  counts = [];
  now = NOW;
  const config = EnvoyConfig.parse({ maxWaitingMessages: 2, maxRetrySeconds: 60 });
  const service = envoyAccessLogService(
    {
      submit: (sightings) => submit(sightings),
      count: (...count) => counts.push(count),
      clock: () => now,
    },
    config,
  );
  served = await serve({ services: [service], limits: envoyLimits(config) });
  ({ client, grpc } = served);
});
afterEach(() => served.close());

const begin = () => client.begin(STREAM).send(identifier({ cluster: 'orders' }));

describe('a stream of access logs', () => {
  it('is stored message by message, and ends well when all of it is', async () => {
    const seen: string[] = [];
    submit = async (sightings) => {
      await sleep(5);
      seen.push(...sightings.map(({ path }) => path));
    };
    const paths = ['/a', '/b', '/c', '/d'];
    const call = begin().send(...paths.map((path) => httpLogs({ ...ENTRY, path })));
    expect(await call.end()).toMatchObject({ code: 0 });
    expect(seen).toEqual(paths);
    expect(counts).toEqual(paths.map(() => ['taken', '', 1]));
  });

  it('is held up while too much of it waits to be stored, and loses nothing', async () => {
    const gate = Promise.withResolvers<void>();
    let stored = 0;
    let asked = 0;
    submit = async (sightings) => {
      asked++;
      await gate.promise;
      stored += sightings.length;
    };
    const call = begin();
    const entries = Array.from({ length: 100 }, (_, n) => ({ ...ENTRY, path: `/orders/${n}` }));
    for (let n = 0; n < 100; n++) call.send(httpLogs(...entries));
    const answer = call.end();
    await vi.waitFor(() => expect(asked).toBe(2));
    await sleep(100);
    expect(asked).toBe(2);
    expect(grpc.calls.heldBytes).toBeLessThan(200_000);
    gate.resolve();
    expect(await answer).toMatchObject({ code: 0 });
    expect(stored).toBe(10_000);
  });

  it('is tried again where it cannot be stored now', async () => {
    let tries = 0;
    submit = async () => {
      tries++;
      if (tries < 3) throw new Fault('intake/queue-too-many', 'Full');
    };
    expect(await begin().send(httpLogs(ENTRY)).end()).toMatchObject({ code: 0 });
    expect(tries).toBe(3);
    expect(counts).toEqual([['taken', '', 1]]);
  });

  it('is given up where it cannot be stored for long', async () => {
    submit = async () => {
      now += 61_000;
      throw new Error('secret');
    };
    const answer = await begin().send(httpLogs(ENTRY, ENTRY)).end();
    expect(answer.code).toBe(14);
    expect(decodeURIComponent(answer.message ?? '')).not.toContain('secret');
    expect(counts).toEqual([['refused', 'could not be stored', 2]]);
  });

  it('that is no protobuf is refused, after what came before it is stored', async () => {
    let stored = 0;
    submit = async (sightings) => {
      await sleep(20);
      stored += sightings.length;
    };
    const call = begin().send(httpLogs(ENTRY), Buffer.from('0a05', 'hex'));
    expect(await call.answer).toMatchObject({ code: 3 });
    expect(stored).toBe(1);
    expect(counts).toEqual([['taken', '', 1]]);
  });

  it('of an Envoy that is ended with the server is stored before', async () => {
    let [begun, stored] = [0, 0];
    submit = async (sightings) => {
      begun++;
      await sleep(20);
      stored += sightings.length;
    };
    const call = begin().send(httpLogs(ENTRY));
    while (counts.length === 0) await sleep(1);
    call.send(httpLogs(ENTRY));
    while (begun < 2) await sleep(1);
    await grpc.close(5_000);
    expect(stored).toBe(2);
    expect(await call.answer).toMatchObject({ code: 14 });
  });

  it('says why entries are left out', async () => {
    submit = async () => {};
    await begin()
      .send(httpLogs({ ...ENTRY, path: '*' }, ENTRY))
      .end();
    expect(counts).toEqual([
      ['dropped', 'unusable path', 1],
      ['taken', '', 1],
    ]);
  });
});
