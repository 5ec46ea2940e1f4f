const MAX_KEPT = 16;
const MAX_KEPT_BYTES = 2 * 1024 * 1024;

/** Buffers that were used, for bodies to come: fresh memory of this size costs more than reading into
 *  it. */
export class BufferPool {
  readonly #free: Buffer[] = [];
  /** The memory of every buffer that was made here. */
  readonly #own = new WeakSet<ArrayBufferLike>();

  acquire(size: number): Buffer {
    const index = this.#free.findIndex(({ length }) => length >= size && length <= size * 4);
    const found = index < 0 ? undefined : this.#free.splice(index, 1)[0];
    if (found !== undefined) return found;
    const made = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(Math.max(size, 4_096))));
    this.#own.add(made.buffer);
    return made;
  }

  /** @param part of a buffer of the pool; of any other, it is left alone */
  release({ buffer }: Buffer): void {
    const isKept = this.#own.has(buffer) && buffer.byteLength <= MAX_KEPT_BYTES;
    if (isKept && this.#free.length < MAX_KEPT) this.#free.push(Buffer.from(buffer));
  }
}
