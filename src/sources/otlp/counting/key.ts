/** The longest key. What would be longer is not put into a key but refused by its own bound first. */
export const MAX_KEY_BYTES = 24 * 1024;

/** Gathers the bytes by which a thing is known, and hashes them on the way. One writer serves for
 *  ever, so that looking a known thing up allocates nothing. What does not fit is left out, and
 *  `isFull` says so. */
export class KeyWriter {
  readonly bytes = new Uint8Array(MAX_KEY_BYTES);
  length = 0;
  isFull = false;
  readonly #seed: number;
  #hash = 0;

  /** @param seed differs from process to process, so that nobody can send keys that collide */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  start(): void {
    this.length = 0;
    this.isFull = false;
    this.#hash = this.#seed;
  }

  /** One byte. */
  byte(value: number): void {
    if (this.length >= MAX_KEY_BYTES) {
      this.isFull = true;
      return;
    }
    this.bytes[this.length++] = value;
    this.#hash = Math.imul(this.#hash ^ (value & 255), 0x01000193);
  }

  /** 32 bits. */
  word(value: number): void {
    this.byte(value);
    this.byte(value >>> 8);
    this.byte(value >>> 16);
    this.byte(value >>> 24);
  }

  /** Part of another array; parts are told apart by the caller, with a length or an end mark. */
  range(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let at = this.length;
    if (end - start > MAX_KEY_BYTES - at) {
      this.isFull = true;
      return;
    }
    let hash = this.#hash;
    for (let index = start; index < end; index++) {
      const value = from[index] ?? 0;
      bytes[at++] = value;
      hash = Math.imul(hash ^ value, 0x01000193);
    }
    this.length = at;
    this.#hash = hash;
  }

  /** What was written from a place on, as text. */
  text(from: number): string {
    return Buffer.from(this.bytes.subarray(from, this.length)).toString('utf8');
  }

  /** The hash of what was written: FNV-1a, its bits then mixed as in MurmurHash3. */
  get hash(): number {
    let hash = this.#hash;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }
}
