import { hashOf } from './hash.ts';

/** In a slot: the place of a text in the list, + 1, below some bits of its hash. */
const PLACE_BITS = 24;
const PLACE = 2 ** PLACE_BITS - 1;

/** Numbers of texts, as a Map from text to number. A look-up among many takes its time for reading memory, and this one
 *  reads less: one cell, and the text that is found. */
export class StringTable {
  readonly #texts: readonly string[];
  /** Undefined: the number of a text is its place. */
  readonly #numbers: Int32Array | undefined;
  /** 0: free. A power of two of them, at most half of them taken. */
  readonly #slots: Int32Array;

  /** Of texts that differ, fewer than 16,777,215; the number of each is its place in the list, or stands at that place in
   *  `numbers`. */
  constructor(texts: readonly string[], numbers?: readonly number[]) {
    const isPlace = numbers?.every((number, place) => number === place) ?? true;
    this.#texts = texts;
    this.#numbers = isPlace || !numbers ? undefined : Int32Array.from(numbers);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(texts.length, 1) * 2)));
    const mask = this.#slots.length - 1;
    texts.forEach((text, place) => {
      const hash = hashOf(text);
      let slot = startOf(hash) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = (hash & ~PLACE) | (place + 1);
    });
  }

  /** -1: there is none. */
  numberOf(text: string): number {
    const hash = hashOf(text);
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = startOf(hash) & mask; ; at = (at + 1) & mask) {
      const slot = slots[at] ?? 0;
      if (slot === 0) return -1;
      const place = (slot & PLACE) - 1;
      if (((slot ^ hash) & ~PLACE) === 0 && this.#texts[place] === text) {
        return this.#numbers === undefined ? place : (this.#numbers[place] ?? -1);
      }
    }
  }
}

/** The bits that stand in slots tell texts apart there; these are others. */
const startOf = (hash: number): number => hash ^ (hash >>> 15);
