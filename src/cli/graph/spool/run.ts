import { SPAN_FIELD, SPAN_WORDS } from '../../../estate/spans/index.ts';

/** Rows in the order of their times. */
export interface RunReader {
  /** Goes to the next row; false at the end. */
  next(): boolean;
  /** When the row began: milliseconds since 1970. */
  readonly start: number;
  /** The row, for as long as `next` is not called. */
  readonly words: Uint32Array;
  readonly at: number;
}

const FIRST_ROWS = 1_024;

/** Gathers rows, and sorts them. */
export class RowRun {
  #words = new Uint32Array(FIRST_ROWS * SPAN_WORDS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Room for one more row: where it begins in `words`. */
  add(): number {
    if ((this.#count + 1) * SPAN_WORDS > this.#words.length) {
      const words = new Uint32Array(this.#words.length * 2);
      words.set(this.#words);
      this.#words = words;
    }
    return this.#count++ * SPAN_WORDS;
  }
  get words(): Uint32Array {
    return this.#words;
  }

  clear(): void {
    this.#count = 0;
  }

  /** The rows by time; those of one time as they came. */
  sorted(): RunReader {
    const words = this.#words;
    const starts = new Float64Array(words.buffer);
    const startOf = (row: number) => starts[(row * SPAN_WORDS + SPAN_FIELD.start) / 2] ?? 0;
    const order = Uint32Array.from({ length: this.#count }, (_, row) => row).sort(
      (a, b) => startOf(a) - startOf(b) || a - b,
    );
    let place = -1;
    return {
      next: () => ++place < order.length,
      get start() {
        return startOf(order[place] ?? 0);
      },
      get words() {
        return words;
      },
      get at() {
        return (order[place] ?? 0) * SPAN_WORDS;
      },
    };
  }
}
