import { isMoreSpecific, overlapsLoosely } from '../operations/index.ts';
import { EVERY } from './methods.ts';
import type { Tables } from './tables.ts';

/** Callees with more known paths than these are not gone through. */
const MAX_PATHS = 256;
const [NOT_ASKED, ISOLATED, NOT_ISOLATED] = [0, 1, 2] as const;

/** Which known paths stand for themselves: whatever matches one exactly has it, and nothing else, as the nearest. */
export class Isolation {
  readonly #tables: Tables;
  #ofSpots = new Uint8Array(64);

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Of the spot of one method at a path of a callee. False also where it would take long to tell. */
  isIsolated(callee: number, spot: number): boolean {
    if (spot >= this.#ofSpots.length) this.#widen(spot);
    if (this.#ofSpots[spot] === NOT_ASKED) {
      this.#ofSpots[spot] = this.#find(callee, spot) ? ISOLATED : NOT_ISOLATED;
    }
    return this.#ofSpots[spot] === ISOLATED;
  }

  #widen(spot: number): void {
    const asked = this.#ofSpots;
    this.#ofSpots = new Uint8Array(spot * 2);
    this.#ofSpots.set(asked);
  }

  #find(callee: number, spot: number): boolean {
    const { callees } = this.#tables;
    const { paths: known, spots } = callees;
    const { first, end } = callees.pathsOf(callee);
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
    const { paths: known, spots } = this.#tables.callees;
    const end = known.endSpot[path] ?? 0;
    for (let spot = known.firstSpot[path] ?? 0; spot < end; spot++) {
      if (spots.methods[spot] === method || spots.methods[spot] === EVERY) return true;
    }
    return false;
  }
}
