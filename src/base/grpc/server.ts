import type { Server, Socket } from 'node:net';
import { createSecureContext, type TlsOptions, type Server as TlsServer } from 'node:tls';
import { createHttp2Server, type Http2Limits } from '../http2/index.ts';
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
  readonly server: Server;
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

/** A gRPC server over HTTP/2, with the health service beside the given ones. Not listening yet.
 *  @see gRPC over HTTP2 */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { services, admit = () => {}, onEnd = () => {}, onRefused = () => {} } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const health = new Health(services.map(({ name }) => name));
  const own = [...services, healthService(health)];
  const all = options.hasReflection ? [...own, ...reflectionServices(own)] : own;
  const calls = new Calls({ limits, services: all, admit, onEnd, onRefused });
  const connections = new Connections(limits, onRefused);
  const server = createHttp2Server({
    limits: http2Limits(limits),
    ...(options.tls && { tls: tlsOptions(options.tls, limits) }),
    onConnection: (connection) => {
      connections.begin(connection);
      options.onConnection?.(connection.socket);
    },
    onStream: (stream, connection) => {
      connections.called(connection);
      calls.serve(stream);
    },
    onClose: (connection, fault) => connections.end(connection, fault),
    onOtherProtocol: () => onRefused('broken connection'),
  });
  connections.watch(server);
  return {
    server,
    calls,
    connections,
    health,
    setTls: (tls) => {
      if (options.tls === undefined) throw new RangeError('The server has no TLS');
      // with TLS it was made as one
      (server as TlsServer).setSecureContext(contextOf(tls));
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

/** Room for several calls at once; each has its own window besides. */
const WINDOWS_PER_CONNECTION = 4;
const MAX_HEADERS = 100;
const MAX_HEADER_BYTES = 16 * 1024;

function http2Limits(limits: GrpcLimits): Http2Limits {
  return {
    headers: { maxFields: MAX_HEADERS, maxListBytes: MAX_HEADER_BYTES },
    maxStreams: limits.maxCallsPerConnection,
    windowBytes: limits.windowBytes,
    connectionWindowBytes: limits.windowBytes * WINDOWS_PER_CONNECTION,
    answerMs: limits.answerSeconds * 1_000,
  };
}

function tlsOptions(tls: GrpcTls, limits: GrpcLimits): TlsOptions {
  const asks = tls.ca !== undefined || tls.asksForCertificate === true;
  return {
    ...contextOf(tls),
    handshakeTimeout: limits.answerSeconds * 1_000,
    ...(asks && { requestCert: true, rejectUnauthorized: false }),
    ...(tls.shownTo && { SNICallback: sniCallback(tls.shownTo) }),
  };
}

function sniCallback(
  shownTo: NonNullable<GrpcTls['shownTo']>,
): NonNullable<TlsOptions['SNICallback']> {
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
function contextOf({ cert, key, ca }: GrpcTls): TlsOptions {
  return { cert, key, minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) };
}
