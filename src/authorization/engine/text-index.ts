import type { IntList } from './int-list.ts';
import { PackedText } from './packed-text.ts';

const CELLS_OF_SLOT = 2;

/** Where texts stand in cells, each as its length and its characters, with whatever belongs to it behind. To find one, one
 *  slot and the text itself are read. */
export class TextIndex {
  readonly #text = new PackedText();
  /** The hash of a text, and where it stands (0: free). A power of two of them, at most half of them taken. */
  readonly #slots: Int32Array;

  /** For so many texts at most. */
  constructor(count: number) {
    this.#slots = new Int32Array(CELLS_OF_SLOT * 2 ** Math.ceil(Math.log2((count + 1) * 2)));
  }

  /** Writes a text at the end of `cells`, of which one at least is there. False where it is too long, or not ASCII. */
  write(text: string, cells: IntList): boolean {
    if (!this.#text.take(text)) return false;
    const slots = this.#slots;
    const hash = this.#text.hash();
    const last = slots.length - CELLS_OF_SLOT;
    let slot = (hash << 1) & last;
    while (slots[slot + 1] !== 0) slot = (slot + CELLS_OF_SLOT) & last;
    slots[slot] = hash;
    slots[slot + 1] = cells.length;
    cells.push(text.length);
    this.#text.pushTo(cells);
    return true;
  }

  /** The cell behind a text; -1: it is not there. */
  find(text: string, cells: Int32Array): number {
    const taken = this.#text;
    if (!taken.take(text)) return -1;
    const slots = this.#slots;
    const hash = taken.hash();
    const last = slots.length - CELLS_OF_SLOT;
    for (let slot = (hash << 1) & last; ; slot = (slot + CELLS_OF_SLOT) & last) {
      const at = slots[slot + 1] ?? 0;
      if (at === 0) return -1;
      if (slots[slot] === hash && taken.equals(cells, at)) return at + 1 + taken.size;
    }
  }
}
