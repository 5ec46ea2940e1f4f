import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { framed, RawClient } from '../src/base/grpc/testing/client.ts';
import { ServerConfig } from '../src/server/config.ts';
import { IntakeThread } from '../src/server/intake/intake-thread.ts';
import type { FromThread, IntakeStatus } from '../src/server/intake/messages.ts';
import { httpLogs, identifier } from '../src/sources/envoy-access-log/testing/encode.ts';
import { TestAuthority } from './support/certificates.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const STREAM = '/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs';
const BROKEN = Buffer.from('0a05', 'hex');
const ADMIN_TOKEN = randomBytes(16).toString('hex');
const ADMITTED = { authorization: `Bearer ${ADMIN_TOKEN}` };

let authority: TestAuthority;
let folder: string;
beforeAll(() => {
  authority = new TestAuthority();
  folder = mkdtempSync(join(tmpdir(), 'reeve-refusals-'));
});
afterAll(() => {
  authority?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** The thread, run here, with listeners that other machines could reach. */
async function start() {
  const { certFile, keyFile } = authority.issue('server', ['IP:127.0.0.1']);
  const { intake, inventory, otlp, envoy, accessLog, tls } = ServerConfig.parse({
    otlp: { host: '0.0.0.0', httpPort: 0, grpcPort: 0, maxRequestBytes: 2_000, requestSeconds: 1 },
    envoy: { host: '0.0.0.0', port: 0 },
    tls: { certificateFile: certFile, keyFile },
  });
  let status: IntakeStatus | undefined;
  const thread = await IntakeThread.start({
    data: {
      ...{ intake, inventory, otlp, envoy, accessLog, tls },
      ...{ hostNames: [], adminToken: ADMIN_TOKEN, maxWaitingSpans: 0 },
      ...{ dataFolder: mkdtempSync(join(folder, 'data-')) },
    },
    clock: Date.now,
    log: { warn: () => undefined, error: () => undefined },
    tell: (message: FromThread) => {
      if (message.type === 'status') status = message.status;
    },
  });
  onTestFinished(() => thread.close());
  const portOf = (address: string) => Number(address.split(':').at(-1));
  const client = (address: string): RawClient => {
    const options = { ca: authority.root.cert };
    const made = new RawClient(`https://127.0.0.1:${portOf(address)}`, options);
    onTestFinished(() => made.close());
    return made;
  };
  const { addresses } = thread;
  return {
    spans: client(addresses.otlpGrpc),
    logs: client(addresses.envoy),
    httpPort: portOf(addresses.otlpOrigin),
    /** Everything that was counted, as words. */
    counts: async (): Promise<string[]> => {
      status = undefined;
      thread.hear({ type: 'ask', id: 1, question: { ask: 'settle' } });
      while (status === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      const { counts } = status as IntakeStatus;
      return counts.map(
        ({ source, outcome, reason, count }) => `${source} ${outcome} ${reason} ${count}`,
      );
    },
  };
}

type Listening = Awaited<ReturnType<typeof start>>;

function post(port: number, path: string, body: string, headers: object = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method: 'POST', ca: authority.root.cert };
    const sent = request(
      { ...options, headers: { 'content-type': 'application/json', ...headers } },
      (response) => resolve(response.resume().statusCode ?? 0),
    );
    sent.on('error', reject).end(body);
  });
}

/** Begins a request, and sends no more of it than that; resolves when it is hung up on. */
function beginOnly(port: number, path: string): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.root.cert });
  const lines = [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', 'content-length: 10'];
  const authorization = `authorization: ${ADMITTED.authorization}`;
  socket.write([...lines, authorization, 'content-type: application/json', '', '{'].join('\r\n'));
  socket.on('error', () => undefined).resume();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

describe('what is refused is counted once', () => {
  it.each<[string, (to: Listening) => Promise<unknown>, string]>([
    [
      'a span without a token, by gRPC',
      ({ spans }) => spans.call(EXPORT, BROKEN),
      'otlp-grpc refused host or token refused 1',
    ],
    [
      'a span without a token, by HTTP',
      ({ httpPort }) => post(httpPort, '/v1/traces', '{}'),
      'otlp-http refused host or token refused 1',
    ],
    [
      'a log of Envoy without a token',
      ({ logs }) => logs.call(STREAM, httpLogs({})),
      'envoy refused host or token refused 1',
    ],
    [
      'a log of Kong without a token',
      ({ httpPort }) => post(httpPort, '/v1/logs/kong', '{}'),
      'kong refused host or token refused 1',
    ],
    [
      'flows without a token',
      ({ httpPort }) => post(httpPort, '/v1/logs/flows', '{}'),
      'flows refused host or token refused 1',
    ],
    [
      'what is no span',
      ({ spans }) => spans.call(EXPORT, BROKEN, ADMITTED),
      'otlp-grpc refused broken protobuf 1',
    ],
    [
      'what is too long',
      ({ spans }) => spans.begin(EXPORT, ADMITTED).end(framed(BROKEN, 0, 2_001)),
      'otlp-grpc refused too large 1',
    ],
    [
      'a method that there is not',
      ({ spans }) => spans.call('/x.Y/Z', BROKEN, ADMITTED),
      'otlp-grpc refused not found 1',
    ],
    [
      'a message that takes too long',
      ({ spans }) => spans.begin(EXPORT, ADMITTED).send().answer,
      'otlp-grpc refused too slow 1',
    ],
    [
      'what is no gRPC',
      ({ spans }) => spans.call(EXPORT, BROKEN, { 'content-type': 'text/plain' }),
      'otlp-grpc refused not gRPC 1',
    ],
    [
      'what is no log of Envoy',
      ({ logs }) => logs.begin(STREAM, ADMITTED).send(BROKEN).answer,
      'envoy refused broken protobuf 1',
    ],
    [
      'what is no log of Kong',
      ({ httpPort }) => post(httpPort, '/v1/logs/kong', '{', ADMITTED),
      'kong refused broken JSON 1',
    ],
    [
      'a log of Kong that never comes',
      ({ httpPort }) => beginOnly(httpPort, '/v1/logs/kong'),
      'otlp-http refused too slow 1',
    ],
    [
      'a span that never comes',
      ({ httpPort }) => beginOnly(httpPort, '/v1/traces'),
      'otlp-http refused too slow 1',
    ],
  ])('%s', async (_, send, counted) => {
    const listening = await start();
    await send(listening);
    expect(await listening.counts()).toEqual([counted]);
  });

  it('who leaves is not refused', async () => {
    const listening = await start();
    const call = listening.logs.begin(STREAM, ADMITTED).send(identifier({ cluster: 'orders' }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    call.stream.close(8);
    const upload = listening.spans.begin(EXPORT, ADMITTED);
    upload.stream.write(framed(BROKEN, 0, 1_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    upload.stream.close(8);
    expect(await listening.counts()).toEqual([]);
  });
});
