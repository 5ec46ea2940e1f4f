import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import type { TrustBundle } from '../../spiffe/index.ts';
import type { BundleEndpointConfig } from '../config.ts';
import { answerTo, type BundleAnswer, documentWriter } from './answer.ts';
import {
  credentialsOf,
  readCredentials,
  type ServerCredentials,
  type SvidSource,
} from './credentials.ts';

export interface BundleEndpointPorts {
  /** The bundle of this trust domain, now; a new object each time that it has changed. */
  readonly bundle: () => TrustBundle;
  /** Of the profile `https_spiffe`. Until it has an SVID, handshakes fail. */
  readonly svid: SvidSource;
  /** Told of what failed and will be tried again. */
  readonly warn: (message: string, fault: unknown) => void;
  /** Told of the status of each answer. */
  readonly onAnswer?: (status: number) => void;
}

export interface BundleEndpoint {
  readonly host: string;
  readonly port: number;
  /** Connections that are open. */
  connections(): number;
  /** Takes no more requests, and gives those that have begun `graceMs` to end. */
  close(graceMs: number): Promise<void>;
}

/** As wide as Mozilla's intermediate compatibility, without what it keeps for older clients than TLS 1.2.
 *  @see SPIFFE Federation §5.2 */
const TLS = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  // whoever comes again verifies again
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;
const MAX_HEADER_BYTES = 8_192;
const REQUESTS_PER_CONNECTION = 100;

/** Serves the bundle of this trust domain over HTTPS to whoever asks.
 *  @throws {Fault} `identity/bundle-endpoint-unavailable` where it cannot listen there,
 *  `identity/bundle-endpoint-certificate`, `identity/federation-file-…`
 *  @see SPIFFE Federation §4, §5.2 */
export async function serveBundleEndpoint(
  ports: BundleEndpointPorts,
  config: BundleEndpointConfig,
): Promise<BundleEndpoint> {
  const server = createServer(ports, config);
  // those that have not shaken hands yet are none to `http`
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const stopRenewing = await keepCredentials(server, ports, config);
  try {
    server.listen(config.port, config.host);
    await once(server, 'listening');
  } catch (thrown) {
    stopRenewing();
    throw new Fault(
      'identity/bundle-endpoint-unavailable',
      `The bundle endpoint cannot listen at ${quote(`${config.host}:${config.port}`, 200)}: ${messageOf(thrown)}`,
      { hint: 'choose another `host` or `port`', cause: thrown },
    );
  }
  const { port } = server.address() as AddressInfo;
  return {
    host: config.host,
    port,
    connections: () => sockets.size,
    close: async (graceMs) => {
      stopRenewing();
      await close(server, sockets, graceMs);
    },
  };
}

function createServer(ports: BundleEndpointPorts, config: BundleEndpointConfig): Server {
  const timeout = config.requestSeconds * 1_000;
  const write = documentWriter();
  const https = process.getBuiltinModule('node:https');
  const server = https.createServer(
    {
      ...TLS,
      ALPNProtocols: ['http/1.1'],
      maxHeaderSize: MAX_HEADER_BYTES,
      handshakeTimeout: timeout,
      headersTimeout: timeout,
      requestTimeout: timeout,
      keepAliveTimeout: timeout,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      const answer = answerTo(
        {
          method: request.method,
          target: request.url,
          ifNoneMatch: request.headers['if-none-match'],
        },
        config.path,
        ports.bundle(),
        write,
      );
      send(request, response, answer);
      ports.onAnswer?.(answer.status);
    },
  );
  server.maxConnections = config.maxConnections;
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION;
  // silence, while an answer is read among others
  server.setTimeout(timeout, (socket) => socket.destroy());
  return server;
}

function send(request: IncomingMessage, response: ServerResponse, answer: BundleAnswer): void {
  // what comes with a request is not waited for
  const hasBody =
    request.headers['transfer-encoding'] !== undefined ||
    Number(request.headers['content-length'] ?? 0) > 0;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.status !== 304 && { 'content-length': answer.body.length }),
    ...(hasBody && { connection: 'close' }),
    'x-content-type-options': 'nosniff',
  });
  // what has no body is sent without one: Node knows which answers these are
  response.end(answer.body);
}

/** Has the server show what it proves itself with now, for each handshake from then on: connections that
 *  are open go on.
 *  @returns what ends it */
async function keepCredentials(
  server: Server,
  ports: BundleEndpointPorts,
  { authentication }: BundleEndpointConfig,
): Promise<() => void> {
  const show = (credentials: ServerCredentials) =>
    server.setSecureContext({ ...TLS, ...credentials });
  if (authentication.profile === 'https_spiffe') {
    const { svid } = ports;
    if (svid.current) show(credentialsOf(svid.current));
    return svid.onChange((changed) => show(credentialsOf(changed)));
  }
  let shown = await readCredentials(authentication);
  show(shown);
  const timer = setInterval(async () => {
    try {
      const read = await readCredentials(authentication);
      if (isSame(read, shown)) return;
      show(read);
      shown = read;
    } catch (thrown) {
      ports.warn('The certificate of the bundle endpoint was not read anew', thrown);
    }
  }, authentication.reloadSeconds * 1_000).unref();
  return () => clearInterval(timer);
}

const isSame = (a: ServerCredentials, b: ServerCredentials): boolean =>
  String(a.cert) === String(b.cert) && String(a.key) === String(b.key);

async function close(server: Server, sockets: Iterable<Duplex>, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, graceMs);
  await closed;
  clearTimeout(timer);
}
