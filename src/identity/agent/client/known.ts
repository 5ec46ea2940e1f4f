import { type Denial, DenyIndex, type Shown } from '../../authority/index.ts';
import type { SupplyChange } from '../../host/index.ts';
import { type Entry, EntryIndex } from '../../registration/index.ts';
import type { TrustBundle } from '../../spiffe/index.ts';
import { writeBundle } from '../../spiffe/index.ts';
import {
  type Changes,
  readUpdate,
  TOLD_KINDS,
  type Told,
  type ToldKind,
  type Update,
  writeBundleItem,
  writeCrlItem,
  writeDenial,
  writeEntry,
  writeUpdate,
} from '../protocol/index.ts';

type Items = { readonly [Kind in ToldKind]: Map<string, Told[Kind]> };

const WRITERS: { readonly [Kind in ToldKind]: (item: Told[Kind], id: string) => Buffer } = {
  entries: writeEntry,
  denials: writeDenial,
  bundles: (bundle, trustDomain) => writeBundleItem(trustDomain, writeBundle(bundle)),
  crls: (der, id) => writeCrlItem(id, der),
};

/** What the server has told this agent. What comes in several messages holds with the last of them. */
export class Known {
  #items: Items = empty();
  /** Messages of what is not whole yet. */
  #pending: Update[] = [];
  #reissueAt = 0;
  #index = new EntryIndex();
  #denied = new DenyIndex({ sequence: 0, denials: [] });
  #isThere = false;

  /** Whether anything was ever told. */
  get isThere(): boolean {
    return this.#isThere;
  }

  get index(): EntryIndex {
    return this.#index;
  }

  bundleOf(trustDomain: string): TrustBundle | undefined {
    return this.#items.bundles.get(trustDomain);
  }

  /** In DER. */
  get crls(): readonly Buffer[] {
    return [...this.#items.crls.values()];
  }

  denialOf(shown: Shown): Denial | undefined {
    return this.#denied.find(shown);
  }

  /** Takes one message, and tells what has changed, once it is whole.
   *  @returns whether it is
   *  @throws {Fault} as `readUpdate`: nothing of it is taken */
  take(message: Buffer, onChange: (changes: readonly SupplyChange[]) => void): boolean {
    const update = readUpdate(message);
    if (update.isFirst) this.#pending = [];
    this.#pending.push(update);
    if (!update.isWhole) return false;
    const all = this.#pending;
    this.#pending = [];
    const changes = this.#apply(all, update.reissueAt);
    if (changes.length > 0) onChange(changes);
    return true;
  }

  /** Forgets a part of what was not told to its end. */
  breakOff(): void {
    this.#pending = [];
  }

  /** Everything in one message, as `take` takes it. */
  write(): Buffer {
    const changes = TOLD_KINDS.map((kind) => ({
      kind,
      put: writeAll(kind, this.#items),
      gone: [],
    }));
    return writeUpdate(changes, { isFirst: true, isWhole: true, reissueAt: this.#reissueAt });
  }

  /** Forgets everything. */
  drop(): void {
    this.#items = empty();
    this.#pending = [];
    this.#isThere = false;
    this.#index = new EntryIndex();
    this.#denied = new DenyIndex({ sequence: 0, denials: [] });
  }

  #apply(updates: readonly Update[], reissueAt: number): SupplyChange[] {
    const before = this.#items;
    const isFirst = updates[0]?.isFirst === true;
    const items = isFirst ? empty() : before;
    const touched = new Set<ToldKind>();
    for (const { changes } of updates) {
      for (const kind of TOLD_KINDS) if (merge(kind, items, changes)) touched.add(kind);
    }
    this.#items = items;
    this.#isThere = true;
    const changed = isFirst
      ? new Set(TOLD_KINDS.filter((kind) => !isSame(kind, before, items)))
      : touched;
    if (isFirst) this.#index = new EntryIndex(items.entries.values());
    else for (const { changes } of updates) this.#amend(changes.entries);
    if (changed.has('denials')) {
      this.#denied = new DenyIndex({ sequence: 0, denials: [...items.denials.values()] });
    }
    const isReissue = reissueAt > this.#reissueAt;
    this.#reissueAt = Math.max(reissueAt, this.#reissueAt);
    return changesOf(changed, isReissue);
  }

  #amend({ put, gone }: Changes<Entry>): void {
    for (const id of gone) this.#index.delete(id);
    for (const entry of put.values()) this.#index.set(entry);
  }
}

function changesOf(changed: ReadonlySet<ToldKind>, isReissue: boolean): SupplyChange[] {
  const changes: SupplyChange[] = [];
  // who is denied for good matches no entry any more
  if (changed.has('entries') || changed.has('denials')) changes.push('entries');
  if (changed.has('bundles') || changed.has('crls') || changed.has('denials'))
    changes.push('trust');
  if (isReissue) changes.push('reissue');
  return changes;
}

function empty(): Items {
  return { entries: new Map(), denials: new Map(), bundles: new Map(), crls: new Map() };
}

function merge<Kind extends ToldKind>(
  kind: Kind,
  items: { readonly [K in Kind]: Map<string, Told[K]> },
  changes: { readonly [K in Kind]: Changes<Told[K]> },
): boolean {
  const { put, gone } = changes[kind];
  for (const id of gone) items[kind].delete(id);
  for (const [id, item] of put) items[kind].set(id, item);
  return put.size > 0 || gone.length > 0;
}

function isSame(kind: ToldKind, before: Items, after: Items): boolean {
  const [a, b] = [writeAll(kind, before), writeAll(kind, after)];
  if (a.length !== b.length) return false;
  const known = new Set(a.map((bytes) => bytes.toString('latin1')));
  return b.every((bytes) => known.has(bytes.toString('latin1')));
}

function writeAll<Kind extends ToldKind>(
  kind: Kind,
  items: { readonly [K in Kind]: ReadonlyMap<string, Told[K]> },
): Buffer[] {
  const write: (item: Told[Kind], id: string) => Buffer = WRITERS[kind];
  return [...items[kind]].map(([id, item]) => write(item, id));
}
