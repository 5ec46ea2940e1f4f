import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { type ConnectionPorts, Http2Connection } from './connection.ts';
import { INITIAL_WINDOW } from './protocol.ts';

export interface Http2ServerPorts extends Omit<ConnectionPorts, 'now'> {
  /** Absent: HTTP/2 in plain text, of clients that know so beforehand. */
  readonly tls?: TlsOptions;
  /** A client has connected, and shaken hands where there is TLS. */
  readonly onConnection: (connection: Http2Connection) => void;
  /** TLS was agreed on, and not HTTP/2. */
  readonly onOtherProtocol: () => void;
}

/** A server of HTTP/2 and nothing else. Not listening yet.
 *  @throws {RangeError} for a window that is smaller than clients take for granted
 *  @see RFC 9113 §3 */
export function createHttp2Server({ tls, ...ports }: Http2ServerPorts): Server {
  if (ports.limits.windowBytes < INITIAL_WINDOW) {
    throw new RangeError(`windowBytes must be at least ${INITIAL_WINDOW}`);
  }
  const withClock = { ...ports, now: () => performance.now() };
  const begin = (socket: Socket): void => {
    socket.setNoDelay(true);
    ports.onConnection(new Http2Connection(socket, withClock));
  };
  if (tls === undefined) return createServer(begin);
  const server = createTlsServer({ ...tls, ALPNProtocols: ['h2'] }, (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') begin(socket);
    else {
      socket.destroy();
      ports.onOtherProtocol();
    }
  });
  // Node leaves open what has not shaken hands in time
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return server;
}
