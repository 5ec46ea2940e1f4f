import type { Party } from '../../estate/index.ts';
import { detached } from '../detached.ts';

/** One object for each party that was named, up to a number of them. */
export class Parties {
  readonly #known = new Map<string, Party>();
  readonly #max: number;

  constructor(max = 10_000) {
    this.#max = max;
  }

  of(id: string, create: () => Party): Party {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const party = create();
    if (this.#known.size < this.#max) this.#known.set(detached(id), party);
    return party;
  }
}
