import type { Socket } from 'node:net';
import { Backlog } from './backlog.ts';
import { windowUpdateFrame } from './frames.ts';
import type { HeaderBlock } from './hpack/index.ts';
import { ERROR, type ErrorCode } from './protocol.ts';
import { contentLength, type RequestHeaders } from './request-headers.ts';
import { type Sender, Sending } from './sender.ts';

/** What a stream needs of its connection. */
export interface StreamHost {
  readonly socket: Socket;
  readonly sender: Sender;
  /** Bytes that a client may send of one body before any is taken. */
  readonly windowBytes: number;
  send(frame: Buffer): void;
  /** So many bytes of bodies are held no more. */
  credit(bytes: number): void;
  /** @param code with which the client is told to stop; undefined: there is nothing to tell it */
  closed(stream: Http2Stream, code: ErrorCode | undefined): void;
}

/** A request with its answer. Whoever serves it sets `onData` and `onEnd` before it returns; without them what the
 *  client sends is thrown away.
 *  @see RFC 9113 §5, §8.1 */
export class Http2Stream {
  readonly id: number;
  readonly headers: RequestHeaders;
  /** A piece of the body, which nobody writes into later. */
  onData: ((bytes: Buffer) => void) | undefined;
  /** The request is all there. Not called where it breaks off. */
  onEnd: (() => void) | undefined;
  readonly #host: StreamHost;
  readonly #sending: Sending;
  #onClose: ((isAnswered: boolean) => void)[] | undefined;
  #backlog: Backlog | undefined;
  /** Bytes that the client may still send, and that it has not been told of. */
  #window: number;
  #untold = 0;
  /** Bytes of the body that are to come, where the headers say. */
  #bodyBytes: number | undefined;
  #isPaused = false;
  /** The client has said that this is all. */
  #hasAll: boolean;
  #hasEnded = false;
  #hasAnswered = false;
  #isClosed = false;

  constructor(
    host: StreamHost,
    id: number,
    headers: RequestHeaders,
    hasBody: boolean,
    sendWindow: number,
  ) {
    this.#host = host;
    this.#hasAll = !hasBody;
    this.id = id;
    this.headers = headers;
    this.#window = host.windowBytes;
    this.#bodyBytes = contentLength(headers);
    this.#sending = new Sending(id, sendWindow, this.#answered);
  }

  get socket(): Socket {
    return this.#host.socket;
  }

  /** Nothing can be sent any more, nor comes. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Headers were sent. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The request has said that its body is over. */
  get hasAll(): boolean {
    return this.#hasAll;
  }

  /** Calls back when the stream is closed: with its whole answer on its way, or because it broke off. */
  whenClosed(listener: (isAnswered: boolean) => void): void {
    this.#onClose ??= [];
    this.#onClose.push(listener);
  }

  /** Takes nothing of the body for a while; the client is held up once its window is used up. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const backlog = this.#backlog;
    while (backlog && !this.#isPaused) {
      const bytes = backlog.take();
      if (bytes === undefined) break;
      this.#deliver(bytes, bytes.length);
    }
    this.#endIfDue();
  }

  /** The whole answer: headers, body and trailers. */
  answer(head: HeaderBlock, body: Buffer, trailers: HeaderBlock): void {
    if (this.#isClosed) return;
    this.#hasAnswered = true;
    this.#host.sender.answer(this.#sending, head, body, trailers);
  }

  /** An answer without a body. */
  answerHeaders(head: HeaderBlock): void {
    if (this.#isClosed) return;
    this.#hasAnswered = true;
    this.#host.sender.headersOnly(this.#sending, head);
  }

  /** The headers of an answer, of which there is more to come. */
  begin(head: HeaderBlock): void {
    if (this.#isClosed) return;
    this.#hasAnswered = true;
    this.#host.sender.headers(this.#sending, head);
  }

  /** @param onSent called, later, when the bytes are on their way, or never will be */
  write(bytes: Buffer, onSent: () => void): void {
    if (this.#isClosed) queueMicrotask(onSent);
    else this.#host.sender.write(this.#sending, bytes, onSent);
  }

  /** Ends the answer, behind what was written. */
  end(trailers: HeaderBlock): void {
    if (!this.#isClosed) this.#host.sender.end(this.#sending, trailers);
  }

  /** Breaks off. */
  reset(code: ErrorCode): void {
    this.#close(code, false);
  }

  /** For the connection: a piece of the body has come, with so many bytes of padding. Gives the error that it is. */
  receive(bytes: Buffer, start: number, end: number, padding: number): ErrorCode | undefined {
    const length = end - start;
    this.#window -= length + padding;
    if (this.#window < 0) return ERROR.flowControl;
    if (this.#bodyBytes !== undefined) {
      this.#bodyBytes -= length;
      if (this.#bodyBytes < 0) return ERROR.protocol;
    }
    if (padding > 0) this.#credit(padding);
    if (length === 0) return undefined;
    if (this.#isPaused) {
      this.#backlog ??= new Backlog();
      this.#backlog.add(bytes, start, end);
    } else this.#deliver(bytes.subarray(start, end), length);
    return undefined;
  }

  /** For the connection: the request is all there. Gives the error that it is. */
  receiveEnd(): ErrorCode | undefined {
    this.#hasAll = true;
    // NaN, a length that is none, is not 0 either
    if (this.#bodyBytes !== undefined && this.#bodyBytes !== 0) return ERROR.protocol;
    this.#endIfDue();
    return undefined;
  }

  /** For the connection: the client lets more of the answer be sent. Whether that may be. */
  widen(bytes: number): boolean {
    return this.#host.sender.widenStream(this.#sending, bytes);
  }

  /** For the connection: the client has broken off, or is gone. */
  break(): void {
    this.#close(undefined, false);
  }

  #deliver(bytes: Buffer, length: number): void {
    this.onData?.(bytes);
    this.#credit(length);
  }

  #credit(bytes: number): void {
    // what is delivered within the last piece may have ended the stream
    this.#host.credit(bytes);
    if (this.#hasAll || this.#isClosed) return;
    this.#untold += bytes;
    if (this.#untold < this.#host.windowBytes / 2) return;
    this.#window += this.#untold;
    this.#host.send(windowUpdateFrame(this.id, this.#untold));
    this.#untold = 0;
  }

  #endIfDue(): void {
    if (!this.#hasAll || this.#hasEnded || this.#isPaused || this.#isClosed) return;
    if (this.#backlog?.isEmpty === false) return;
    this.#hasEnded = true;
    this.onEnd?.();
  }

  /** Whose request is not all there yet is told that nobody waits for the rest. @see RFC 9113 §8.1 */
  readonly #answered = (): void => {
    this.#close(this.#hasAll ? undefined : ERROR.none, true);
  };

  #close(code: ErrorCode | undefined, isAnswered: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onData = undefined;
    this.#host.sender.drop(this.#sending);
    const held = this.#backlog?.clear() ?? 0;
    if (held > 0) this.#host.credit(held);
    this.#host.closed(this, code);
    for (const listener of this.#onClose ?? []) listener(isAnswered);
  }
}
