import { constants, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { GrpcLimits } from './limits.ts';
import type { GrpcRefusal } from './refusals.ts';

/** Frames that ask for an answer of the protocol's own, in a minute in which no call begins. */
const MAX_CONTROL_FRAMES = 1_000;
const MINUTE_MS = 60_000;
/** Room for several calls at once; each has its own window besides. */
const WINDOWS_PER_CONNECTION = 4;

/** Watches the connections of a server: how many there are, whether anybody is at the other end, and
 *  whether it keeps them busy without calling. */
export class Connections {
  readonly #limits: GrpcLimits;
  readonly #onRefused: (reason: GrpcRefusal) => void;
  readonly #sessions = new Set<ServerHttp2Session>();
  /** Those that have not shaken hands yet are no sessions. */
  readonly #sockets = new Set<Socket>();

  constructor(server: Http2Server, limits: GrpcLimits, onRefused: (reason: GrpcRefusal) => void) {
    this.#limits = limits;
    this.#onRefused = onRefused;
    server.maxConnections = limits.maxConnections;
    server.on('drop', () => onRefused('too many connections'));
    server.on('session', (session) => this.#watch(session));
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('tlsClientError', () => onRefused('no handshake'));
    server.on('sessionError', () => onRefused('broken connection'));
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Lets calls under way end, and none begin. */
  close(): void {
    for (const session of this.#sessions) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #watch(session: ServerHttp2Session): void {
    const { idleSeconds, answerSeconds, windowBytes } = this.#limits;
    this.#sessions.add(session);
    session.on('close', () => this.#sessions.delete(session));
    session.setLocalWindowSize(windowBytes * WINDOWS_PER_CONNECTION);
    let calls = 0;
    let hasCalled = false;
    const control = new ControlFrames(() => {
      this.#onRefused('control frames without calls');
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      session.destroy();
    });
    session.on('ping', () => control.count());
    session.on('remoteSettings', () => control.count());
    session.on('stream', (stream) => {
      calls++;
      control.reset();
      // which begins anew with all that comes and goes
      if (!hasCalled) session.setTimeout(idleSeconds * 1_000);
      hasCalled = true;
      stream.on('close', () => calls--);
    });
    session.on('timeout', () => {
      if (calls === 0) session.close();
      else this.#ask(session, answerSeconds * 1_000);
    });
    // Who does not begin to call soon after connecting is not waited for as long.
    session.setTimeout(answerSeconds * 1_000);
  }

  /** Pings; a connection without an answer is dead, however many calls it has. */
  #ask(session: ServerHttp2Session, answerMs: number): void {
    const giveUp = (): void => {
      this.#onRefused('nobody there');
      session.destroy();
    };
    const timer = setTimeout(giveUp, answerMs);
    session.once('close', () => clearTimeout(timer));
    if (!session.ping(() => clearTimeout(timer))) giveUp();
  }
}

class ControlFrames {
  readonly #onFlood: () => void;
  #count = 0;
  #since = performance.now();

  constructor(onFlood: () => void) {
    this.#onFlood = onFlood;
  }

  reset(): void {
    this.#count = 0;
    this.#since = performance.now();
  }

  count(): void {
    if (performance.now() - this.#since > MINUTE_MS) this.reset();
    this.#count++;
    if (this.#count === MAX_CONTROL_FRAMES) this.#onFlood();
  }
}
