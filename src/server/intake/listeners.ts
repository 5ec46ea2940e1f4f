import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import { createGrpcServer, type EndedCall, type GrpcServer } from '../../base/grpc/index.ts';
import { createServer } from '../../base/http.ts';
import { type Tail, tailLogs } from '../../sources/access-log/tail/index.ts';
import { envoyAccessLogService, envoyLimits } from '../../sources/envoy-access-log/index.ts';
import { KONG_LOG_PATH } from '../../sources/kong-log/index.ts';
import {
  BodyReader,
  clientErrorListener,
  createReceiver,
  type Encoding,
  OTLP_REASONS,
  type OtlpReason,
  otlpGrpcService,
  refusalOf,
  type Taken,
} from '../../sources/otlp/index.ts';
import { listen, stopListening } from '../listen.ts';
import { bracketed } from '../loopback.ts';
import { Admission } from './admission.ts';
import type { Checks } from './checks.ts';
import { FLOWS_PATH, flowReceiver } from './flow-receiver.ts';
import type { Parts, ThreadLog } from './intake-thread.ts';
import { kongReceiver } from './kong-receiver.ts';
import type { IntakeAddresses, ThreadData } from './messages.ts';

export interface ListenersPorts extends Parts {
  readonly data: ThreadData;
  readonly clock: Clock;
  readonly log: ThreadLog;
  readonly checks: Checks;
}

const GRACE_MS = 5_000;
const HEADERS_MS = 10_000;

type Close = () => Promise<void>;

/** Everything that traffic comes by. */
export class Listeners {
  readonly addresses: IntakeAddresses;
  readonly #closers: readonly Close[];

  private constructor(addresses: IntakeAddresses, closers: readonly Close[]) {
    this.addresses = addresses;
    this.#closers = closers;
  }

  /** Resolves when everything listens.
   *  @throws {Fault} `server/port-unavailable` */
  static async start(ports: ListenersPorts): Promise<Listeners> {
    const { otlp, envoy, tls } = ports.data;
    const admission = new Admission(ports.data);
    const closers: Close[] = [];
    try {
      const http = otlpHttp(ports, admission);
      const httpPort = await listen(http, otlp.host, otlp.httpPort, 'otlp.httpPort');
      closers.push(() => stopListening(http, GRACE_MS));
      const grpc = otlpGrpc(ports, admission);
      const grpcPort = await listen(grpc.server, otlp.host, otlp.grpcPort, 'otlp.grpcPort');
      closers.push(() => grpc.close(GRACE_MS));
      const logs = envoyGrpc(ports, admission);
      const envoyPort = await listen(logs.server, envoy.host, envoy.port, 'envoy.port');
      closers.push(() => logs.close(GRACE_MS));
      const tail = followLogs(ports);
      closers.push(() => tail.close());
      const scheme = tls === undefined ? 'http' : 'https';
      const addresses = {
        otlpOrigin: `${scheme}://${bracketed(otlp.host)}:${httpPort}`,
        otlpGrpc: `${bracketed(otlp.host)}:${grpcPort}`,
        envoy: `${bracketed(envoy.host)}:${envoyPort}`,
      };
      return new Listeners(addresses, closers);
    } catch (thrown) {
      for (const close of closers.reverse()) await close();
      throw thrown;
    }
  }

  /** Takes nothing more; what is under way may end. */
  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
  }
}

function otlpHttp(ports: ListenersPorts, admission: Admission): Server {
  const { data, counts } = ports;
  const { otlp } = data;
  const admit = (request: IncomingMessage): void => admission.http(otlp.host, request);
  const count = (reason: OtlpReason, amount: number): void =>
    countReason(ports, 'otlp-http', reason, amount);
  const reader = new BodyReader(otlp);
  const otlpReceiver = createReceiver(reader, {
    admit,
    take: takeSpans(ports, 'otlp-http'),
    count,
  });
  const kong = kongReceiver(reader, {
    admit,
    submit: (submission) => ports.hub.submit(submission),
    count: (outcome, reason, count) => counts.add('kong', outcome, reason, count),
    clock: ports.clock,
    judge: ports.judge,
  });
  const flows = flowReceiver(reader, {
    admit,
    spans: ports.sink,
    checkRoom: () => ports.hub.checkRoom(),
    kept: () => ports.hub.kept(),
    count: (outcome, reason, count) => counts.add('flows', outcome, reason, count),
    clock: ports.clock,
  });
  const receivers = new Map([
    [KONG_LOG_PATH, kong],
    [FLOWS_PATH, flows],
  ]);
  const receive = (request: IncomingMessage, response: ServerResponse): void => {
    const receiver = receivers.get(request.url?.split('?', 1)[0] ?? '');
    void (receiver ?? otlpReceiver)(request, response);
  };
  const options = {
    requestTimeout: otlp.requestSeconds * 1_000,
    headersTimeout: Math.min(HEADERS_MS, otlp.requestSeconds * 1_000),
    connectionsCheckingInterval: 1_000,
  };
  const tls = tlsOf(data);
  const server =
    tls === undefined
      ? createServer(options, receive)
      : createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2' }, receive);
  return server.on('clientError', clientErrorListener(count));
}

