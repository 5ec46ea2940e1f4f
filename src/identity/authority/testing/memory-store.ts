import { Fault } from '../../../base/fault.ts';
import type { AuditEntry, NewAuditEntry } from '../../../estate/index.ts';
import { type IssueCount, type IssueCounts, sumsAfter } from '../issuing/index.ts';
import { toRecord } from '../store/in-documents.ts';
import type { AuthorityChange, AuthorityStore, KeptAuthorities, KeptKey } from '../store/index.ts';

/** Authorities in memory, for tests. `fail` makes every method throw it. */
export class MemoryAuthorityStore implements AuthorityStore {
  readonly log: AuditEntry[] = [];
  readonly kept = new Map<string, KeptAuthorities>();
  fail: Error | undefined;
  saves = 0;
  #counts: IssueCounts = new Map();

  async load(trustDomain: string): Promise<KeptAuthorities | undefined> {
    this.#check();
    return structuredClone(this.kept.get(trustDomain));
  }

  async save({ state, version, keys, entries }: AuthorityChange): Promise<void> {
    this.#check();
    const before = this.kept.get(state.trustDomain);
    const after = new Map<string, KeptKey>(before?.keys);
    const isAsExpected =
      (before?.version ?? 0) === version &&
      keys.every((key) => (before?.keys.get(key.id)?.version ?? 0) === key.version);
    if (!isAsExpected) throw new Fault('estate/document-conflict', 'changed meanwhile');
    for (const { id, version: of, sealed } of keys) {
      if (sealed === undefined) after.delete(id);
      else after.set(id, { sealed, version: of + 1 });
    }
    this.saves++;
    this.kept.set(state.trustDomain, structuredClone({ state, version: version + 1, keys: after }));
    this.#append(entries);
  }

  async record(entries: readonly NewAuditEntry[], counts: readonly IssueCount[]): Promise<void> {
    this.#check();
    this.#append(entries);
    this.#counts = new Map([...this.#counts, ...sumsAfter(this.#counts, counts)]);
  }

  async counts(): Promise<IssueCounts> {
    this.#check();
    return this.#counts;
  }

  async issuedTo(spiffeId: string, since: number) {
    this.#check();
    return this.log
      .filter(({ action, subject, at }) => {
        return action === 'identity.issue' && subject === spiffeId && Date.parse(at) >= since;
      })
      .reverse()
      .flatMap((entry) => toRecord(entry) ?? []);
  }

  #append(entries: readonly NewAuditEntry[]): void {
    for (const entry of entries) this.log.push({ sequence: this.log.length + 1, ...entry });
  }

  #check(): void {
    if (this.fail) throw this.fail;
  }
}
