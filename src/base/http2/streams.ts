import type { Socket } from 'node:net';
import { ClosedStreams } from './closed-streams.ts';
import type { Floods } from './floods.ts';
import { resetFrame, windowUpdateFrame } from './frames.ts';
import type { Output } from './output.ts';
import { ERROR, type ErrorCode, INITIAL_WINDOW } from './protocol.ts';
import { ConnectionFault } from './protocol-fault.ts';
import type { RequestHeaders } from './request-headers.ts';
import { Sender } from './sender.ts';
import { Http2Stream, type StreamHost } from './stream.ts';

export interface StreamsPorts {
  readonly socket: Socket;
  readonly output: Output;
  readonly floods: Floods;
  readonly maxStreams: number;
  readonly windowBytes: number;
  readonly connectionWindowBytes: number;
  /** Serves a request; sets its listeners at once. */
  readonly onStream: (stream: Http2Stream) => void;
  /** None is open any more. */
  readonly onIdle: () => void;
}

/** The streams of one connection, and the window that their bodies share.
 *  @see RFC 9113 §5 */
export class Streams implements StreamHost {
  readonly socket: Socket;
  readonly sender: Sender;
  readonly windowBytes: number;
  readonly #ports: StreamsPorts;
  readonly #open = new Map<number, Http2Stream>();
  readonly #closed = new ClosedStreams();
  /** The latest that the client has begun. */
  #lastId = 0;
  /** Those beyond this are not served any more. */
  #maxId = Number.POSITIVE_INFINITY;
  /** With which answers begin. */
  #sendWindow = INITIAL_WINDOW;
  /** Bytes that the client may still send, and that it has not been told of. */
  #window: number;
  #untold = 0;

  constructor(ports: StreamsPorts) {
    const { socket, output, floods, windowBytes, connectionWindowBytes } = ports;
    this.socket = socket;
    this.windowBytes = windowBytes;
    this.#ports = ports;
    this.#window = connectionWindowBytes;
    this.sender = new Sender(output, () => floods.data());
  }

  get count(): number {
    return this.#open.size;
  }

  /** No request begins any more. */
  get isClosing(): boolean {
    return this.#maxId !== Number.POSITIVE_INFINITY;
  }

  get(streamId: number): Http2Stream | undefined {
    return this.#open.get(streamId);
  }

  /** Whether the client has begun it, and be it long ago. */
  hasBegun(streamId: number): boolean {
    return streamId % 2 === 1 && streamId <= this.#lastId;
  }

  /** What comes of a stream that is closed is not held against the client: it cannot have heard of that yet. */
  isForgiven(streamId: number): boolean {
    return streamId > this.#maxId || this.#closed.has(streamId);
  }

  /** Lets no request begin from now on; gives the latest that is served. */
  stop(): number {
    this.#maxId = Math.min(this.#maxId, this.#lastId);
    return this.#maxId;
  }

  /** A request has begun; undefined where it is not served.
   *  @throws {ConnectionFault} after too many that were not */
  begin(
    streamId: number,
    headers: RequestHeaders | 'too large' | undefined,
    hasBody: boolean,
  ): Http2Stream | undefined {
    const { floods, maxStreams, onStream } = this.#ports;
    this.#lastId = streamId;
    if (streamId > this.#maxId) floods.control();
    else if (headers === undefined) this.breach(streamId, ERROR.protocol);
    else if (headers === 'too large') this.breach(streamId, ERROR.enhanceYourCalm);
    else if (this.#open.size >= maxStreams) {
      floods.reset();
      this.#reset(streamId, ERROR.refusedStream);
    } else {
      floods.request();
      const stream = new Http2Stream(this, streamId, headers, hasBody, this.#sendWindow);
      this.#open.set(streamId, stream);
      onStream(stream);
      return stream;
    }
    return undefined;
  }

  /** So much has come of bodies.
   *  @throws {ConnectionFault} where it is more than was allowed */
  spend(bytes: number): void {
    this.#window -= bytes;
    if (this.#window >= 0) return;
    throw new ConnectionFault(ERROR.flowControl, 'More has come than the connection may take');
  }

  /** The client lets answers begin with another window.
   *  @throws {ConnectionFault}
   *  @see RFC 9113 §6.9.2 */
  changeWindows(window: number): void {
    const change = window - this.#sendWindow;
    this.#sendWindow = window;
    for (const stream of this.#open.values()) {
      if (stream.widen(change)) continue;
      throw new ConnectionFault(ERROR.flowControl, 'The window of a stream becomes too large');
    }
  }

  /** A stream breaks the protocol, and is closed for it.
   *  @throws {ConnectionFault} where many do
   *  @see RFC 9113 §5.4.2 */
  breach(streamId: number, code: ErrorCode): void {
    this.#ports.floods.breach();
    const stream = this.#open.get(streamId);
    if (stream) stream.reset(code);
    else this.#reset(streamId, code);
  }

  /** The connection is gone. */
  breakAll(): void {
    for (const stream of this.#open.values()) stream.break();
  }

  send(frame: Buffer): void {
    this.#ports.output.write(frame);
  }

  credit(bytes: number): void {
    this.#untold += bytes;
    if (this.#untold < this.#ports.connectionWindowBytes / 2) return;
    this.#window += this.#untold;
    this.send(windowUpdateFrame(0, this.#untold));
    this.#untold = 0;
  }

  closed(stream: Http2Stream, code: ErrorCode | undefined): void {
    this.#open.delete(stream.id);
    if (code !== undefined) this.#reset(stream.id, code);
    if (this.#open.size === 0) this.#ports.onIdle();
  }

  #reset(streamId: number, code: ErrorCode): void {
    this.#closed.add(streamId);
    this.send(resetFrame(streamId, code));
  }
}
