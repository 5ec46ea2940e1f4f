import type { PathPattern, SegmentPattern } from '../operations/index.ts';
import { EMPTY_HASH, hashOf, hashStep } from './hash.ts';
import { IntList } from './int-list.ts';
import { HEAD } from './methods.ts';
import type { RequestPath } from './request-path.ts';
import type { Tables } from './tables.ts';

/** What each principal may do, close together in one array, so that most requests are decided by reading a few
 *  neighbouring cells. What is not as plain as that is left to who knows everything.
 *
 *  A principal is its number of callees, and for each its number and where its relation begins. A relation is the number
 *  of its narrow grants, or `WIDE`, and the grants. A grant is `kind, hash, text`: which method, how many segments, which
 *  of them are literals, and what stands (see `NOT_ASKED`); the hash of its literals; and where these are in `#texts`. */
const [KIND, HASH, TEXT] = [0, 1, 2] as const;
const CELLS_OF_GRANT = 3;
const WIDE = -1;
/** Bits of a kind: 3 of what stands, 14 of literals, 4 of their number, and the others of the method. */
const STANDING = 0b111;
const [LITERALS_SHIFT, COUNT_SHIFT, METHOD_SHIFT] = [3, 17, 21] as const;
const MAX_SEGMENTS = 14;
const LITERALS = 2 ** MAX_SEGMENTS - 1;
const MAX_METHOD = 2 ** 10 - 1;

/** No grant matches, so that none covers. */
export const NO_GRANT = -1;
/** All that is known has to be looked at. */
export const UNSURE = -2;

/** What stands at a grant: it has not been asked; all has to be looked at each time; else a number from `SURE` on. */
export const [NOT_ASKED, NEVER_SURE, SURE] = [0, 1, 2] as const;

export class Ledger {
  /** Where each principal begins. */
  readonly #principals: Int32Array;
  readonly #cells: Int32Array;
  /** Of each pattern, its literals: the length and then the characters of each. */
  readonly #texts: Uint8Array;

  constructor(tables: Tables) {
    const writer = new LedgerWriter(tables);
    this.#principals = writer.principals.toArray();
    this.#cells = writer.cells.toArray();
    this.#texts = Uint8Array.from(writer.texts.toArray());
  }

