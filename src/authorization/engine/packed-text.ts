import type { IntList } from './int-list.ts';

const MULTIPLIER = 0x9e3779b1 | 0;
const MAX_LENGTH = 2_048;
/** Bytes that have to be left for what is longer in UTF-8 than in characters to be seen to be longer. */
const MARGIN = 8;

/** A text of ASCII as numbers, four characters each, which are compared at once. It is copied natively, which takes less
 *  time than asking a string for one character after the other. */
export class PackedText {
  readonly bytes: Uint8Array;
  /** The same memory. What is left of the last cell is zero. */
  readonly cells: Int32Array;
  length = 0;
  readonly #maxLength: number;
  readonly #buffer: Buffer;

  /** Takes texts of so many characters at most. */
  constructor(maxLength = MAX_LENGTH) {
    this.#maxLength = maxLength;
    const memory = new ArrayBuffer((maxLength & ~3) + MARGIN);
    this.#buffer = Buffer.from(memory);
    this.bytes = new Uint8Array(memory);
    this.cells = new Int32Array(memory);
  }

  /** Cells of the text. */
  get size(): number {
    return (this.length + 3) >> 2;
  }

  /** False where it is too long, or not ASCII. A zero follows it. */
  take(text: string): boolean {
    const { length } = text;
    if (length > this.#maxLength) return false;
    this.cells[length >> 2] = 0;
    if (this.#buffer.write(text) !== length) return false;
    this.length = length;
    return true;
  }

  /** To find by; whatever is found is compared. */
  hash(): number {
    const { cells, size } = this;
    let hash = size;
    for (let at = 0; at < size; at++) hash = Math.imul(hash ^ (cells[at] ?? 0), MULTIPLIER);
    return hash ^ (hash >>> 15);
  }

  /** Whether the same text stands in `cells`: its length, and then its own cells. */
  equals(cells: Int32Array, from: number): boolean {
    if (cells[from] !== this.length) return false;
    const own = this.cells;
    const { size } = this;
    for (let at = 0; at < size; at++) if (cells[from + 1 + at] !== own[at]) return false;
    return true;
  }

  pushTo(list: IntList): void {
    const { cells, size } = this;
    for (let at = 0; at < size; at++) list.push(cells[at] ?? 0);
  }
}
