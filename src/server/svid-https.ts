import { constants } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, ServerOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { toPem } from '../identity/x509/index.ts';
import { listen, stopListening } from './listen.ts';

/** A certificate with its key, both in DER; the leaf first. */
export interface ShownSvid {
  readonly chain: readonly Buffer[];
  readonly privateKey: Buffer;
}

export interface SvidListenerPorts {
  readonly at: { readonly host: string; readonly port: number; readonly maxConnections: number };
  /** What says where it listens: `admission.port`. */
  readonly setting: string;
  /** What the listener shows, now and whenever it is renewed. Until there is one, handshakes fail. */
  readonly svid: {
    readonly current: ShownSvid | undefined;
    onChange(listener: (svid: ShownSvid) => void): () => void;
  };
  /** Who signs certificates of callers, where OpenSSL is to be content with them. Once it is with a chain, Node shows no
   *  more of that than the leaf. */
  readonly ca?: ServerOptions['ca'];
  /** Whether callers are asked for a certificate; a handshake without one goes on. */
  readonly requestCert: boolean;
  /** Longest that a request may take to arrive. */
  readonly requestMs: number;
  /** Longest that its answer may be waited for. */
  readonly answerMs: number;
  readonly requestsPerConnection: number;
  /** Answers every request; never rejects. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export interface SvidListener {
  readonly port: number;
  close(graceMs: number): Promise<void>;
}

const TLS = {
  minVersion: 'TLSv1.2',
  // whoever comes again verifies again
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;
const MAX_HEADER_BYTES = 16_384;
const IDLE_MS = 90_000;
const HANDSHAKE_MS = 10_000;
/** No session is kept that could be taken up again. */
const NO_SESSIONS = 0;

/** Listens over HTTPS with the server's own SVID. Callers are judged by `answer`, and not by OpenSSL.
 *  @throws {Fault} `server/port-unavailable` */
export async function serveWithSvid(ports: SvidListenerPorts): Promise<SvidListener> {
  const { at, svid, ca, requestCert, requestMs } = ports;
  const base = { ...TLS, ...(ca !== undefined && { ca }) };
  const server: Server = process.getBuiltinModule('node:https').createServer(
    {
      ...base,
      ALPNProtocols: ['http/1.1'],
      requestCert,
      rejectUnauthorized: false,
      sessionTimeout: NO_SESSIONS,
      maxHeaderSize: MAX_HEADER_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: 1_000,
      noDelay: true,
    },
    (request, response) => void ports.answer(request, response),
  );
  server.maxConnections = at.maxConnections;
  server.maxRequestsPerSocket = ports.requestsPerConnection;
  server.setTimeout(IDLE_MS + ports.answerMs, (socket) => socket.destroy());
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
    const port = await listen(server, at.host, at.port, ports.setting);
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