function otlpGrpc(ports: ListenersPorts, admission: Admission): GrpcServer {
  const { otlp } = ports.data;
  const tls = tlsOf(ports.data);
  const { maxRequestBytes: maxMessageBytes, maxInflatedBytes, maxBufferedBytes } = otlp;
  return createGrpcServer({
    services: [otlpGrpcService({ take: takeSpans(ports, 'otlp-grpc') })],
    limits: {
      maxMessageBytes,
      maxInflatedBytes,
      maxBufferedBytes,
      messageSeconds: otlp.requestSeconds,
    },
    ...(tls && { tls }),
    admit: (call) => admission.grpc(otlp.host, call),
    onRefused: (reason) => ports.counts.add('otlp-grpc', 'refused', reason),
    onEnd: noteEnd(ports, 'otlp-grpc', 'an export could not be handled'),
  });
}

function envoyGrpc(ports: ListenersPorts, admission: Admission): GrpcServer {
  const { data, counts, clock, hub, judge, sink } = ports;
  const tls = tlsOf(data);
  const service = envoyAccessLogService(
    {
      submit: (sightings, calls) => hub.submit({ sightings, calls }),
      count: (outcome, reason, count) => counts.add('envoy', outcome, reason, count),
      clock,
      judge,
      spans: sink,
    },
    data.envoy,
  );
  return createGrpcServer({
    services: [service, ports.checks.service],
    limits: envoyLimits(data.envoy),
    ...(tls && { tls }),
    admit: (call) => admission.grpc(data.envoy.host, call),
    onRefused: (reason) => counts.add('envoy', 'refused', reason),
    onEnd: noteEnd(ports, 'envoy', 'an access log could not be handled'),
  });
}

/** Faults of calls that are no refusals, and of those that were counted where they came up. */
const NOT_REFUSED: ReadonlySet<string> = new Set([
  'grpc/cancelled',
  'grpc/server-unavailable',
  'envoy/unavailable',
]);

/** Counts the calls that are refused, and tells the log of those that failed by a defect. */
function noteEnd({ counts, log }: ListenersPorts, source: string, sentence: string) {
  return ({ thrown }: EndedCall): void => {
    if (thrown === undefined) return;
    if (!(thrown instanceof Fault)) log.error({ err: thrown }, sentence);
    else if (NOT_REFUSED.has(thrown.code)) return;
    counts.add(source, 'refused', refusalOf(thrown));
  };
}

function followLogs({ data, hub, kept, counts, clock, log, judge }: ListenersPorts): Tail {
  return tailLogs(data.accessLog, {
    submit: async ({ sightings, drops, position }) => {
      await hub.submit({ sightings, position });
      const taken = sightings.reduce((sum, { count }) => sum + count, 0);
      counts.add('access-log', 'taken', '', taken);
      for (const [reason, count] of Object.entries(drops)) {
        counts.add('access-log', 'dropped', reason, count);
      }
    },
    resumeFrom: (file) => kept.positionOf(file),
    onProblem: (fault) => {
      log.warn({ err: fault }, 'a request log cannot be followed');
      if (fault.code === 'access-log/rest-not-found') {
        counts.add('access-log', 'dropped', 'the rest of a rotated file');
      } else counts.add('access-log', 'refused', 'a file that cannot be read');
    },
    clock,
    judge,
  });
}

/** Reads an export request, and waits until what it says is durable. */
function takeSpans(
  ports: ListenersPorts,
  source: string,
): (body: Buffer, encoding: Encoding) => Promise<Taken> {
  const { decoder, hub, counts, clock } = ports;
  return async (body, encoding) => {
    hub.checkRoom();
    const taken = decoder.take(body, encoding, clock());
    await hub.kept();
    let left = 0;
    for (const { reason, count } of taken.counts) {
      countReason(ports, source, reason, count);
      if (OTLP_REASONS[reason].of === 'span') left += count;
    }
    counts.add(source, 'taken', '', taken.spanCount - left);
    return taken;
  };
}

function countReason({ counts }: Parts, source: string, reason: OtlpReason, count: number): void {
  counts.add(source, OTLP_REASONS[reason].outcome, reason, count);
}

function tlsOf({ tls }: ThreadData): { cert: Buffer; key: Buffer } | undefined {
  return tls && { cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) };
}
