import {
  anew,
  type DocumentChange,
  type DocumentStore,
  type NewAuditEntry,
} from '../../estate/index.ts';
import type { ApiKey } from './model.ts';
import {
  CHANGES,
  KINDS,
  parseKey,
  parseUses,
  toKeyChange,
  toNews,
  toUsesChange,
} from './stored-keys.ts';
import type { Uses } from './usage.ts';

/** What becomes of a key, and what the audit log says of it; undefined: it stays as it is. */
export type MadeKey = { readonly key: ApiKey; readonly entry: NewAuditEntry } | undefined;

/** API keys in the estate's store.
 *  @throws {Fault} from every method: `estate/unavailable` */
export class KeyDocuments {
  readonly #store: DocumentStore;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  /** Counts all changes of keys, whichever process made them. */
  async changes(): Promise<number> {
    return (await this.#store.document(KINDS.changes, CHANGES))?.version ?? 0;
  }

  /** All of them; each throws by itself when it is parsed. */
  async keys(): Promise<readonly { readonly id: string; readonly parse: () => ApiKey }[]> {
    const documents = await this.#store.documents(KINDS.key);
    return documents.map((document) => ({ id: document.id, parse: () => parseKey(document) }));
  }

  async uses(): Promise<ReadonlyMap<string, Uses>> {
    const documents = await this.#store.documents(KINDS.uses);
    return new Map(documents.map((document) => [document.id, parseUses(document)]));
  }

  /** Writes what `work` makes of a key as it stands in the store, anew where somebody else has written meanwhile.
   *  @returns the count of changes before this one; undefined: there was none to be made */
  change(id: string, work: (stored: ApiKey | undefined) => MadeKey): Promise<number | undefined> {
    return anew(async () => {
      const [stored, changes] = await Promise.all([this.#find(id), this.changes()]);
      const made = work(stored?.key);
      if (made === undefined) return undefined;
      const change = toKeyChange(made.key, stored?.version ?? 0);
      await this.#store.amend([change, toNews(changes)], [made.entry]);
      return changes;
    });
  }

  /** Keeps uses, each the later of what is known here and there. */
  async keepUses(uses: ReadonlyMap<string, Uses>): Promise<void> {
    await anew(async () => {
      const changes = await Promise.all([...uses].map((one) => this.#usesChange(...one)));
      if (changes.length > 0) await this.#store.amend(changes, []);
    });
  }

  /** Removes keys that have ended, with their uses. */
  async remove(ids: readonly string[]): Promise<void> {
    await anew(async () => {
      const found = ids.flatMap((id) => [KINDS.key, KINDS.uses].map((kind) => ({ kind, id })));
      const versions = await Promise.all(
        found.map(({ kind, id }) => this.#store.document(kind, id)),
      );
      const changes = versions.flatMap((one): DocumentChange[] =>
        one ? [{ ...one, body: undefined }] : [],
      );
      if (changes.length > 0) await this.#store.amend(changes, []);
    });
  }

  /** @throws {Fault} `secrets/api-key-damaged` */
  async #find(id: string): Promise<{ key: ApiKey; version: number } | undefined> {
    const document = await this.#store.document(KINDS.key, id);
    return document && { key: parseKey(document), version: document.version };
  }

  async #usesChange(id: string, uses: Uses): Promise<DocumentChange> {
    const stored = await this.#store.document(KINDS.uses, id);
    const merged: Record<string, number> = { ...(stored && parseUses(stored)) };
    for (const [line, hour] of Object.entries(uses)) {
      merged[line] = Math.max(hour, merged[line] ?? 0);
    }
    return toUsesChange(id, merged, stored?.version ?? 0);
  }
}
