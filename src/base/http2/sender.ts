import { frameOf, writeHead } from './frames.ts';
import { type HeaderBlock, NO_TABLE } from './hpack/index.ts';
import type { Output } from './output.ts';
import {
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  INITIAL_WINDOW,
  MAX_FRAME_BYTES,
  MAX_WINDOW,
} from './protocol.ts';

interface Waiting {
  readonly bytes: Buffer;
  readonly onSent: () => void;
}

/** What is sent on one stream, and may have to wait for the peer. */
export class Sending {
  readonly streamId: number;
  /** Bytes that the peer lets us send; below 0 where it has taken back what it had allowed. */
  window: number;
  readonly waiting: Waiting[] = [];
  /** Bytes of the first that waits which are on their way. */
  sentBytes = 0;
  /** What comes last. */
  trailers: HeaderBlock | undefined;
  readonly onEnd: () => void;

  constructor(streamId: number, window: number, onEnd: () => void) {
    this.streamId = streamId;
    this.window = window;
    this.onEnd = onEnd;
  }
}

/** Sends bodies no faster than the peer allows: by the windows of its streams and of the connection, and by what the
 *  socket takes. Streams that have something to send take turns, a frame each.
 *  @see RFC 9113 §5.2 */
export class Sender {
  readonly #output: Output;
  /** Those that only wait for the connection. */
  readonly #ready = new Set<Sending>();
  readonly #onData: () => void;
  #window = INITIAL_WINDOW;
  #hasSentHeaders = false;

  /** @param onData hears of each frame with bytes of a body */
  constructor(output: Output, onData: () => void) {
    this.#output = output;
    this.#onData = onData;
  }

  /** Sends a whole answer, and where nothing holds it up, as one piece. */
  answer(sending: Sending, head: HeaderBlock, body: Buffer, trailers: HeaderBlock): void {
    const room = Math.min(sending.window, this.#window, MAX_FRAME_BYTES);
    if (body.length > room || this.#output.isHeldUp || !this.#hasSentHeaders) {
      this.headers(sending, head);
      this.write(sending, body, nothing);
      this.end(sending, trailers);
      return;
    }
    sending.window -= body.length;
    this.#window -= body.length;
    this.#output.write(wholeAnswer(sending.streamId, head, body, trailers));
    this.#onData();
    sending.onEnd();
  }

  headers(sending: Sending, block: HeaderBlock): void {
    this.#sendBlock(sending, block, FLAG.endHeaders);
  }

  /** Ends a stream with its headers. */
  headersOnly(sending: Sending, block: HeaderBlock): void {
    this.#sendBlock(sending, block, FLAG.endHeaders | FLAG.endStream);
    sending.onEnd();
  }

  /** @param onSent called, later, when all of it is on its way, or never will be */
  write(sending: Sending, bytes: Buffer, onSent: () => void): void {
    sending.waiting.push({ bytes, onSent });
    this.#ready.add(sending);
    this.pump();
  }

  /** Ends the stream with trailers behind what waits; without them at once after that. */
  end(sending: Sending, trailers: HeaderBlock): void {
    sending.trailers = trailers;
    this.#ready.add(sending);
    this.pump();
  }

  /** Nothing of the stream is sent any more. */
  drop(sending: Sending): void {
    this.#ready.delete(sending);
    sending.trailers = undefined;
    for (const { onSent } of sending.waiting.splice(0)) queueMicrotask(onSent);
  }

  /** Whether the windows are still ones that may be. */
  widen(bytes: number): boolean {
    this.#window += bytes;
    if (this.#window > MAX_WINDOW) return false;
    this.pump();
    return true;
  }

  /** As `widen`, of one stream. */
  widenStream(sending: Sending, bytes: number): boolean {
    sending.window += bytes;
    if (sending.window > MAX_WINDOW) return false;
    if (sending.waiting.length > 0 && sending.window > 0) {
      this.#ready.add(sending);
      this.pump();
    }
    return true;
  }

  /** Sends what can be sent. */
  pump(): void {
    while (this.#ready.size > 0 && !this.#output.isHeldUp) {
      let isStuck = true;
      for (const sending of this.#ready) {
        if (this.#output.isHeldUp) return;
        if (this.#sendSome(sending)) isStuck = false;
      }
      if (isStuck) return;
    }
  }

  /** Whether anything has changed. */
  #sendSome(sending: Sending): boolean {
    const [next] = sending.waiting;
    if (next === undefined) {
      this.#ready.delete(sending);
      if (sending.trailers !== undefined) this.headersOnly(sending, sending.trailers);
      return true;
    }
    const left = next.bytes.length - sending.sentBytes;
    const size = Math.min(left, sending.window, this.#window, MAX_FRAME_BYTES);
    if (size <= 0 && left > 0) {
      if (sending.window > 0) return false;
      this.#ready.delete(sending);
      return true;
    }
    this.#sendData(sending, next, size);
    return true;
  }

  #sendData(sending: Sending, { bytes, onSent }: Waiting, size: number): void {
    const start = sending.sentBytes;
    sending.window -= size;
    this.#window -= size;
    sending.sentBytes += size;
    this.#output.write(
      frameOf(FRAME.data, 0, sending.streamId, bytes.subarray(start, start + size)),
    );
    this.#onData();
    if (sending.sentBytes < bytes.length) return;
    sending.waiting.shift();
    sending.sentBytes = 0;
    queueMicrotask(onSent);
  }

  #sendBlock({ streamId }: Sending, block: HeaderBlock, flags: number): void {
    const own = this.#hasSentHeaders ? block : Buffer.concat([NO_TABLE, block]);
    this.#hasSentHeaders = true;
    this.#output.write(frameOf(FRAME.headers, flags, streamId, own));
  }
}

function nothing(): void {}

/** HEADERS, DATA and HEADERS. */
function wholeAnswer(
  streamId: number,
  head: HeaderBlock,
  body: Buffer,
  trailers: HeaderBlock,
): Buffer {
  const data = FRAME_HEAD_BYTES + head.length;
  const tail = data + FRAME_HEAD_BYTES + body.length;
  const bytes = Buffer.allocUnsafe(tail + FRAME_HEAD_BYTES + trailers.length);
  writeHead(bytes, 0, head.length, FRAME.headers, FLAG.endHeaders, streamId);
  bytes.set(head, FRAME_HEAD_BYTES);
  writeHead(bytes, data, body.length, FRAME.data, 0, streamId);
  bytes.set(body, data + FRAME_HEAD_BYTES);
  writeHead(
    bytes,
    tail,
    trailers.length,
    FRAME.headers,
    FLAG.endHeaders | FLAG.endStream,
    streamId,
  );
  bytes.set(trailers, tail + FRAME_HEAD_BYTES);
  return bytes;
}
