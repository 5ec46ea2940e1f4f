import { isWide, type OperationPattern } from '../operations/index.ts';
import { EMPTY_HASH, hashOf, hashStep } from './hash.ts';
import { IntList } from './int-list.ts';
import {
  CELLS_OF_SLOT,
  COUNT_SHIFT,
  LITERALS_SHIFT,
  MAX_METHOD,
  MAX_SEGMENTS,
  METHOD_SHIFT,
  NOT_ASKED,
  WIDE,
} from './ledger-layout.ts';
import { OTHER } from './methods.ts';
import { PackedText } from './packed-text.ts';
import { literalsOf } from './pattern-bits.ts';
import type { Tables } from './tables.ts';

/** A narrow grant before it is laid out. */
interface PlainGrant {
  readonly kind: number;
  readonly hash: number;
  readonly literals: string;
}

/** Lays out a ledger. */
export class LedgerWriter {
  readonly cells = new IntList();
  readonly slots: Int32Array;
  /** False where an identity or an id is too long, or beyond Latin-1. */
  isComplete = true;
  readonly #tables: Tables;
  readonly #text = new PackedText();

  constructor(tables: Tables) {
    this.#tables = tables;
    const { principals } = tables;
    const count = principals.reduce((sum, { identities }) => sum + identities.length, 1);
    this.slots = new Int32Array(CELLS_OF_SLOT * 2 ** Math.ceil(Math.log2(count * 2)));
    // Nothing begins at 0, which stands for free slots.
    this.cells.push(0);
    principals.forEach(({ identities }, principal) => {
      const callers = identities.flatMap((identity) => this.#writeIdentity(identity));
      for (const caller of callers) this.cells.set(caller, this.cells.length);
      this.#writeCaller(principal);
    });
  }

  /** Gives the cell that is to say where its caller is. */
  #writeIdentity(identity: string): number[] {
    const at = this.cells.length;
    if (!this.#writeText(identity)) return [];
    const last = this.slots.length - CELLS_OF_SLOT;
    let slot = (this.#text.hash << 1) & last;
    while (this.slots[slot + 1] !== 0) slot = (slot + CELLS_OF_SLOT) & last;
    this.slots[slot] = this.#text.hash;
    this.slots[slot + 1] = at;
    this.cells.push(0);
    return [this.cells.length - 1];
  }

  #writeCaller(principal: number): void {
    const { relations, services } = this.#tables;
    const first = relations.firstOf[principal] ?? 0;
    const end = relations.firstOf[principal + 1] ?? 0;
    const at = this.cells.length;
    for (let cell = 0; cell <= (end - first) * 2; cell++) this.cells.push(0);
    let count = 0;
    for (let relation = first; relation < end; relation++) {
      const start = this.cells.length;
      if (!this.#writeText(services[relations.callees[relation] ?? 0]?.id ?? '')) continue;
      this.cells.set(at + 1 + count * 2, this.#text.hash);
      this.cells.set(at + 2 + count * 2, start);
      count++;
      this.#writeGrants(relation);
    }
    this.cells.set(at, count);
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
    this.cells.push(grants.length);
    const texts = grants.map(({ kind, hash }) => {
      for (const cell of [kind, hash, 0]) this.cells.push(cell);
      return this.cells.length - 1;
    });
    grants.forEach(({ literals }, index) => {
      this.#text.take(literals);
      this.cells.set(texts[index] ?? 0, this.cells.length);
      this.#pushText();
    });
  }

  /** Undefined where its cells do not say all. */
  #toGrant(operation: OperationPattern): PlainGrant | undefined {
    if (operation.kind !== 'http' || isWide(operation)) return undefined;
    const method = this.#tables.methods.numberOf(operation.method) ?? OTHER;
    const bits = literalsOf(operation.path);
    if (bits === -1 || method > MAX_METHOD) return undefined;
    const { segments } = operation.path;
    const exact = segments.flatMap((one) => (one.kind === 'literal' ? one.exact : []));
    const literals = exact.map((one) => `${one}/`).join('');
    if (segments.length > MAX_SEGMENTS || !this.#text.take(literals)) return undefined;
    const kind = (method << METHOD_SHIFT) | (segments.length << COUNT_SHIFT);
    return {
      kind: kind | (bits << LITERALS_SHIFT) | NOT_ASKED,
      hash: exact.reduce((hash, one) => hashStep(hash, hashOf(one)), EMPTY_HASH),
      literals,
    };
  }

  #writeText(text: string): boolean {
    const isPacked = this.#text.take(text);
    if (isPacked) {
      this.cells.push(text.length);
      this.#pushText();
    }
    this.isComplete &&= isPacked;
    return isPacked;
  }

  #pushText(): void {
    const { cells, size } = this.#text;
    for (let at = 0; at < size; at++) this.cells.push(cells[at] ?? 0);
  }
}
