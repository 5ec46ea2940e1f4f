import { SPAN_WORDS } from '../../estate/spans/index.ts';

/** No row, and no trace. */
export const NONE = -1;

/** Room for rows of spans, each of which says which comes after it. What was given back is taken first, so that little
 *  memory is touched where little comes in. */
export class RowSlab {
  readonly words: Uint32Array;
  readonly next: Int32Array;
  readonly #starts: Float64Array;
  readonly #most: number;
  #fresh = 0;
  #free = NONE;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
    this.words = new Uint32Array(most * SPAN_WORDS);
    this.next = new Int32Array(most);
    this.#starts = new Float64Array(this.words.buffer);
  }

  get used(): number {
    return this.#used;
  }
  get isFull(): boolean {
    return this.#used === this.#most;
  }

  startOf(at: number): number {
    return this.#starts[at / 2] ?? 0;
  }

  /** A row, with whatever it held before; there must be room. */
  take(): number {
    this.#used++;
    const row = this.#free === NONE ? this.#fresh++ : this.#free;
    if (row === this.#free) this.#free = this.next[row] ?? NONE;
    this.next[row] = NONE;
    return row;
  }

  giveBack(row: number): void {
    this.#used--;
    this.next[row] = this.#free;
    this.#free = row;
  }
}
