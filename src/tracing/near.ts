/** Hops, or rows, that are looked ahead. */
export const AHEAD = 32;

const LINE_WORDS = 16;

/** Rows of a table that will be looked at soon, read ahead of it for several hops together: what is fetched from memory
 *  for many at once is waited for once, and that is most of what a hop costs. What is read is not used. */
export class Near {
  readonly #places = new Uint32Array(2 * AHEAD);
  #count = 0;

  /** Wants a row; or a slot, which `follow` goes on from. */
  want(place: number): void {
    this.#places[this.#count++] = place;
  }

  /** Goes from slots to the rows that they name, by the bits of a mask. */
  follow(slots: Uint32Array, mask = -1): void {
    const places = this.#places;
    for (let one = 0; one < this.#count; one++) {
      places[one] = (slots[places[one] ?? 0] ?? 0) & mask;
    }
  }

  /** Reads all rows that are wanted, which are wanted no more. */
  read(words: Uint32Array, stride: number): void {
    const places = this.#places;
    let read = 0;
    for (let one = 0; one < this.#count; one++) {
      const at = (places[one] ?? 0) * stride;
      for (let word = 0; word < stride; word += LINE_WORDS) read ^= words[at + word] ?? 0;
      read ^= words[at + stride - 1] ?? 0;
    }
    // kept, so that reading is not left out as useless
    places[0] = read;
    this.#count = 0;
  }
}
