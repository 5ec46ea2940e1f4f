import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import { Fault } from '../fault.ts';
import { FrameReader, toFrame } from './framing.ts';

/** What answers may cost. */
export interface GrpcClientLimits {
  /** Of one message. */
  readonly maxMessageBytes: number;
}

/** How one call is made. */
export interface GrpcClientCall {
  /** How long the whole call may take; absent: as long as it wants. */
  readonly timeoutMs?: number;
  /** Ends the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Metadata, by names in lower case. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Messages of a stream that wait for their reader; then nothing more is read. */
const MAX_WAITING = 2;
const MAX_TEXT = 1_024;
/** What a status means, as the end of a fault's code.
 *  @see gRPC status codes */
const MEANINGS: Readonly<Record<number, string>> = {
  1: 'cancelled',
  3: 'invalid',
  4: 'unavailable',
  5: 'not-found',
  7: 'forbidden',
  8: 'too-many',
  9: 'invalid',
  10: 'conflict',
  12: 'unimplemented',
  14: 'unavailable',
  16: 'unauthenticated',
};

/** Whether what was thrown is an answer of the peer, or that there was none: `peer/MEANING`. */
export function isPeerFault(thrown: unknown, meaning: string): thrown is Fault {
  return thrown instanceof Fault && thrown.code === `peer/${meaning}`;
}

/** Calls a gRPC server over one connection of HTTP/2, which somebody else has made and closes.
 *  @see gRPC over HTTP2 */
export class GrpcClient {
  readonly #session: ClientHttp2Session;
  readonly #limits: GrpcClientLimits;

  constructor(session: ClientHttp2Session, limits: GrpcClientLimits) {
    this.#session = session;
    this.#limits = limits;
  }

  /** @param path `/package.Service/Method`
   *  @throws {Fault} `peer/unavailable` where no answer comes, `peer/…` for what the peer answers, in its words */
  async unary(path: string, message: Uint8Array, call: GrpcClientCall = {}): Promise<Buffer> {
    let answer: Buffer | undefined;
    for await (const one of this.serverStream(path, message, call)) {
      if (answer) throw new Fault('peer/failed', `${path} was answered with several messages`);
      answer = one;
    }
    if (answer) return answer;
    throw new Fault('peer/failed', `${path} was answered without a message`);
  }

  /** The messages of a stream, read no faster than they are taken. Leaving the loop ends the call.
   *  @throws {Fault} as `unary` */
  async *serverStream(
    path: string,
    message: Uint8Array,
    { timeoutMs, signal, metadata }: GrpcClientCall = {},
  ): AsyncGenerator<Buffer, void, undefined> {
    signal?.throwIfAborted();
    const answers = new Answers(this.#begin(path, timeoutMs, metadata), this.#limits);
    const abort = (): void => answers.fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const over = new Fault('peer/unavailable', `${path} was not answered in ${timeoutMs} ms`);
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => answers.fail(over), timeoutMs);
    try {
      answers.stream.end(toFrame(message));
      for (let one = await answers.next(); one; one = await answers.next()) yield one;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      answers.close();
    }
  }

  #begin(
    path: string,
    timeoutMs: number | undefined,
    metadata: GrpcClientCall['metadata'],
  ): ClientHttp2Stream {
    if (this.#session.destroyed || this.#session.closed) throw lost();
    return this.#session.request({
      ...metadata,
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(timeoutMs !== undefined && { 'grpc-timeout': `${Math.ceil(timeoutMs)}m` }),
    });
  }
}

/** The answers to one call. */
class Answers {
  readonly stream: ClientHttp2Stream;
  readonly #frames: FrameReader;
  readonly #waiting: Buffer[] = [];
  #status: { readonly code: number; readonly message: string } | undefined;
  #failure: { readonly reason: unknown } | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(stream: ClientHttp2Stream, { maxMessageBytes }: GrpcClientLimits) {
    this.stream = stream;
    this.#frames = new FrameReader(maxMessageBytes, 'maxMessageBytes', () => {});
    stream.on('error', () => {}); // What becomes of the stream is told by its `close`.
    stream.on('response', (headers) => this.#readStatus(headers));
    stream.on('trailers', (headers) => this.#readStatus(headers));
    stream.on('data', (chunk: Buffer) => this.#read(chunk));
    stream.once('close', () => {
      this.#isOver = true;
      this.#wake?.();
    });
  }

  /** The next message; undefined after the last. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure.reason;
      const message = this.#waiting.shift();
      if (message) {
        if (this.#waiting.length < MAX_WAITING) this.stream.resume();
        return message;
      }
      if (this.#isOver) return this.#end();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#wake?.();
  }

  close(): void {
    if (!this.stream.closed) this.stream.close(constants.NGHTTP2_CANCEL);
  }

  #end(): undefined {
    const status = this.#status;
    if (status === undefined) throw lost();
    if (status.code === 0) return undefined;
    const meaning = MEANINGS[status.code] ?? 'failed';
    throw new Fault(
      `peer/${meaning}`,
      status.message || `The peer answers with status ${status.code}`,
    );
  }

  #read(chunk: Buffer): void {
    try {
      this.#frames.push(chunk, ({ bytes, isCompressed }) => {
        if (isCompressed) throw new Fault('peer/failed', 'The answer is compressed, unasked');
        this.#waiting.push(bytes);
      });
    } catch (thrown) {
      this.fail(thrown);
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) this.stream.pause();
    this.#wake?.();
  }

  #readStatus(headers: NodeJS.Dict<string | string[]>): void {
    const code = Number(headers['grpc-status'] ?? Number.NaN);
    if (!Number.isInteger(code)) return;
    this.#status = { code, message: toText(String(headers['grpc-message'] ?? '')) };
  }
}

/** A message of a status as it was meant, on one line, and bounded. */
function toText(encoded: string): string {
  const bytes = Buffer.from(
    encoded.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );
  return bytes
    .toString('utf8')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, MAX_TEXT);
}

const lost = () => new Fault('peer/unavailable', 'The connection is gone');
