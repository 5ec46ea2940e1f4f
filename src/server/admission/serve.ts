import { constants } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';
import {
  type AdmissionConfig,
  type Review,
  readReview,
  toAdmissionAnswer,
  type Verdict,
} from '../../authorization/admission/index.ts';
import { Fault, statusOf } from '../../base/fault.ts';
import { toPem } from '../../identity/x509/index.ts';
import { listen, stopListening } from '../listen.ts';
import { readBody } from './body.ts';
import { callerCheck } from './caller.ts';
import { routeOf } from './route.ts';

/** A certificate with its key, both in DER; the leaf first. */
export interface ShownSvid {
  readonly chain: readonly Buffer[];
  readonly privateKey: Buffer;
}

export interface AdmissionEndpointPorts {
  readonly config: AdmissionConfig;
  /** What the endpoint shows, now and whenever it is renewed. Until there is one, handshakes fail. */
  readonly svid: {
    readonly current: ShownSvid | undefined;
    onChange(listener: (svid: ShownSvid) => void): () => void;
  };
  /** Names of the clusters that may ask. */
  readonly clusters: readonly string[];
  readonly decide: (cluster: string, review: Review, timeoutSeconds?: number) => Promise<Verdict>;
  /** Told of requests that were no reviews, by the code of what was wrong. */
  readonly onRefused: (code: string) => void;
}

export interface AdmissionEndpoint {
  readonly port: number;
  close(graceMs: number): Promise<void>;
}

const TLS = {
  minVersion: 'TLSv1.2',
  // whoever comes again verifies again
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;
const MAX_HEADER_BYTES = 16_384;
const REQUESTS_PER_CONNECTION = 10_000;
const IDLE_MS = 90_000;
const HANDSHAKE_MS = 10_000;

/** Answers the validating webhooks of API servers over HTTPS.
 *  @throws {Fault} `server/port-unavailable`, `admission/file-…` */
export async function serveAdmission(ports: AdmissionEndpointPorts): Promise<AdmissionEndpoint> {
  const { config, svid } = ports;
  const callers = callerCheck(config);
  const asksForCertificate = callers.authorities !== undefined;
  const base = {
    ...TLS,
    ...(asksForCertificate && { ca: callers.authorities }),
  };
  const timeout = config.timeoutSeconds * 1_000;
  const server: Server = process.getBuiltinModule('node:https').createServer(
    {
      ...base,
      ALPNProtocols: ['http/1.1'],
      // a token may stand in for it, so a handshake without one goes on
      requestCert: asksForCertificate,
      rejectUnauthorized: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
      headersTimeout: timeout,
      requestTimeout: timeout,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => void answer(request, response, ports, callers.isKnown),
  );
  server.maxConnections = config.maxConnections;
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION;
  server.setTimeout(IDLE_MS + timeout, (socket) => socket.destroy());
  server.on('tlsClientError', (_, socket) => socket.destroy());
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const show = ({ chain, privateKey }: ShownSvid): void =>
    server.setSecureContext({
      ...base,
      cert: toPem('CERTIFICATE', ...chain),
      key: toPem('PRIVATE KEY', privateKey),
    });
  if (svid.current) show(svid.current);
  const stopShowing = svid.onChange(show);
  try {
    const port = await listen(server, config.host, config.port, 'admission.port');
    return {
      port,
      close: async (graceMs) => {
        stopShowing();
        const timer = setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, graceMs);
        await stopListening(server, graceMs);
        clearTimeout(timer);
      },
    };
  } catch (thrown) {
    stopShowing();
    throw thrown;
  }
}

/** Every request has an answer, or its connection ends. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { config, clusters, decide, onRefused }: AdmissionEndpointPorts,
  isKnown: (request: IncomingMessage) => boolean,
): Promise<void> {
  try {
    if (!isKnown(request)) throw unknownCaller();
    const { cluster, timeoutSeconds } = routeOf(request, clusters);
    const review = readReview(await readBody(request, config.maxBodyBytes));
    const verdict = await decide(cluster, review, timeoutSeconds);
    send(response, 200, toAdmissionAnswer(review.uid, verdict));
  } catch (thrown) {
    const fault = thrown instanceof Fault ? thrown : new Fault('admission/fault', 'It failed');
    onRefused(fault.code);
    // what comes with the request is not waited for
    response.setHeader('connection', 'close');
    const { http } = statusOf(fault.code);
    send(response, http, { code: fault.code, message: fault.message, hint: fault.hint });
  }
}

const unknownCaller = (): Fault =>
  new Fault('admission/unauthenticated', 'Only API servers that are known may ask', {
    hint: 'show a client certificate, or a token as `Authorization: Bearer`',
  });

function send(response: ServerResponse, status: number, value: object): void {
  if (response.destroyed) return;
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
