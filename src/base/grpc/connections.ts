import type { Server, Socket } from 'node:net';
import type { ConnectionFault, Http2Connection } from '../http2/index.ts';
import type { GrpcLimits } from './limits.ts';
import type { GrpcRefusal } from './refusals.ts';

/** Watches the connections of a server: how many there are, and whether anybody is at the other end. */
export class Connections {
  readonly #limits: GrpcLimits;
  readonly #onRefused: (reason: GrpcRefusal) => void;
  readonly #connections = new Set<Http2Connection>();
  /** Those that were asked whether anybody is there, and how long they may take to say so. */
  readonly #asked = new Map<Http2Connection, NodeJS.Timeout>();
  /** Those that have not shaken hands yet are no connections of HTTP/2. */
  readonly #sockets = new Set<Socket>();

  constructor(limits: GrpcLimits, onRefused: (reason: GrpcRefusal) => void) {
    this.#limits = limits;
    this.#onRefused = onRefused;
  }

  get count(): number {
    return this.#connections.size;
  }

  /** Watches what connects to a server. */
  watch(server: Server): void {
    server.maxConnections = this.#limits.maxConnections;
    server.on('drop', () => this.#onRefused('too many connections'));
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('tlsClientError', () => this.#onRefused('no handshake'));
  }

  /** A connection has begun. Who does not begin to call soon is not waited for as long as others. */
  begin(connection: Http2Connection): void {
    this.#connections.add(connection);
    const { socket } = connection;
    socket.setTimeout(this.#limits.answerSeconds * 1_000);
    socket.on('timeout', () => {
      const idleMs = socket.timeout ?? 0;
      if (connection.streamCount > 0) this.#ask(connection);
      // a call that ends within the tick in which the time is over comes too late to put it off
      else if (connection.idleMs < idleMs / 2) socket.setTimeout(idleMs);
      else connection.close();
    });
  }

  /** A connection has made its first call: its silence is borne longer from now on. */
  called({ socket }: Http2Connection): void {
    const idleMs = this.#limits.idleSeconds * 1_000;
    if (socket.timeout !== idleMs) socket.setTimeout(idleMs);
  }

  /** A connection is over. */
  end(connection: Http2Connection, fault: ConnectionFault | undefined): void {
    this.#connections.delete(connection);
    this.#answered(connection);
    if (fault)
      this.#onRefused(fault.isFlood ? 'control frames without calls' : 'broken connection');
  }

  /** Lets calls under way end, and none begin. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  destroy(): void {
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Pings; a connection without an answer is dead, however many calls it has. */
  #ask(connection: Http2Connection): void {
    if (this.#asked.has(connection)) return;
    const giveUp = (): void => {
      this.#onRefused('nobody there');
      connection.destroy();
    };
    this.#asked.set(connection, setTimeout(giveUp, this.#limits.answerSeconds * 1_000));
    connection.ping(() => this.#answered(connection));
  }

  #answered(connection: Http2Connection): void {
    clearTimeout(this.#asked.get(connection));
    this.#asked.delete(connection);
  }
}
