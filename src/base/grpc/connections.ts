import { constants, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { GrpcLimits } from './limits.ts';

/** Frames that ask for an answer of the protocol's own, in a minute in which no call begins. */
const MAX_CONTROL_FRAMES = 1_000;
const MINUTE_MS = 60_000;
/** Room for several calls at once; each has its own window besides. */
const WINDOWS_PER_CONNECTION = 4;

/** Watches the connections of a server: how many there are, whether anybody is at the other end, and
 *  whether it keeps them busy without calling. */
export class Connections {
  readonly #limits: GrpcLimits;
  readonly #sessions = new Set<ServerHttp2Session>();
  /** Those that have not shaken hands yet are no sessions. */
  readonly #sockets = new Set<Socket>();

  constructor(server: Http2Server, limits: GrpcLimits) {
    this.#limits = limits;
    server.maxConnections = limits.maxConnections;
    server.on('session', (session) => this.#watch(session));
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    // Also where the handshake takes too long, which by itself closes nothing.
    server.on('tlsClientError', (_: unknown, socket: Socket) => socket.destroy());
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
    // Whatever breaks a connection also closes it.
    session.on('error', () => {});
    session.setLocalWindowSize(windowBytes * WINDOWS_PER_CONNECTION);
    let calls = 0;
    const control = new ControlFrames(() =>
      session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM),
    );
    session.on('ping', () => control.count());
    session.on('remoteSettings', () => control.count());
    session.on('stream', (stream) => {
      calls++;
      control.reset();
      session.setTimeout(idleSeconds * 1_000);
      stream.on('close', () => calls--);
    });
    session.on('timeout', () => {
      if (calls === 0) session.close();
      else ask(session, answerSeconds * 1_000);
    });
    // Who does not begin to call soon after connecting is not waited for as long.
    session.setTimeout(answerSeconds * 1_000);
  }
}

/** Pings; a connection without an answer is dead, however many calls it has. */
function ask(session: ServerHttp2Session, answerMs: number): void {
  const timer = setTimeout(() => session.destroy(), answerMs);
  session.once('close', () => clearTimeout(timer));
  if (!session.ping(() => clearTimeout(timer))) session.destroy();
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
