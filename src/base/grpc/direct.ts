import type { Socket } from 'node:net';
import type { Http2Stream, RequestHeaders } from '../http2/index.ts';
import { onlyMessage } from './framing.ts';
import type { DirectMethod, GrpcCall } from './method.ts';

export interface DirectPorts {
  readonly maxMessageBytes: number;
  /** Answers a request that is all there. Never throws. */
  readonly answer: (stream: Http2Stream, method: DirectMethod, message: Buffer) => void;
  /** Serves a call as any other is, from its headers on. */
  readonly serve: (stream: Http2Stream) => void;
}

/** Calls that are answered at once, without anything that outlives the turn in which they come. Nearly all requests are
 *  whole in the piece of bytes that begins them, one after the other; so one call is looked at, and what is not whole
 *  when the next one comes, or the turn is over, is served as any other call is. */
export class DirectCalls {
  readonly #ports: DirectPorts;
  #stream: Http2Stream | undefined;
  #method: DirectMethod | undefined;
  #body: Buffer | undefined;
  #isWatching = false;

  constructor(ports: DirectPorts) {
    this.#ports = ports;
  }

  /** Calls that are looked at. */
  get count(): number {
    return this.#stream === undefined ? 0 : 1;
  }

  /** Takes a call of which the headers have come. */
  begin(stream: Http2Stream, method: DirectMethod): void {
    this.#giveUp();
    this.#stream = stream;
    this.#method = method;
    stream.onData = this.#read;
    stream.onEnd = this.#end;
    if (this.#isWatching) return;
    this.#isWatching = true;
    queueMicrotask(this.#turnIsOver);
  }

  readonly #read = (bytes: Buffer): void => {
    if (this.#body === undefined) this.#body = bytes;
    else this.#giveUp()?.onData?.(bytes);
  };

  readonly #end = (): void => {
    const [stream, method, body] = [this.#stream, this.#method, this.#body];
    const message = body && onlyMessage(body, this.#ports.maxMessageBytes);
    if (stream === undefined || method === undefined || message === undefined) {
      this.#giveUp()?.onEnd?.();
      return;
    }
    this.#forget();
    this.#ports.answer(stream, method, message);
  };

  readonly #turnIsOver = (): void => {
    this.#isWatching = false;
    this.#giveUp();
  };

  /** Has the call served as any other; gives its stream, which somebody else listens to by then. */
  #giveUp(): Http2Stream | undefined {
    const [stream, body] = [this.#stream, this.#body];
    if (stream === undefined) return undefined;
    this.#forget();
    stream.onData = undefined;
    stream.onEnd = undefined;
    this.#ports.serve(stream);
    return withBody(stream, body);
  }

  #forget(): void {
    this.#stream = undefined;
    this.#method = undefined;
    this.#body = undefined;
  }
}

/** What has come is for whoever listens now. */
function withBody(stream: Http2Stream, body: Buffer | undefined): Http2Stream {
  if (body !== undefined) stream.onData?.(body);
  return stream;
}

/** A call that is answered at once: nobody gives it up before. */
export class CallAtOnce implements GrpcCall {
  readonly path: string;
  readonly headers: RequestHeaders;
  readonly socket: Socket;

  constructor(path: string, stream: Http2Stream) {
    this.path = path;
    this.headers = stream.headers;
    this.socket = stream.socket;
  }

  get signal(): AbortSignal {
    return new AbortController().signal;
  }
}
