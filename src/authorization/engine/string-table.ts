import { IntList } from './int-list.ts';
import { TextIndex } from './text-index.ts';

/** Numbers of texts, as a Map from text to number: but a Map asks a text for its hash, which one that was just made does
 *  not have yet. */
export class StringTable {
  readonly #index: TextIndex;
  /** Behind each text its number. */
  readonly #cells: Int32Array;
  /** What cannot stand in cells. */
  readonly #others = new Map<string, number>();

  /** Of texts that differ; the number of each is its place in the list, or stands at that place in `numbers`. */
  constructor(texts: readonly string[], numbers?: readonly number[]) {
    this.#index = new TextIndex(texts.length);
    const cells = new IntList();
    cells.push(0);
    texts.forEach((text, place) => {
      const number = numbers ? (numbers[place] ?? -1) : place;
      if (this.#index.write(text, cells)) cells.push(number);
      else this.#others.set(text, number);
    });
    this.#cells = cells.toArray();
  }

  /** -1: there is none. */
  numberOf(text: string): number {
    const at = this.#index.find(text, this.#cells);
    return at === -1 ? (this.#others.get(text) ?? -1) : (this.#cells[at] ?? -1);
  }
}
