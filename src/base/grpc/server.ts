import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type SecureServerOptions,
  type ServerOptions,
} from 'node:http2';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { Calls, type EndedCall } from './calls.ts';
import { Connections } from './connections.ts';
import { Health, healthService } from './health.ts';
import { DEFAULT_LIMITS, type GrpcLimits } from './limits.ts';
import type { GrpcCall, GrpcService } from './method.ts';
import { reflectionServices } from './reflection/service.ts';
import type { GrpcRefusal } from './refusals.ts';

/** What a server shows in TLS, in PEM. With `ca`, callers may show a certificate of it; whether they must is for
 *  `admit` to say. */
export interface GrpcTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string | Buffer;
  /** Without `ca`: callers may show any certificate, of which nothing has been judged when `admit` sees it. */
  readonly asksForCertificate?: boolean;
  /** What is shown to those who ask for a server of this name (SNI); undefined: what is shown to all.
   *  @see RFC 6066 §3 */
  readonly shownTo?: (serverName: string) => Pick<GrpcTls, 'cert' | 'key' | 'ca'> | undefined;
}

export interface GrpcServerOptions {
  readonly services: readonly GrpcService[];
  readonly limits?: Partial<GrpcLimits>;
  /** Absent: HTTP/2 in plain text, for callers on the same machine. */
  readonly tls?: GrpcTls;
  /** Tools may ask which services there are and what they take, if they are admitted.
   *  @see GrpcService.files */
  readonly hasReflection?: boolean;
  /** Hears of every connection before its first call, with the very socket that its calls have. */
  readonly onConnection?: (socket: Socket) => void;
  /** Throws a Fault for a caller who may not call. Absent: everybody may. */
  readonly admit?: (call: Pick<GrpcCall, 'path' | 'headers' | 'socket'>) => void;
  /** Hears of every call of gRPC when it is answered. */
  readonly onEnd?: (call: EndedCall) => void;
  /** Hears of what ends before it is a call. */
  readonly onRefused?: (reason: GrpcRefusal) => void;
}

export interface GrpcServer {
  /** To listen with, and for its address. */
  readonly server: Http2Server;
  readonly calls: Pick<Calls, 'count' | 'heldBytes'>;
  readonly connections: Pick<Connections, 'count'>;
  /** What the health service says; everything is there until it is set otherwise. */
  readonly health: Pick<Health, 'set' | 'setAll'>;
  /** Connections from now on are shown these; those that are there stay as they are.
   *  @throws {RangeError} for a server without TLS */
  setTls(tls: Pick<GrpcTls, 'cert' | 'key' | 'ca'>): void;
  /** Stops to listen, ends streams after what has come of them, and gives calls `graceMs` to end. */
  close(graceMs: number): Promise<void>;
}

/** A gRPC server on `node:http2`, with the health service beside the given ones. Not listening yet.
 *  @see gRPC over HTTP2 */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { services, admit = () => {}, onEnd = () => {}, onRefused = () => {} } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const server = createHttp2Server(limits, options.tls);
  const health = new Health(services.map(({ name }) => name));
  const own = [...services, healthService(health)];
  const all = options.hasReflection ? [...own, ...reflectionServices(own)] : own;
  const calls = new Calls({ limits, services: all, admit, onEnd, onRefused });
  const connections = new Connections(server, limits, onRefused);
  server.on('stream', (stream, headers) => void calls.serve(stream, headers));
  const { onConnection } = options;
  // The types do not say that the socket of a session is made for good, and is one.
  if (onConnection) server.on('session', ({ socket }) => onConnection(socket as Socket));
  return {
    server,
    calls,
    connections,
    health,
    setTls: (tls) => {
      if (options.tls === undefined) throw new RangeError('The server has no TLS');
      // with TLS it was made by createSecureServer, which the types take for the same
      (server as unknown as Http2SecureServer).setSecureContext(contextOf(tls));
    },
    close: async (graceMs) => {
      health.setAll(false);
      const closed = new Promise<void>((resolve) => {
        if (server.listening) server.close(() => resolve());
        else resolve();
      });
      calls.endStreams();
      connections.close();
      const timer = setTimeout(() => connections.destroy(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function createHttp2Server(limits: GrpcLimits, tls: GrpcServerOptions['tls']): Http2Server {
  const options: ServerOptions = {
    // Beyond these the connection is closed with ENHANCE_YOUR_CALM. Resets are a thousand at once and
    // then 33 a second by Node's own default, settings and continuations nghttp2 bounds by itself.
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    maxHeaderListPairs: 100,
    unknownProtocolTimeout: limits.answerSeconds * 1_000,
    settings: {
      enablePush: false,
      initialWindowSize: limits.windowBytes,
      maxConcurrentStreams: limits.maxCallsPerConnection,
      maxHeaderListSize: 16 * 1024,
    },
  };
  if (tls === undefined) return createServer(options);
  const asks = tls.ca !== undefined || tls.asksForCertificate === true;
  const secure: SecureServerOptions = {
    ...options,
    ...contextOf(tls),
    handshakeTimeout: limits.answerSeconds * 1_000,
    ...(asks && { requestCert: true, rejectUnauthorized: false }),
    ...(tls.shownTo && { SNICallback: sniCallback(tls.shownTo) }),
  };
  return createSecureServer(secure);
}

function sniCallback(
  shownTo: NonNullable<GrpcTls['shownTo']>,
): NonNullable<SecureServerOptions['SNICallback']> {
  return (serverName, callBack) => {
    try {
      const tls = shownTo(serverName);
      callBack(null, tls && createSecureContext(contextOf(tls)));
    } catch (thrown) {
      callBack(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  };
}

/** What a connection is made with, as long as it is not replaced. */
function contextOf({ cert, key, ca }: GrpcTls): SecureServerOptions {
  return { cert, key, minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) };
}
