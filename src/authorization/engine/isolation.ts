import { isMoreSpecific, overlapsLoosely } from '../operations/index.ts';
import { EVERY } from './methods.ts';
import type { Tables } from './tables.ts';

/** Callees with more known paths than these are not gone through. */
const MAX_PATHS = 256;
const [NOT_ASKED, ISOLATED, NOT_ISOLATED] = [0, 1, 2] as const;

/** Which known paths stand for themselves: whatever matches one exactly has it, and nothing else, as the nearest. */
export class Isolation {
  readonly #tables: Tables;
  readonly #ofSpots: Uint8Array;

  constructor(tables: Tables) {
    this.#tables = tables;
    this.#ofSpots = new Uint8Array(tables.spots.count);
  }

  /** Of the spot of one method at a path of a callee. False also where it would take long to tell. */
  isIsolated(callee: number, spot: number): boolean {
    if (this.#ofSpots[spot] === NOT_ASKED) {
      this.#ofSpots[spot] = this.#find(callee, spot) ? ISOLATED : NOT_ISOLATED;
    }
    return this.#ofSpots[spot] === ISOLATED;
  }

  #find(callee: number, spot: number): boolean {
    const { known, spots } = this.#tables;
    const first = known.firstOf[callee] ?? 0;
    const end = known.firstOf[callee + 1] ?? 0;
    const own = spots.paths[spot] ?? -1;
    const pattern = known.patterns[own];
    if (!pattern || end - first > MAX_PATHS) return false;
    for (let path = first; path < end; path++) {
      const other = known.patterns[path];
      if (path === own || !other || !this.#hasMethod(path, spots.methods[spot] ?? EVERY)) continue;
      if (overlapsLoosely(pattern, other) && !isMoreSpecific(pattern, other)) return false;
    }
    return true;
  }

  #hasMethod(path: number, method: number): boolean {
    const { known, spots } = this.#tables;
    const end = known.firstSpot[path + 1] ?? 0;
    for (let spot = known.firstSpot[path] ?? 0; spot < end; spot++) {
      if (spots.methods[spot] === method || spots.methods[spot] === EVERY) return true;
    }
    return false;
  }
}
