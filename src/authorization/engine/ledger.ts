import {
  CELLS_OF_GRANT,
  COUNT_SHIFT,
  KIND,
  LITERALS,
  LITERALS_SHIFT,
  MARKS,
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
import type { TextIndex } from './text-index.ts';

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
  readonly #identities: TextIndex;
  readonly #cells: Int32Array;
  /** The same memory. */
  readonly #bytes: Uint8Array;
  readonly #text = new PackedText();

  constructor(tables: Tables) {
    const writer = new LedgerWriter(tables);
    this.isComplete = writer.isComplete;
    this.#identities = writer.identities;
    this.#cells = writer.cells.toArray();
    this.#bytes = new Uint8Array(this.#cells.buffer);
  }

  /** Where the relations of an identity begin; -1: it is not here. */
  callerAt(identity: string): number {
    return this.#identities.find(identity, this.#cells);
  }

  /** Where the grants of a caller's relation to a service begin; -1: there is none here. */
  relationAt(caller: number, service: string): number {
    const text = this.#text;
    if (!text.take(service)) return -1;
    const hash = text.hash();
    const cells = this.#cells;
    const end = caller + 1 + (cells[caller] ?? 0) * 2;
    for (let callee = caller + 1; callee < end; callee += 2) {
      if (cells[callee] !== hash) continue;
      const at = cells[callee + 1] ?? 0;
      if (text.equals(cells, at)) return at + 1 + text.size;
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
      if (found !== NO_GRANT || this.#hasRival(grant, path)) return UNSURE;
      found = grant;
    }
    return found;
  }

  standingOf(grant: number): number {
    return (this.#cells[grant + KIND] ?? 0) & STANDING;
  }

  /** What stands at a grant, unless a request has one of the marks. */
  keep(grant: number, standing: number, marks: number): void {
    this.#cells[grant + MARKS] = marks;
    this.#cells[grant + KIND] = ((this.#cells[grant + KIND] ?? 0) & ~STANDING) | standing;
  }

  #hasRival(grant: number, path: RequestPath): boolean {
    const marks = this.#cells[grant + MARKS] ?? 0;
    if (marks === 0) return false;
    if (!path.isPlain) return true;
    let parameters = ~((this.#cells[grant + KIND] ?? 0) >> LITERALS_SHIFT) & (2 ** path.count - 1);
    for (let at = 0; parameters !== 0; parameters >>>= 1, at++) {
      if ((parameters & 1) !== 0 && (marks & path.markAt(at)) !== 0) return true;
    }
    return false;
  }

  /** Each literal stands with a slash before it, and a zero behind the last one: what is shorter or longer differs there
   *  at the latest. */
  #matches(grant: number, { bounds, bytes }: RequestPath): boolean {
    const own = this.#bytes;
    let index = this.#cells[grant + TEXT] ?? 0;
    let bits = ((this.#cells[grant + KIND] ?? 0) >> LITERALS_SHIFT) & LITERALS;
    for (let at = 0; bits !== 0; bits >>>= 1, at++) {
      if ((bits & 1) === 0) continue;
      const end = bounds[at + 1] ?? 0;
      for (let from = bounds[at] ?? 0; from < end; from++) {
        if (own[index++] !== bytes[from]) return false;
      }
      const next = own[index];
      if (next !== SLASH && next !== 0) return false;
    }
    return true;
  }
}
