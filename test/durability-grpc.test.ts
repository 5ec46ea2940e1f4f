import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from '../src/base/grpc/testing/client.ts';
import { freePort } from '../src/base/testing/free-port.ts';
import { httpLogs, identifier } from '../src/sources/envoy-access-log/testing/encode.ts';
import { toProtobufRequest } from '../src/sources/otlp/testing/encode.ts';
import { ServerProcess } from './support/process.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const STREAM = '/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs';
const ROUNDS = 3;
const SENDERS = 4;
const MAX_A_ROUND = 80;
const SLOW_MILLISECONDS = 120_000;

let server: ServerProcess;
let spansOrigin: string;
let logsOrigin: string;
beforeEach(async () => {
  server = await ServerProcess.create();
  const file = join(server.folder, 'reeve.config.yaml');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.otlp.grpcPort = await freePort();
  config.envoy.port = await freePort();
  writeFileSync(file, JSON.stringify(config));
  spansOrigin = `http://127.0.0.1:${config.otlp.grpcPort}`;
  logsOrigin = `http://127.0.0.1:${config.envoy.port}`;
});
afterEach(async () => {
  await server.kill();
  server.remove();
});

/** Sends a request for each number until the server is gone; adds those that were acknowledged. */
async function flood(
  numbers: Iterator<number>,
  send: (number: number) => Promise<{ readonly code: number | undefined }>,
  acknowledged: number[],
): Promise<void> {
  for (let next = numbers.next(); !next.done; next = numbers.next()) {
    const { code } = await send(next.value);
    if (code === 0) acknowledged.push(next.value);
    else if (code === undefined) return;
  }
}

const exported = (client: RawClient, number: number) =>
  client.call(
    EXPORT,
    toProtobufRequest([
      {
        resource: { 'service.name': 'orders', 'service.namespace': 'shop' },
        spans: [
          {
            traceId: number.toString(16).padStart(32, 'a'),
            spanId: number.toString(16).padStart(16, 'b'),
            kind: 2,
            attributes: { 'http.request.method': 'GET', 'http.route': `/r${number}` },
          },
        ],
      },
    ]),
  );

const logged = (client: RawClient, number: number) =>
  client
    .begin(STREAM)
    .send(
      identifier({ cluster: 'orders', metadata: { NAMESPACE: 'shop' } }),
      httpLogs({
        version: 3,
        method: 3,
        cluster: 'local_app',
        path: `/shop.v1.Orders/M${number}`,
        trailers: { 'grpc-status': '0' },
      }),
    )
    .end();

describe('a server that is killed', () => {
  it.each([
    ['spans', () => spansOrigin, exported, (number: number) => `http GET /r${number}`],
    ['logs', () => logsOrigin, logged, (number: number) => `grpc RPC /shop.v1.Orders/M${number}`],
  ])(
    'has lost none of the %s that it acknowledged by gRPC',
    async (_, origin, send, operation) => {
      const acknowledged: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await server.start();
        const client = new RawClient(origin());
        const numbers = range(round * MAX_A_ROUND, (round + 1) * MAX_A_ROUND);
        const floods = Array.from({ length: SENDERS }, () =>
          flood(numbers, (number) => send(client, number), acknowledged),
        );
        const before = acknowledged.length;
        while (acknowledged.length === before) await sleep(1);
        await sleep(randomInt(100));
        await server.kill();
        await Promise.all(floods);
        client.close();
      }
      await server.start();
      expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS);
      for (const number of acknowledged) {
        const id = `test/shop/orders ${operation(number)}`;
        expect(await server.item('endpoints', id)).toMatchObject({ observed: true });
      }
    },
    SLOW_MILLISECONDS,
  );
});

function* range(first: number, end: number): Generator<number, undefined> {
  for (let number = first; number < end; number++) yield number;
}
