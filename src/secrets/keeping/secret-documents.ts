import { Fault, quote } from '../../base/fault.ts';
import {
  type AuditEntry,
  anew,
  type DocumentStore,
  isDocumentConflict,
  type NewAuditEntry,
} from '../../estate/index.ts';
import type { Secret } from '../model/index.ts';
import { RecentSecrets } from './recent-secrets.ts';
import { KINDS, parseStored, type StoredSecret, toChanges, toRemoval } from './stored-secret.ts';

/** What becomes of a secret, and what the audit log says of it. */
export interface Change {
  readonly secret: Secret;
  readonly entries: readonly NewAuditEntry[];
}

/** What is kept then. */
export interface Written extends StoredSecret {
  readonly appended: readonly AuditEntry[];
}

/** Secrets in the estate's store, each change with its entries in one transaction.
 *  @throws {Fault} from every method: `estate/unavailable`, `secrets/secret-damaged` */
export class SecretDocuments {
  readonly #store: DocumentStore;
  readonly #recent: RecentSecrets;

  constructor(store: DocumentStore) {
    this.#store = store;
    this.#recent = new RecentSecrets(store);
  }

  /** All of them; each throws by itself when it is parsed. */
  async all(): Promise<readonly { readonly id: string; readonly parse: () => StoredSecret }[]> {
    const documents = await this.#store.documents(KINDS.secret);
    return documents.map((document) => ({ id: document.id, parse: () => parseStored(document) }));
  }

  /** Ids of those for which something is under way. */
  async underWay(): Promise<readonly string[]> {
    return (await this.#store.documents(KINDS.work)).map(({ id }) => id);
  }

  async find(id: string): Promise<StoredSecret | undefined> {
    const document = await this.#store.document(KINDS.secret, id);
    return document && parseStored(document);
  }

  /** @throws {Fault} `secrets/secret-not-found` */
  async get(id: string): Promise<StoredSecret> {
    const found = await this.find(id);
    if (found !== undefined) return found;
    throw new Fault('secrets/secret-not-found', `There is no secret ${quote(id, 120)}`, {
      hint: 'list the secrets; its name is behind that of its service',
    });
  }

  /** As `get`, for those who read the same secrets again and again.
   *  @throws {Fault} `secrets/secret-not-found` */
  async getAgain(id: string): Promise<StoredSecret> {
    const recent = await this.#recent.get(id);
    if (recent !== undefined) return recent;
    const stored = await this.get(id);
    this.#recent.remember(stored);
    return stored;
  }

  /** @throws {Fault} `secrets/secret-conflict` where there is one of that id */
  async make({ secret, entries }: Change): Promise<Written> {
    try {
      const changes = toChanges(secret, { version: 0, before: undefined });
      return { secret, version: 1, appended: await this.#store.amend(changes, entries) };
    } catch (thrown) {
      if (!isDocumentConflict(thrown)) throw thrown;
      const message = `There is a secret ${quote(secret.id, 120)} already`;
      throw new Fault('secrets/secret-conflict', message, {
        hint: 'give it another value, or another name',
      });
    }
  }

  /** Reads, works and writes, anew where somebody else has written meanwhile. Work that gives back the very secret it was
   *  given changes nothing.
   *  @throws {Fault} `secrets/secret-not-found`; `estate/document-conflict` where that happens again and again */
  change(id: string, work: (before: Secret) => Change): Promise<Written> {
    return anew(async () => {
      const { secret: before, version } = await this.get(id);
      const { secret, entries } = work(before);
      const isSame = secret === before;
      if (isSame && entries.length === 0) return { secret, version, appended: [] };
      const changes = isSame ? [] : toChanges(secret, { version, before });
      const appended = await this.#store.amend(changes, entries);
      return { secret, version: isSame ? version : version + 1, appended };
    });
  }

  /** @throws {Fault} `estate/document-conflict` where it has changed since it was read */
  async remove(stored: StoredSecret, entry: NewAuditEntry): Promise<void> {
    await this.#store.amend(toRemoval(stored), [entry]);
  }

  /** Tells the audit log of what changes nothing. */
  async tell(entry: NewAuditEntry): Promise<void> {
    await this.#store.amend([], [entry]);
  }
}
