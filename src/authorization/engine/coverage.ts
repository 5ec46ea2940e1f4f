import type { Question } from '../model/index.ts';
import {
  contains,
  EVERY_METHOD,
  matchesExactly,
  type OperationPattern,
} from '../operations/index.ts';
import type { Finder } from './finder.ts';
import type { Tables } from './tables.ts';

/** Runs of grants from which on they are searched rather than gone through. */
const MANY_GRANTS = 16;

/** In the place of an entry: a wide grant covers. */
export const WIDE = -2;
const NONE = -1;

/** Which grants of a relation cover what a finder found. */
export class Coverage {
  /** Of each of the nearest, once it is covered: where in the grants of its relation, or `WIDE`. */
  entries = new Int32Array(16);
  readonly #tables: Tables;
  readonly #finder: Finder;

  constructor(tables: Tables, finder: Finder) {
    this.#tables = tables;
    this.#finder = finder;
  }

  /** Whether the request that was found is covered by grants of a relation. */
  isCovered(relation: number): boolean {
    const { count } = this.#finder;
    if (count === 0) return this.#isUnknownCovered(relation);
    if (count > this.entries.length) this.entries = new Int32Array(count * 2);
    let isExact = false;
    for (let at = 0; at < count; at++) {
      const entry = this.#entryOf(relation, at);
      if (entry === NONE) return false;
      this.entries[at] = entry;
      isExact ||= this.#finder.isExact(at);
    }
    return isExact;
  }

  #entryOf(relation: number, nearest: number): number {
    const { firstGrant, keys } = this.#tables.relations;
    const key = this.#tables.callees.spots.keys[this.#finder.spots[nearest] ?? 0] ?? -1;
    const end = firstGrant[relation + 1] ?? 0;
    let at = firstGrant[relation] ?? 0;
    for (; at < end && keys[at] === -1; at++) {
      if (this.coversKnown(this.#operationAt(at), this.#finder.paths[nearest] ?? -1)) return WIDE;
    }
    if (end - at > MANY_GRANTS) return this.#search(at, end, key);
    for (; at < end; at++) if (keys[at] === key) return at;
    return NONE;
  }

  #search(first: number, end: number, key: number): number {
    const { keys } = this.#tables.relations;
    let low = first;
    let high = end - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const other = keys[middle] ?? 0;
      if (other === key) return middle;
      if (other < key) low = middle + 1;
      else high = middle - 1;
    }
    return NONE;
  }

  #operationAt(at: number): OperationPattern | undefined {
    const { relations, grants } = this.#tables;
    return grants.operations[relations.grants[at] ?? 0];
  }

  /** Whether a wide operation takes in a known path (-1: a named operation) for the method that was found. */
  coversKnown(operation: OperationPattern | undefined, path: number): boolean {
    if (operation?.kind === 'every') return true;
    if (operation?.kind !== 'http' || path === -1 || !this.#isOfMethod(operation)) return false;
    const pattern = this.#tables.callees.paths.patterns[path];
    return pattern !== undefined && contains(operation.path, pattern);
  }

  /** Whether a wide operation takes in what was asked, where nothing is known. */
  coversUnknown(operation: OperationPattern | undefined, protocol: Question['protocol']): boolean {
    if (operation?.kind === 'every') return true;
    if (operation?.kind !== 'http' || protocol !== 'http') return false;
    return (
      operation.path.hasWildcards &&
      this.#isOfMethod(operation) &&
      matchesExactly(operation.path, this.#finder.path)
    );
  }

  #isOfMethod({ method }: Extract<OperationPattern, { kind: 'http' }>): boolean {
    return method === EVERY_METHOD || this.#tables.methods.numberOf(method) === this.#finder.method;
  }

  #isUnknownCovered(relation: number): boolean {
    const { firstGrant, keys } = this.#tables.relations;
    const end = firstGrant[relation + 1] ?? 0;
    for (let at = firstGrant[relation] ?? 0; at < end && keys[at] === -1; at++) {
      if (this.coversUnknown(this.#operationAt(at), this.#finder.protocol)) return true;
    }
    return false;
  }
}