  /** Where the relation of a principal to a callee begins; -1: there is none. */
  find(principal: number, callee: number): number {
    const cells = this.#cells;
    const first = this.#principals[principal] ?? 0;
    let low = 0;
    let high = (cells[first] ?? 0) - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const other = cells[first + 1 + middle * 2] ?? 0;
      if (other === callee) return cells[first + 2 + middle * 2] ?? -1;
      if (other < callee) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** The one grant of a relation that a request matches exactly, `NO_GRANT` or `UNSURE`. */
  grantFor(relation: number, method: number, path: RequestPath): number {
    const cells = this.#cells;
    const count = cells[relation] ?? WIDE;
    if (count === WIDE || method === HEAD) return UNSURE;
    if (path.count > MAX_SEGMENTS || method > MAX_METHOD) return NO_GRANT;
    const kind = (method << (METHOD_SHIFT - COUNT_SHIFT)) | path.count;
    let grant = relation + 1;
    const end = grant + count * CELLS_OF_GRANT;
    let found = NO_GRANT;
    for (; grant < end; grant += CELLS_OF_GRANT) {
      if ((cells[grant + KIND] ?? 0) >> COUNT_SHIFT !== kind || !this.#matches(grant, path))
        continue;
      if (found !== NO_GRANT) return UNSURE;
      found = grant;
    }
    return found;
  }

  standingOf(grant: number): number {
    return (this.#cells[grant + KIND] ?? 0) & STANDING;
  }

  setStanding(grant: number, standing: number): void {
    this.#cells[grant + KIND] = ((this.#cells[grant + KIND] ?? 0) & ~STANDING) | standing;
  }

  #matches(grant: number, path: RequestPath): boolean {
    const literals = ((this.#cells[grant + KIND] ?? 0) >> LITERALS_SHIFT) & LITERALS;
    let hash = EMPTY_HASH;
    for (let bits = literals, at = 0; bits !== 0; bits >>>= 1, at++) {
      if ((bits & 1) !== 0) hash = hashStep(hash, path.hashes[at] ?? 0);
    }
    return hash === this.#cells[grant + HASH] && this.#hasLiterals(grant, literals, path);
  }

  #hasLiterals(grant: number, literals: number, path: RequestPath): boolean {
    const texts = this.#texts;
    let text = this.#cells[grant + TEXT] ?? 0;
    for (let bits = literals, at = 0; bits !== 0; bits >>>= 1, at++) {
      if ((bits & 1) === 0) continue;
      const length = texts[text++] ?? 0;
      const start = path.starts[at] ?? 0;
      if ((path.ends[at] ?? 0) - start !== length) return false;
      for (let index = 0; index < length; index++) {
        if (path.text.charCodeAt(start + index) !== texts[text + index]) return false;
      }
      text += length;
    }
    return true;
  }
}

class LedgerWriter {
  readonly principals = new IntList();
  readonly cells = new IntList();
  readonly texts = new IntList();
  readonly #tables: Tables;
  readonly #textOf = new Map<string, { readonly at: number; readonly hash: number }>();

  constructor(tables: Tables) {
    this.#tables = tables;
    const { relations, principals } = tables;
    principals.forEach((_, principal) => {
      const first = relations.firstOf[principal] ?? 0;
      const end = relations.firstOf[principal + 1] ?? 0;
      const at = this.cells.length;
      this.principals.push(at);
      this.cells.push(end - first);
      for (let relation = first; relation < end; relation++) {
        this.cells.push(relations.callees[relation] ?? 0);
        this.cells.push(0);
      }
      for (let relation = first; relation < end; relation++) {
        this.cells.set(at + 2 + (relation - first) * 2, this.cells.length);
        this.#writeRelation(relation);
      }
    });
  }

  #writeRelation(relation: number): void {
    const { relations, spots } = this.#tables;
    const first = relations.firstGrant[relation] ?? 0;
    const end = relations.firstGrant[relation + 1] ?? 0;
    const covered = new Set(relations.spots.subarray(first, end));
    const ofPaths = [...covered].filter((spot) => spot === -1 || spots.paths[spot] !== -1);
    const grants = ofPaths.map((spot) => this.#toGrant(spot));
    const isPlain = grants.every((grant) => grant !== undefined);
    this.cells.push(isPlain ? grants.length : WIDE);
    if (isPlain) for (const cell of grants.flat()) this.cells.push(cell);
  }

  /** Undefined where its cells do not say all. */
  #toGrant(spot: number): readonly number[] | undefined {
    const { spots, known } = this.#tables;
    const path = spots.paths[spot] ?? -1;
    const method = spots.methods[spot] ?? 0;
    const literals = known.literals[path] ?? -1;
    const pattern = known.patterns[path];
    if (!pattern || literals === -1 || method > MAX_METHOD) return undefined;
    const count = pattern.segments.length;
    if (count > MAX_SEGMENTS || pattern.segments.some(isLong)) return undefined;
    const { at, hash } = this.#textFor(pattern);
    const kind = (method << METHOD_SHIFT) | (count << COUNT_SHIFT) | (literals << LITERALS_SHIFT);
    return [kind | NOT_ASKED, hash, at];
  }

  #textFor(pattern: PathPattern): { readonly at: number; readonly hash: number } {
    const known = this.#textOf.get(pattern.shape);
    if (known) return known;
    const at = this.texts.length;
    let hash = EMPTY_HASH;
    for (const segment of pattern.segments) {
      if (segment.kind !== 'literal') continue;
      hash = hashStep(hash, hashOf(segment.exact));
      this.texts.push(segment.exact.length);
      for (let index = 0; index < segment.exact.length; index++) {
        this.texts.push(segment.exact.charCodeAt(index));
      }
    }
    const made = { at, hash };
    this.#textOf.set(pattern.shape, made);
    return made;
  }
}

/** Whether the length of a literal does not go into a byte. */
const isLong = (segment: SegmentPattern): boolean =>
  segment.kind === 'literal' && segment.exact.length > 0xff;
