import type { RequestListener } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type SecureServerOptions,
} from 'node:http2';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { guardServer, HANDSHAKE_MS, type MtlsServerOptions, SERVER_TLS } from './guard.ts';

/** What TLS settles by itself here, and nobody else may set. */
type OfTls =
  | 'ca'
  | 'cert'
  | 'key'
  | 'pfx'
  | 'crl'
  | 'passphrase'
  | 'minVersion'
  | 'requestCert'
  | 'rejectUnauthorized'
  | 'secureContext'
  | 'secureOptions'
  | 'SNICallback'
  | 'ticketKeys'
  | 'sessionTimeout'
  | 'sessionIdContext';

export interface MtlsHttpsOptions extends MtlsServerOptions {
  /** What `https.createServer` takes besides: timeouts, sizes of headers. */
  readonly http?: Omit<ServerOptions, OfTls>;
}

export interface MtlsHttp2Options extends MtlsServerOptions {
  /** What `http2.createSecureServer` takes besides, `allowHTTP1` among it. */
  readonly http2?: Omit<SecureServerOptions, OfTls>;
}

/** A server of HTTPS that only workloads can call that prove who they are and are accepted: `callerOf`
 *  tells who it is. It shows its own X.509-SVID, and each new one as it comes, without losing a request.
 *  Connections whose proof ends are closed: idle ones at once, busy ones after the response.
 *
 *  Wait for `source.ready()` before listening: without an SVID handshakes fail.
 *  @throws {ReeveError} `identity/id-malformed`, `mtls/accept-…` */
export function createMtlsServer(
  { http = {}, ...options }: MtlsHttpsOptions,
  listener?: RequestListener,
): Server {
  const server = createServer({ handshakeTimeout: HANDSHAKE_MS, ...http, ...SERVER_TLS }, listener);
  guardServer(server, options);
  return server;
}

/** As `createMtlsServer`, of HTTP/2: connections whose proof ends are told to go away, and their streams
 *  run to their ends. */
export function createMtlsHttp2Server(
  { http2 = {}, ...options }: MtlsHttp2Options,
  listener?: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Http2SecureServer {
  const server = createSecureServer(
    { handshakeTimeout: HANDSHAKE_MS, ...http2, ...SERVER_TLS },
    listener,
  );
  guardServer(server, options);
  return server;
}
