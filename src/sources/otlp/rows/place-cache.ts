/** Words of a slot: the id, the batch, the place in it, and a word that goes with it. */
const WORDS = 4;

/** Places that things have in the batch at hand, by the ids that they have for longer. What is pushed out, by another id
 *  of the same slot or by the next batch, is asked for again. */
export class PlaceCache {
  readonly #words: Uint32Array;
  readonly #mask: number;
  /** Number of the batch at hand. */
  batch = 0;

  /** @param slots a power of two */
  constructor(slots: number) {
    this.#words = new Uint32Array(slots * WORDS);
    this.#mask = slots - 1;
  }

  /** Where the slot of an id is; -1 where it has no place yet. */
  find(id: number): number {
    const words = this.#words;
    const at = (id & this.#mask) * WORDS;
    return words[at] === id && words[at + 1] === this.batch ? at : -1;
  }

  place(at: number): number {
    return this.#words[at + 2] ?? 0;
  }
  /** What was set beside the place. */
  beside(at: number): number {
    return this.#words[at + 3] ?? 0;
  }

  /** Where the slot is. */
  set(id: number, place: number, beside = 0): number {
    const words = this.#words;
    const at = (id & this.#mask) * WORDS;
    words[at] = id;
    words[at + 1] = this.batch;
    words[at + 2] = place;
    words[at + 3] = beside;
    return at;
  }
}
