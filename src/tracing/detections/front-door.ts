import type { Hop } from '../hop.ts';

const SLOTS = 1 << 17;
const MASK = SLOTS - 1;

/** Of the latest hops: whether they are part of what began with a usual request from outside, and went as usual since. */
export class FrontDoor {
  readonly #ids = new Float64Array(SLOTS);
  readonly #is = new Uint8Array(SLOTS);

  leadsTo(hop: Hop): boolean {
    const slot = hop.parent & MASK;
    return hop.parent !== 0 && this.#ids[slot] === hop.parent && this.#is[slot] === 1;
  }

  note(hop: Hop, is: boolean): void {
    const slot = hop.id & MASK;
    this.#ids[slot] = hop.id;
    this.#is[slot] = is ? 1 : 0;
  }
}
