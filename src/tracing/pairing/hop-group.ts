import { Hop } from '../hop.ts';
import { AHEAD } from '../near.ts';

/** Told of hops before they come, so that what they need can be read for all of them at once. */
export type OnHopsAhead = (hops: readonly Hop[], count: number) => void;

/** Hops that are written one after another and handed on together, in the objects that serve for all. */
export class HopGroup {
  readonly #hops = Array.from({ length: AHEAD }, () => new Hop());
  readonly #onHop: (hop: Hop) => void;
  readonly #onAhead: OnHopsAhead | undefined;
  #count = 0;

  constructor(onHop: (hop: Hop) => void, onAhead: OnHopsAhead | undefined) {
    this.#onHop = onHop;
    this.#onAhead = onAhead;
  }

  /** What the next hop is written to. */
  get next(): Hop {
    // there are always more than are counted
    return this.#hops[this.#count]!;
  }

  /** The next hop has been written. */
  add(): void {
    if (++this.#count === AHEAD) this.handOn();
  }

  /** Hands on those that were written since the last time. */
  handOn(): void {
    const count = this.#count;
    this.#count = 0;
    if (count > 0) this.#onAhead?.(this.#hops, count);
    for (let one = 0; one < count; one++) {
      const hop = this.#hops[one];
      if (hop !== undefined) this.#onHop(hop);
    }
  }
}
