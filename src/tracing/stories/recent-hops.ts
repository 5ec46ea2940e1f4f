import { toHex } from '../../estate/spans/index.ts';
import type { Hop, HopCopy } from '../hop.ts';

const TIMES = 3;
const WORDS = 13;
const MAX_TRAIL = 12;
const OUTCOME_SHIFT = 4;
const ENTRY_BIT = 1 << 8;

/** The latest hops by their numbers, in two arrays of fixed size: what leads to a sign is told from here. */
export class RecentHops {
  readonly #mask: number;
  readonly #times: Float64Array;
  readonly #words: Uint32Array;

  /** @param atLeast Hops kept; the next power of two. */
  constructor(atLeast: number) {
    const size = 2 ** Math.ceil(Math.log2(atLeast));
    this.#mask = size - 1;
    this.#times = new Float64Array(size * TIMES);
    this.#words = new Uint32Array(size * WORDS);
  }

  add(hop: Hop): void {
    const slot = hop.id & this.#mask;
    const times = this.#times;
    const words = this.#words;
    const time = slot * TIMES;
    const at = slot * WORDS;
    times[time] = hop.id;
    times[time + 1] = hop.parent;
    times[time + 2] = hop.at;
    words[at] = hop.trace[0] ?? 0;
    words[at + 1] = hop.trace[1] ?? 0;
    words[at + 2] = hop.trace[2] ?? 0;
    words[at + 3] = hop.trace[3] ?? 0;
    words[at + 4] = hop.caller;
    words[at + 5] = hop.claimed;
    words[at + 6] = hop.proved;
    words[at + 7] = hop.principal;
    words[at + 8] = hop.callee;
    words[at + 9] = hop.endpoint;
    words[at + 10] = hop.address;
    words[at + 11] = hop.depth;
    words[at + 12] = hop.rank | (hop.outcome << OUTCOME_SHIFT) | (hop.isEntry ? ENTRY_BIT : 0);
  }

  /** What leads to a hop, the first one first: as much of it as is remembered, and bounded. */
  trail(hop: HopCopy): HopCopy[] {
    const trail: HopCopy[] = [];
    let parent = hop.parent;
    while (parent !== 0 && trail.length < MAX_TRAIL) {
      const copy = this.#copy(parent);
      if (!copy || copy.traceId !== hop.traceId || trail.some(({ id }) => id === copy.id)) break;
      trail.push(copy);
      parent = copy.parent;
    }
    return trail.reverse();
  }

  #copy(id: number): HopCopy | undefined {
    const slot = id & this.#mask;
    if (this.#times[slot * TIMES] !== id) return undefined;
    const word = (place: number) => this.#words[slot * WORDS + place] ?? 0;
    const flags = word(12);
    return {
      id,
      parent: this.#times[slot * TIMES + 1] ?? 0,
      at: this.#times[slot * TIMES + 2] ?? 0,
      traceId: toHex(this.#words, slot * WORDS, 4) ?? null,
      caller: word(4),
      claimed: word(5),
      proved: word(6),
      principal: word(7),
      callee: word(8),
      endpoint: word(9),
      address: word(10),
      depth: word(11),
      rank: flags & 0xf,
      outcome: (flags >> OUTCOME_SHIFT) & 0xf,
      isEntry: (flags & ENTRY_BIT) !== 0,
    };
  }
}
