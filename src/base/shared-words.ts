/** Strings of at most this length are shared, in a table of so many slots (powers of two). */
const MAX_SHARED_LENGTH = 32;
const MIN_SLOTS = 64;
const MAX_SLOTS = 4_096;

/** Cuts words out of one text. Files say the same short words over and over: one string serves for
 *  all of them, which saves more memory and time than it costs. */
export class SharedWords {
  readonly #text: string;
  readonly #slots: (string | undefined)[];

  constructor(text: string) {
    this.#text = text;
    const count = Math.min(
      MAX_SLOTS,
      Math.max(MIN_SLOTS, 2 ** (31 - Math.clz32(text.length >> 5))),
    );
    this.#slots = new Array<string | undefined>(count).fill(undefined);
  }

  /** The text between two offsets. */
  cut(start: number, end: number): string {
    const text = this.#text;
    const length = end - start;
    if (length > MAX_SHARED_LENGTH) return text.slice(start, end);
    const mixed =
      length * 31 +
      text.charCodeAt(start) * 7 +
      text.charCodeAt(end - 1) * 131 +
      text.charCodeAt(start + (length >> 1)) * 1031;
    const slot = mixed & (this.#slots.length - 1);
    const known = this.#slots[slot];
    if (known !== undefined && known.length === length && text.startsWith(known, start))
      return known;
    const fresh = text.slice(start, end);
    this.#slots[slot] = fresh;
    return fresh;
  }
}
