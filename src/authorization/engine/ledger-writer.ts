import { isWide, type OperationPattern } from '../operations/index.ts';
import { IntList } from './int-list.ts';
import {
  CELLS_OF_GRANT,
  COUNT_SHIFT,
  LITERALS_SHIFT,
  MAX_METHOD,
  MAX_SEGMENTS,
  METHOD_SHIFT,
  NOT_ASKED,
  TEXT,
  WIDE,
} from './ledger-layout.ts';
import { OTHER } from './methods.ts';
import { PackedText } from './packed-text.ts';
import { literalsOf } from './pattern-bits.ts';
import type { Tables } from './tables.ts';
import { TextIndex } from './text-index.ts';

/** A narrow grant before it is laid out. */
interface PlainGrant {
  readonly kind: number;
  readonly literals: string;
}

/** Lays out a ledger. */
export class LedgerWriter {
  readonly cells = new IntList();
  readonly identities: TextIndex;
  /** False where an identity or an id is too long, or not ASCII. */
  isComplete = true;
  readonly #tables: Tables;
  readonly #text = new PackedText();

  constructor(tables: Tables) {
    this.#tables = tables;
    const { principals } = tables;
    this.identities = new TextIndex(
      principals.reduce((sum, { identities }) => sum + identities.length, 0),
    );
    // Nothing begins at 0, which stands for free slots.
    this.cells.push(0);
    for (const principal of principals.keys()) this.#writePrincipal(principal);
  }

  #writePrincipal(principal: number): void {
    const { relations, principals } = this.#tables;
    const first = relations.firstOf[principal] ?? 0;
    const end = relations.firstOf[principal + 1] ?? 0;
    const callers = (principals[principal]?.identities ?? []).flatMap((identity) =>
      this.#writeIdentity(identity, end - first),
    );
    for (let relation = first; relation < end; relation++) {
      const at = this.cells.length;
      if (!this.#writeCallee(relation)) continue;
      const hash = this.#text.hash();
      this.#writeGrants(relation);
      for (const caller of callers) this.#enter(caller, hash, at);
    }
  }

  /** Gives where its relations are to be entered. */
  #writeIdentity(identity: string, relations: number): number[] {
    const isWritten = this.identities.write(identity, this.cells);
    this.isComplete &&= isWritten;
    if (!isWritten) return [];
    const caller = this.cells.length;
    for (let cell = 0; cell <= relations * 2; cell++) this.cells.push(0);
    return [caller];
  }

  #enter(caller: number, hash: number, relation: number): void {
    const count = this.cells.numbers[caller] ?? 0;
    this.cells.set(caller, count + 1);
    this.cells.set(caller + 1 + count * 2, hash);
    this.cells.set(caller + 2 + count * 2, relation);
  }

  #writeCallee(relation: number): boolean {
    const { relations, services } = this.#tables;
    const id = services[relations.callees[relation] ?? 0]?.id ?? '';
    const isPacked = this.#text.take(id);
    this.isComplete &&= isPacked;
    if (!isPacked) return false;
    this.cells.push(id.length);
    this.#text.pushTo(this.cells);
    return true;
  }

  #writeGrants(relation: number): void {
    const { relations, grants: all } = this.#tables;
    const first = relations.firstGrant[relation] ?? 0;
    const end = relations.firstGrant[relation + 1] ?? 0;
    const grants: PlainGrant[] = [];
    for (let at = first; at < end; at++) {
      const operation = all.operations[relations.grants[at] ?? 0];
      // those of one key stand side by side
      const isKnown = at > first && relations.keys[at] === relations.keys[at - 1];
      if (operation?.kind === 'named' || (isKnown && relations.keys[at] !== -1)) continue;
      const grant = operation && this.#toGrant(operation);
      if (!grant) {
        this.cells.push(WIDE);
        return;
      }
      grants.push(grant);
    }
    this.#pushGrants(grants);
  }

  #pushGrants(grants: readonly PlainGrant[]): void {
    this.cells.push(grants.length);
    const start = this.cells.length;
    for (const { kind } of grants) for (const cell of [kind, 0, 0]) this.cells.push(cell);
    const places = new Map<string, number>();
    grants.forEach(({ literals }, index) => {
      const place = places.get(literals) ?? this.#pushLiterals(literals);
      places.set(literals, place);
      this.cells.set(start + index * CELLS_OF_GRANT + TEXT, place);
    });
  }

  /** Gives where they stand, in characters. */
  #pushLiterals(literals: string): number {
    const at = this.cells.length;
    this.#text.take(literals);
    this.#text.pushTo(this.cells);
    return at * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Undefined where its cells do not say all. */
  #toGrant(operation: OperationPattern): PlainGrant | undefined {
    if (operation.kind !== 'http' || isWide(operation)) return undefined;
    const method = this.#tables.methods.numberOf(operation.method) ?? OTHER;
    const bits = literalsOf(operation.path);
    if (bits === -1 || method > MAX_METHOD) return undefined;
    const { segments } = operation.path;
    const exact = segments.flatMap((one) => (one.kind === 'literal' ? one.exact : []));
    const literals = `${exact.map((one) => `/${one}`).join('')}\0`;
    if (segments.length > MAX_SEGMENTS || !this.#text.take(literals)) return undefined;
    const kind = (method << METHOD_SHIFT) | (segments.length << COUNT_SHIFT);
    return { kind: kind | (bits << LITERALS_SHIFT) | NOT_ASKED, literals };
  }
}
