import { Fault } from '../../../base/fault.ts';
import type {
  AuditEntry,
  DocumentChange,
  DocumentStore,
  NewAuditEntry,
  StoredDocument,
} from '../../index.ts';

/** Documents in memory, for tests: what several processes share. */
export class MemoryDocuments implements DocumentStore {
  readonly log: AuditEntry[] = [];
  readonly #documents = new Map<string, StoredDocument>();
  /** The next change fails: before it is made, or with its acknowledgement lost. */
  fails: 'before' | 'after' | undefined;

  async documents(kind: string): Promise<readonly StoredDocument[]> {
    return [...this.#documents.values()]
      .filter((document) => document.kind === kind)
      .map((document) => structuredClone(document));
  }

  async document(kind: string, id: string): Promise<StoredDocument | undefined> {
    return structuredClone(this.#documents.get(`${kind} ${id}`));
  }

  async documentVersions(kind: string, ids: readonly string[]) {
    const found = ids.map((id) => this.#documents.get(`${kind} ${id}`));
    return new Map(found.flatMap((one) => (one ? [[one.id, one.version] as const] : [])));
  }

  /** The body of one, at once. */
  peek(kind: string, id: string): unknown {
    return structuredClone(this.#documents.get(`${kind} ${id}`)?.body);
  }

  async amend(
    changes: readonly DocumentChange[],
    entries: readonly NewAuditEntry[],
  ): Promise<readonly AuditEntry[]> {
    const { fails } = this;
    this.fails = undefined;
    if (fails === 'before') throw new Fault('estate/unavailable', 'gone for a moment');
    for (const { kind, id, version } of changes) {
      if ((this.#documents.get(`${kind} ${id}`)?.version ?? 0) === version) continue;
      throw new Fault('estate/document-conflict', 'changed meanwhile');
    }
    for (const change of changes) this.#make(change);
    const appended = entries.map((entry, at) => ({ sequence: this.log.length + 1 + at, ...entry }));
    this.log.push(...appended);
    if (fails === 'after') throw new Fault('estate/unavailable', 'gone for a moment');
    return appended;
  }

  #make({ kind, id, version, body }: DocumentChange): void {
    if (body === undefined) this.#documents.delete(`${kind} ${id}`);
    else {
      const kept = structuredClone(body);
      this.#documents.set(`${kind} ${id}`, { kind, id, version: version + 1, body: kept });
    }
  }
}
