/** Bytes are kept in blocks of this size, so that many small pieces cost no more than they are long. */
const BLOCK_BYTES = 16 * 1024;

/** Bytes of a body that nobody takes yet: copies, so that none of them keeps a whole chunk of the socket alive. */
export class Backlog {
  readonly #blocks: { readonly bytes: Buffer; used: number }[] = [];

  add(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      let last = this.#blocks.at(-1);
      if (last === undefined || last.used === last.bytes.length) {
        last = { bytes: Buffer.allocUnsafeSlow(BLOCK_BYTES), used: 0 };
        this.#blocks.push(last);
      }
      const copied = bytes.copy(last.bytes, last.used, at, end);
      last.used += copied;
      at += copied;
    }
  }

  /** The bytes that have waited longest, not all of them; undefined where there are none. */
  take(): Buffer | undefined {
    const block = this.#blocks.shift();
    return block?.bytes.subarray(0, block.used);
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** Forgets all; how much it was. */
  clear(): number {
    return this.#blocks.splice(0).reduce((sum, { used }) => sum + used, 0);
  }
}
