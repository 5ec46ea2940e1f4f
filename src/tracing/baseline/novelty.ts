import type { Decay } from './decay.ts';
import type { Rows } from './rows.ts';

/** How often what is seen is seen for the first time (after Good and Turing: the share of occasions that brought
 *  something new tells how probable it is that the next one does). An occasion is one pair in one hour, so that requests
 *  in great numbers say no more than few. */
const PRIOR_NEW = 0.5;
const PRIOR_OCCASIONS = 1;

/** Pairs of floats in a row, occasions and what was new, which fade together from the word `hour`. */
export class Novelty {
  readonly #rows: Rows;
  readonly #hour: number;
  readonly #kinds: number;
  readonly #decay: Decay;

  /** `hour` is the field of the hour; 2 * `kinds` fields follow it. */
  constructor(rows: Rows, hour: number, kinds: number, decay: Decay) {
    this.#rows = rows;
    this.#hour = hour;
    this.#kinds = kinds;
    this.#decay = decay;
  }

  /** An occasion that brought nothing new, or something. */
  note(row: number, kind: number, hour: number, isNew: boolean): void {
    this.#fade(row, hour);
    const field = this.#hour + 1 + kind * 2;
    this.#rows.addFloat(row, field, 1);
    if (isNew) this.#rows.addFloat(row, field + 1, 1);
  }

  /** Probability that the next occasion is new: 0.5 where there was none. */
  rate(row: number, kind: number): number {
    const field = this.#hour + 1 + kind * 2;
    const news = this.#rows.float(row, field + 1) + PRIOR_NEW;
    return news / (this.#rows.float(row, field) + PRIOR_OCCASIONS);
  }

  occasions(row: number, kind: number): number {
    return this.#rows.float(row, this.#hour + 1 + kind * 2);
  }

  /** What was new so far is new no more. */
  settle(row: number): void {
    for (let kind = 0; kind < this.#kinds; kind++) {
      this.#rows.setFloat(row, this.#hour + 2 + kind * 2, 0);
    }
  }

  #fade(row: number, hour: number): void {
    const before = this.#rows.word(row, this.#hour);
    if (hour <= before) return;
    const left = this.#decay.after(hour - before);
    const { floats, stride } = this.#rows;
    const from = row * stride + this.#hour + 1;
    for (let at = from; at < from + this.#kinds * 2; at++) floats[at] = (floats[at] ?? 0) * left;
    this.#rows.setWord(row, this.#hour, hour);
  }
}
