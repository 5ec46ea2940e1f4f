const SLOTS = 1 << 17;
const MASK = SLOTS - 1;

/** Remembers, in memory of fixed size, what was looked at in a stretch of time. A slot holds who it is of and when, so
 *  that nothing has to be cleared; who shares a slot is looked at again. */
export class Repeats {
  readonly #tags = new Uint32Array(SLOTS);
  readonly #epochs = new Uint32Array(SLOTS);
  readonly #stretchMs: number;

  constructor(stretchMs: number) {
    this.#stretchMs = stretchMs;
  }

  /** Whether it is the first time in this stretch, which it is not any more. */
  isFirst(at: number, a: number, b: number, c: number, d: number): boolean {
    const epoch = Math.floor(at / this.#stretchMs) >>> 0;
    const tag = mix(mix(a, b), mix(c, d));
    const slot = mix(tag, 0x27d4eb2f) & MASK;
    if (this.#tags[slot] === tag && this.#epochs[slot] === epoch) return false;
    this.#tags[slot] = tag;
    this.#epochs[slot] = epoch;
    return true;
  }

  /** As `isFirst`, for so much that slots would be fought for: who shares one waits for another stretch, in which slots
   *  are shared otherwise. */
  isDue(at: number, a: number, b: number): boolean {
    const epoch = Math.floor(at / this.#stretchMs) >>> 0;
    const slot = mix(mix(a, b), epoch) & MASK;
    if (this.#epochs[slot] === epoch) return false;
    this.#epochs[slot] = epoch;
    return true;
  }
}

function mix(a: number, b: number): number {
  let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
