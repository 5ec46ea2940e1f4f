import { Fault } from '../../../base/fault.ts';
import {
  type DocumentChange,
  type DocumentStore,
  isDocumentConflict,
  type NewAuditEntry,
} from '../../../estate/index.ts';
import type { Entry } from '../entry.ts';
import { EntryIndex } from '../entry-index.ts';
import { type Amendment, auditOf } from './amendment.ts';
import {
  type EndedEntry,
  KINDS,
  readEnded,
  readEntry,
  toKeep,
  toKeepEnded,
  toRemove,
} from './stored-entry.ts';

/** What entries are kept with. */
export interface KeptEntriesParts {
  readonly store: DocumentStore;
  readonly trustDomain: string;
  readonly clock: () => number;
  /** Whether entries that have ended are remembered until they are `dealtWith`. */
  readonly remembersEnded: boolean;
  readonly warn: (message: string, fault: unknown) => void;
  /** Told of what has changed, whoever changed it. */
  readonly onChange: (set: readonly Entry[], gone: readonly Entry[]) => void;
}

const ATTEMPTS = 5;

/** The entries of a trust domain as the store has them: changes come one after the other, and each is
 *  durable before it is seen. */
export class KeptEntries {
  readonly index = new EntryIndex();
  readonly #parts: KeptEntriesParts;
  /** By id of the document, those that cannot be read too. */
  readonly #versions = new Map<string, number>();
  readonly #ended = new Map<string, { readonly ended: EndedEntry; readonly version: number }>();
  #turn: Promise<unknown> = Promise.resolve();
  /** A change failed, and may have been made all the same. */
  #isInDoubt = false;

  constructor(parts: KeptEntriesParts) {
    this.#parts = parts;
  }

  /** Entries that have ended and are not dealt with yet. */
  get ended(): readonly EndedEntry[] {
    return [...this.#ended.values()].map(({ ended }) => ended);
  }

  /** Does some work when all that came before is done, on what is surely kept. Where another process has
   *  changed what it changes, what is kept is read again and the work is done anew.
   *  @throws {Fault} `estate/document-conflict` where that happens again and again */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          if (this.#isInDoubt) await this.load();
          return await work();
        } catch (thrown) {
          if (!isDocumentConflict(thrown) || attempt === ATTEMPTS) throw thrown;
        }
      }
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when all that was begun is done, whether or not it could be. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  /** Reads what is kept, and passes on what is new in it. */
  async load(): Promise<void> {
    const { store, trustDomain, warn } = this.#parts;
    const before = new Map([...this.index.entries()].map((entry) => [entry.id, entry]));
    const versions = new Map<string, number>();
    const set: Entry[] = [];
    for (const document of await store.documents(KINDS.entry)) {
      const { id, version } = document;
      const entry = readEntry(document);
      if (entry !== undefined && !isOf(trustDomain, entry)) continue;
      versions.set(id, version);
      if (entry === undefined) {
        warn('A registration that is kept cannot be read, and gives no identity', damaged(id));
        continue;
      }
      if (this.#versions.get(id) !== version) set.push(entry);
      before.delete(id);
    }
    await this.#loadEnded();
    this.#isInDoubt = false;
    this.#versions.clear();
    for (const [id, version] of versions) this.#versions.set(id, version);
    this.#see(set, [...before.values()]);
  }

  async #loadEnded(): Promise<void> {
    const { store, trustDomain } = this.#parts;
    const documents = await store.documents(KINDS.ended);
    this.#ended.clear();
    for (const document of documents) {
      const ended = readEnded(document);
      if (ended === undefined || !isOf(trustDomain, ended.entry)) continue;
      this.#ended.set(document.id, { ended, version: document.version });
    }
  }

  /** Makes all of these changes in one transaction, with what the audit log says of them.
   *  @throws {Fault} `estate/document-conflict`, `estate/unavailable`; nothing has changed then */
  async make(amendments: readonly Amendment[]): Promise<void> {
    const now = this.#parts.clock();
    const changes = amendments.flatMap((amendment) => this.#toChanges(amendment));
    await this.#amend(
      changes,
      amendments.map((amendment) => auditOf(amendment, now)),
    );
    const isEnd = ({ what }: Amendment) => what === 'retire';
    this.#see(
      amendments.filter((one) => !isEnd(one)).map(({ entry }) => entry),
      amendments.filter(isEnd).map(({ entry }) => entry),
    );
  }

  /** Forgets entries that have ended. */
  async dealtWith(ended: readonly EndedEntry[]): Promise<void> {
    const changes = ended.flatMap(({ entry: { id } }) => {
      const kept = this.#ended.get(id);
      return kept === undefined ? [] : [toRemove(KINDS.ended, id, kept.version)];
    });
    await this.#amend(changes, []);
  }

  async #amend(
    changes: readonly DocumentChange[],
    entries: readonly NewAuditEntry[],
  ): Promise<void> {
    try {
      await this.#parts.store.amend(changes, entries);
    } catch (thrown) {
      this.#isInDoubt = true;
      throw thrown;
    }
    this.#count(changes);
  }

  #toChanges(amendment: Amendment): DocumentChange[] {
    const { what, entry, by } = amendment;
    const version = this.#versions.get(entry.id) ?? 0;
    if (what !== 'retire') return [toKeep(entry, version)];
    const removal = toRemove(KINDS.entry, entry.id, version);
    if (!this.#parts.remembersEnded) return [removal];
    const ended = { entry, because: by.reason, by: by.actor };
    return [removal, toKeepEnded(ended, this.#ended.get(entry.id)?.version ?? 0)];
  }

  /** Counts the versions as the store does. */
  #count(changes: readonly DocumentChange[]): void {
    for (const { kind, id, version, body } of changes) {
      const next = version + 1;
      if (kind === KINDS.ended && body === undefined) this.#ended.delete(id);
      else if (kind === KINDS.ended)
        this.#ended.set(id, { ended: body as EndedEntry, version: next });
      else if (body === undefined) this.#versions.delete(id);
      else this.#versions.set(id, next);
    }
  }

  #see(set: readonly Entry[], gone: readonly Entry[]): void {
    for (const { id } of gone) this.index.delete(id);
    for (const entry of set) this.index.set(entry);
    if (set.length > 0 || gone.length > 0) this.#parts.onChange(set, gone);
  }
}

const isOf = (trustDomain: string, { spiffeId }: Entry): boolean =>
  spiffeId.startsWith(`spiffe://${trustDomain}/`);

const damaged = (id: string) =>
  new Fault('identity/entry-damaged', `The registration ${id} of the store is no registration`, {
    hint: 'bring the store back from a backup, or register it anew',
  });
