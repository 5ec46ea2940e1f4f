import { EMPTY_HASH } from './hash.ts';

const PRIME = 0x01000193;
/** Of longer texts nothing is packed. */
const MAX_LENGTH = 2_048;

/** A text of Latin-1 as numbers, four characters each, which are compared at once. */
export class PackedText {
  readonly cells = new Int32Array(MAX_LENGTH / 4);
  length = 0;
  hash = 0;

  /** Cells of the text. */
  get size(): number {
    return (this.length + 3) >> 2;
  }

  /** False where it cannot be packed. */
  take(text: string): boolean {
    const { length } = text;
    if (length > MAX_LENGTH) return false;
    const cells = this.cells;
    const whole = length & ~3;
    let all = 0;
    let hash = EMPTY_HASH ^ length;
    let at = 0;
    for (; at < whole; at += 4) {
      const a = text.charCodeAt(at);
      const b = text.charCodeAt(at + 1);
      const c = text.charCodeAt(at + 2);
      const d = text.charCodeAt(at + 3);
      const cell = a | (b << 8) | (c << 16) | (d << 24);
      all |= a | b | c | d;
      cells[at >> 2] = cell;
      hash = mix(hash, cell);
    }
    let last = 0;
    for (; at < length; at++) {
      const code = text.charCodeAt(at);
      all |= code;
      last |= code << ((at & 3) << 3);
    }
    if (whole !== length) cells[whole >> 2] = last;
    this.length = length;
    this.hash = mix(hash, last);
    return all <= 0xff;
  }

  /** Whether the same text stands in `cells` from a place on. */
  equals(cells: Int32Array, from: number): boolean {
    const own = this.cells;
    const size = this.size;
    for (let at = 0; at < size; at++) if (cells[from + at] !== own[at]) return false;
    return true;
  }
}

function mix(hash: number, cell: number): number {
  const mixed = Math.imul(hash ^ cell, PRIME);
  return mixed ^ (mixed >>> 15);
}
