import { EMPTY_HASH, hashStep } from './hash.ts';
import {
  CELLS_OF_GRANT,
  CELLS_OF_SLOT,
  COUNT_SHIFT,
  HASH,
  KIND,
  LITERALS,
  LITERALS_SHIFT,
  MAX_METHOD,
  MAX_SEGMENTS,
  METHOD_SHIFT,
  STANDING,
  TEXT,
  WIDE,
} from './ledger-layout.ts';
import { LedgerWriter } from './ledger-writer.ts';
import { HEAD } from './methods.ts';
import { PackedText } from './packed-text.ts';
import type { RequestPath } from './request-path.ts';
import type { Tables } from './tables.ts';

/** No grant matches, so that none covers. */
export const NO_GRANT = -1;
/** All that is known has to be looked at. */
export const UNSURE = -2;

const SLASH = 0x2f;

/** What each identity may do, close together in one array (see `ledger-layout.ts`), so that most requests are decided by
 *  reading a few neighbouring cells. What is not as plain as that is left to who knows everything. */
export class Ledger {
  /** Whether each identity, and each relation, is in it. */
  readonly isComplete: boolean;
  readonly #slots: Int32Array;
  readonly #cells: Int32Array;
  readonly #text = new PackedText();

  constructor(tables: Tables) {
    const writer = new LedgerWriter(tables);
    this.isComplete = writer.isComplete;
    this.#slots = writer.slots;
    this.#cells = writer.cells.toArray();
  }

  /** Where the relations of an identity begin; -1: it is not here. */
  callerAt(identity: string): number {
    const text = this.#text;
    if (!text.take(identity)) return -1;
    const slots = this.#slots;
    const cells = this.#cells;
    const last = slots.length - CELLS_OF_SLOT;
    for (let slot = (text.hash << 1) & last; ; slot = (slot + CELLS_OF_SLOT) & last) {
      const at = slots[slot + 1] ?? 0;
      if (at === 0) return -1;
      if (slots[slot] !== text.hash || cells[at] !== text.length) continue;
      if (text.equals(cells, at + 1)) return cells[at + 1 + text.size] ?? -1;
    }
  }

  /** Where the grants of a caller's relation to a service begin; -1: there is none here. */
  relationAt(caller: number, service: string): number {
    const text = this.#text;
    if (!text.take(service)) return -1;
    const cells = this.#cells;
    const end = caller + 1 + (cells[caller] ?? 0) * 2;
    for (let callee = caller + 1; callee < end; callee += 2) {
      if (cells[callee] !== text.hash) continue;
      const at = cells[callee + 1] ?? 0;
      if (cells[at] === text.length && text.equals(cells, at + 1)) return at + 1 + text.size;
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
    const end = relation + 1 + count * CELLS_OF_GRANT;
    let found = NO_GRANT;
    for (let grant = relation + 1; grant < end; grant += CELLS_OF_GRANT) {
      if ((cells[grant + KIND] ?? 0) >> COUNT_SHIFT !== kind) continue;
      if (!this.#matches(grant, path)) continue;
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

  /** Each literal with a slash behind it: what is shorter or longer differs there at the latest. */
  #hasLiterals(grant: number, literals: number, path: RequestPath): boolean {
    const text = this.#cells[grant + TEXT] ?? 0;
    let index = 0;
    for (let bits = literals, at = 0; bits !== 0; bits >>>= 1, at++) {
      if ((bits & 1) === 0) continue;
      const end = path.ends[at] ?? 0;
      for (let from = path.starts[at] ?? 0; from < end; from++) {
        if (this.#characterAt(text, index++) !== path.text.charCodeAt(from)) return false;
      }
      if (this.#characterAt(text, index++) !== SLASH) return false;
    }
    return true;
  }

  #characterAt(text: number, index: number): number {
    return ((this.#cells[text + (index >> 2)] ?? 0) >> ((index & 3) << 3)) & 0xff;
  }
}
