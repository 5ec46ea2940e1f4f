import { ERROR, FRAME_HEAD_BYTES, MAX_FRAME_BYTES, PREFACE } from './protocol.ts';
import { ConnectionFault } from './protocol-fault.ts';

/** Takes one frame after the other. */
export interface FrameTaker {
  /** The payload is what stands in `bytes` from `start` to `end`, which nobody writes into afterwards.
   *  @throws {ConnectionFault} after which nothing more is read */
  take(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void;
}

/** Cuts what a client sends into frames, behind its preface. A frame that lies within one chunk is not copied.
 *  @see RFC 9113 §3.4, §4.1 */
export class FrameReader {
  readonly #taker: FrameTaker;
  #prefaceBytes = 0;
  /** What has come of a frame that is not all there: its head, and then, with room for all of it, its payload too. */
  #held: Buffer | undefined;
  #heldBytes = 0;

  constructor(taker: FrameTaker) {
    this.#taker = taker;
  }

  /** @throws {ConnectionFault} for a wrong preface, a frame that is too large, and what the taker throws */
  push(chunk: Buffer): void {
    let at = this.#prefaceBytes < PREFACE.length ? this.#readPreface(chunk) : 0;
    if (this.#held !== undefined) at = this.#fill(this.#held, chunk, at);
    for (; chunk.length - at >= FRAME_HEAD_BYTES; ) {
      const end = at + sizeAt(chunk, at);
      if (end > chunk.length) break;
      this.#give(chunk, at, end);
      at = end;
    }
    if (at < chunk.length) this.#hold(chunk, at);
  }

  #readPreface(chunk: Buffer): number {
    const wanted = Math.min(PREFACE.length - this.#prefaceBytes, chunk.length);
    const { length } = PREFACE;
    if (PREFACE.compare(chunk, 0, wanted, this.#prefaceBytes, this.#prefaceBytes + wanted) !== 0) {
      throw new ConnectionFault(ERROR.http11Required, 'The client does not speak HTTP/2');
    }
    this.#prefaceBytes += wanted;
    return this.#prefaceBytes < length ? chunk.length : wanted;
  }

  /** Goes on with a frame of an earlier chunk. */
  #fill(held: Buffer, chunk: Buffer, start: number): number {
    const copied = chunk.copy(held, this.#heldBytes, start);
    this.#heldBytes += copied;
    if (this.#heldBytes < held.length) return start + copied;
    if (held.length > FRAME_HEAD_BYTES) return this.#finish(held, start + copied);
    const size = sizeAt(held, 0);
    if (size === FRAME_HEAD_BYTES) return this.#finish(held, start + copied);
    this.#held = Buffer.allocUnsafe(size);
    held.copy(this.#held);
    return this.#fill(this.#held, chunk, start + copied);
  }

  #finish(held: Buffer, at: number): number {
    this.#held = undefined;
    this.#heldBytes = 0;
    this.#give(held, 0, held.length);
    return at;
  }

  #hold(chunk: Buffer, at: number): void {
    const isHead = chunk.length - at < FRAME_HEAD_BYTES;
    this.#held = Buffer.allocUnsafe(isHead ? FRAME_HEAD_BYTES : sizeAt(chunk, at));
    this.#heldBytes = chunk.copy(this.#held, 0, at);
  }

  #give(bytes: Buffer, at: number, end: number): void {
    const type = bytes[at + 3] as number; // the head is there
    const flags = bytes[at + 4] as number; // as above
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    this.#taker.take(type, flags, streamId, bytes, at + FRAME_HEAD_BYTES, end);
  }
}

/** Of the frame with its head. */
function sizeAt(bytes: Buffer, at: number): number {
  const length = bytes.readUIntBE(at, 3);
  if (length > MAX_FRAME_BYTES) {
    throw new ConnectionFault(
      ERROR.frameSize,
      `A frame has more than ${MAX_FRAME_BYTES} bytes, which is more than was agreed on`,
    );
  }
  return FRAME_HEAD_BYTES + length;
}
