import { Fault } from '../fault.ts';

/** A message as it was sent. */
export interface Frame {
  readonly isCompressed: boolean;
  readonly bytes: Buffer;
}

/** Told how many more bytes of memory a message takes; may throw. */
export type Reserve = (bytes: number) => void;

const PREFIX_BYTES = 5;
/** What is set aside for a message before any of it has come: a caller who only says that much will
 *  come costs no more. */
const FIRST_BYTES = 64 * 1024;
const GROWTH = 4;

/** Puts length-prefixed messages together from chunks that are cut anywhere. A message that lies within
 *  one chunk is a view of it; any other is copied once, into memory that grows with what has come.
 *  @see gRPC over HTTP2, Length-Prefixed-Message */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #setting: string;
  readonly #reserve: Reserve;
  /** Made where a chunk ends inside of one: most do not. */
  #prefix: Buffer | undefined;
  #prefixBytes = 0;
  #message: Buffer | undefined;
  #messageBytes = 0;
  #length = 0;
  #isCompressed = false;

  /** `setting` is what to raise for larger messages. */
  constructor(maxBytes: number, setting: string, reserve: Reserve) {
    this.#maxBytes = maxBytes;
    this.#setting = setting;
    this.#reserve = reserve;
  }

  /** Some of a message has come, and not all of it. */
  get isInside(): boolean {
    return this.#prefixBytes > 0;
  }

  /** Gives the messages that the chunk completes, in their order.
   *  @throws {Fault} `grpc/message-too-large`, `grpc/frame-broken`, and what `reserve` throws */
  push(chunk: Buffer, emit: (frame: Frame) => void): void {
    for (let at = 0; at < chunk.length; ) {
      at = this.#prefixBytes < PREFIX_BYTES ? this.#readPrefix(chunk, at) : at;
      if (this.#prefixBytes < PREFIX_BYTES) return;
      at = this.#message ? this.#fill(chunk, at) : this.#begin(chunk, at, emit);
      if (this.#message && this.#messageBytes === this.#length) this.#finish(this.#message, emit);
    }
  }

  #readPrefix(chunk: Buffer, at: number): number {
    if (this.#prefixBytes === 0 && chunk.length - at >= PREFIX_BYTES) {
      this.#prefixBytes = PREFIX_BYTES;
      this.#takePrefix(chunk, at);
      return at + PREFIX_BYTES;
    }
    this.#prefix ??= Buffer.alloc(PREFIX_BYTES);
    const copied = chunk.copy(this.#prefix, this.#prefixBytes, at);
    this.#prefixBytes += copied;
    if (this.#prefixBytes === PREFIX_BYTES) this.#takePrefix(this.#prefix, 0);
    return at + copied;
  }

  #takePrefix(bytes: Buffer, at: number): void {
    const flag = bytes[at] ?? 0;
    this.#isCompressed = flag === 1;
    this.#length = bytes.readUInt32BE(at + 1);
    if (flag > 1) {
      throw new Fault('grpc/frame-broken', 'The first byte of a message is neither 0 nor 1');
    }
    if (this.#length > this.#maxBytes) {
      throw new Fault(
        'grpc/message-too-large',
        `The message has ${this.#length} bytes, and more than ${this.#maxBytes} are not taken`,
        { hint: `send smaller batches, or raise \`${this.#setting}\`` },
      );
    }
    if (this.#length === 0) this.#message = Buffer.alloc(0);
  }

  /** The message from its first byte on. */
  #begin(chunk: Buffer, at: number, emit: (frame: Frame) => void): number {
    if (at >= chunk.length) return at;
    const end = at + this.#length;
    if (end > chunk.length) {
      this.#grow(Math.min(this.#length, FIRST_BYTES));
      return this.#fill(chunk, at);
    }
    this.#reserve(this.#length);
    this.#finish(chunk.subarray(at, end), emit);
    return end;
  }

  #fill(chunk: Buffer, at: number): number {
    const wanted = Math.min(this.#length - this.#messageBytes, chunk.length - at);
    const needed = this.#messageBytes + wanted;
    const capacity = this.#message?.length ?? 0;
    if (needed > capacity) this.#grow(Math.min(this.#length, Math.max(needed, capacity * GROWTH)));
    if (this.#message) chunk.copy(this.#message, this.#messageBytes, at, at + wanted);
    this.#messageBytes = needed;
    return at + wanted;
  }

  #grow(capacity: number): void {
    const before = this.#message;
    this.#reserve(capacity - (before?.length ?? 0));
    // Apart from the pool, so that a message that is kept keeps no other alive.
    this.#message = Buffer.allocUnsafeSlow(capacity);
    before?.copy(this.#message, 0, 0, this.#messageBytes);
  }

  #finish(bytes: Buffer, emit: (frame: Frame) => void): void {
    this.#prefixBytes = 0;
    this.#message = undefined;
    this.#messageBytes = 0;
    emit({ isCompressed: this.#isCompressed, bytes });
  }
}

/** The message of a chunk that is just one, not compressed and of so many bytes at most; undefined for any other. */
export function onlyMessage(chunk: Buffer, maxBytes: number): Buffer | undefined {
  const length = chunk.length - PREFIX_BYTES;
  if (length < 0 || length > maxBytes || chunk[0] !== 0) return undefined;
  return chunk.readUInt32BE(1) === length ? chunk.subarray(PREFIX_BYTES) : undefined;
}

/** A message ready to be sent, not compressed. */
export function toFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}
