import type { Socket } from 'node:net';
import { Floods } from './floods.ts';
import { FrameReader } from './frame-reader.ts';
import { frameOf, goawayFrame, settingsFrame, windowUpdateFrame } from './frames.ts';
import type { HeaderLimits } from './hpack/index.ts';
import { Incoming } from './incoming.ts';
import { Output } from './output.ts';
import { ERROR, type ErrorCode, FRAME, INITIAL_WINDOW } from './protocol.ts';
import { ConnectionFault } from './protocol-fault.ts';
import type { Http2Stream } from './stream.ts';
import { Streams } from './streams.ts';

export interface Http2Limits {
  readonly headers: HeaderLimits;
  /** Requests under way on one connection. */
  readonly maxStreams: number;
  /** Bytes of one body that may be on their way before any is taken; 65,535 at least, which clients take for granted. */
  readonly windowBytes: number;
  /** As `windowBytes`, of all bodies of a connection together. */
  readonly connectionWindowBytes: number;
  /** How long a client may take to begin, and to send all of the headers of a request. */
  readonly answerMs: number;
}

export interface ConnectionPorts {
  readonly limits: Http2Limits;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Serves a request; sets its listeners at once. Must not throw. */
  readonly onStream: (stream: Http2Stream, connection: Http2Connection) => void;
  /** The connection is over.
   *  @param fault how the client has broken the protocol */
  readonly onClose: (connection: Http2Connection, fault: ConnectionFault | undefined) => void;
}

/** Output that waits for a client beyond this: nothing more is read of it meanwhile, so that it is not answered. */
const MAX_WAITING_BYTES = 256 * 1024;
/** How long a client may take to hang up after it was told that the connection is over. */
const LINGER_MS = 1_000;

/** The server's side of one connection.
 *  @see RFC 9113 */
export class Http2Connection {
  readonly socket: Socket;
  readonly #ports: ConnectionPorts;
  readonly #output: Output;
  readonly #streams: Streams;
  readonly #incoming: Incoming;
  readonly #reader: FrameReader;
  readonly #pings: (() => void)[] = [];
  #idleSince: number;
  #isOver = false;
  #fault: ConnectionFault | undefined;
  /** For the preface, and for headers that have begun. */
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, ports: ConnectionPorts) {
    const { limits, now } = ports;
    const floods = new Floods(now);
    this.socket = socket;
    this.#ports = ports;
    this.#idleSince = now();
    this.#output = new Output(socket);
    this.#streams = new Streams({
      ...limits,
      socket,
      floods,
      output: this.#output,
      onStream: (stream) => ports.onStream(stream, this),
      onIdle: () => this.#idle(),
    });
    this.#incoming = new Incoming({
      headers: limits.headers,
      streams: this.#streams,
      floods,
      onPong: () => this.#pings.shift()?.(),
      onGoaway: () => this.close(),
      onWaiting: (isWaiting) => this.#wait(isWaiting),
    });
    this.#reader = new FrameReader(this.#incoming);
    this.#begin();
  }

  /** Requests under way. */
  get streamCount(): number {
    return this.#streams.count;
  }

  /** Milliseconds since the last request ended, or the connection began. */
  get idleMs(): number {
    return this.#ports.now() - this.#idleSince;
  }

  /** Asks the client for a sign of life. */
  ping(onAnswer: () => void): void {
    this.#pings.push(onAnswer);
    this.#output.write(frameOf(FRAME.ping, 0, 0, Buffer.alloc(8)));
  }

  /** Lets the requests under way end, and none begin; then the connection ends. */
  close(): void {
    if (this.#isOver || this.#streams.isClosing) return;
    this.#goaway(ERROR.none);
    if (this.#streams.count === 0) this.#end();
  }

  /** Ends the connection at once, without a word. */
  destroy(): void {
    this.socket.destroy();
    this.#over();
  }

  #begin(): void {
    const { headers, maxStreams, windowBytes, connectionWindowBytes } = this.#ports.limits;
    const settings = {
      maxConcurrentStreams: maxStreams,
      initialWindowSize: windowBytes,
      maxHeaderListSize: headers.maxListBytes,
    };
    this.#output.write(settingsFrame(settings));
    const more = connectionWindowBytes - INITIAL_WINDOW;
    if (more > 0) this.#output.write(windowUpdateFrame(0, more));
    this.#wait(true);
    this.socket.on('data', this.#read);
    this.socket.on('drain', this.#drained);
    this.socket.on('end', () => this.destroy());
    // what becomes of it is told by its `close`
    this.socket.on('error', () => {});
    this.socket.on('close', () => this.#over());
  }

  readonly #read = (chunk: Buffer): void => {
    if (this.#isOver) return;
    try {
      this.#reader.push(chunk);
    } catch (thrown) {
      if (!(thrown instanceof ConnectionFault)) throw thrown;
      this.#fail(thrown);
      return;
    }
    if (this.#output.waitingBytes > MAX_WAITING_BYTES) this.socket.pause();
  };

  readonly #drained = (): void => {
    this.#streams.sender.pump();
    if (this.socket.isPaused()) this.socket.resume();
  };

  #fail(fault: ConnectionFault): void {
    if (this.#isOver) return;
    this.#fault = fault;
    // who speaks HTTP/1 would not understand it
    if (fault.errorCode !== ERROR.http11Required) this.#goaway(fault.errorCode);
    this.#end();
  }

  #goaway(code: ErrorCode): void {
    this.#output.write(goawayFrame(this.#streams.stop(), code));
  }

  #idle(): void {
    this.#idleSince = this.#ports.now();
    if (this.#streams.isClosing) this.#end();
  }

  /** Sends what there is to send, and hangs up. What the client still sends is thrown away: were it left unread, the
   *  system would throw away what the client has not read. */
  #end(): void {
    if (this.#isOver) return;
    this.#output.flush();
    this.#over();
    this.socket.end();
    this.socket.resume();
    const timer = setTimeout(() => this.socket.destroy(), LINGER_MS);
    this.socket.once('close', () => clearTimeout(timer));
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#incoming.stop();
    this.#wait(false);
    this.#streams.breakAll();
    this.#ports.onClose(this, this.#fault);
  }

  #wait(isWaiting: boolean): void {
    clearTimeout(this.#timer);
    if (!isWaiting) return;
    this.#timer = setTimeout(this.#giveUp, this.#ports.limits.answerMs);
  }

  readonly #giveUp = (): void => {
    this.#fail(new ConnectionFault(ERROR.protocol, 'What the client has begun does not go on'));
  };
}
