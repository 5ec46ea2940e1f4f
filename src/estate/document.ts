import type { AuditEntry } from './decision.ts';
import type { NewAuditEntry } from './store.ts';

/** Keeps documents: plain data that one part of Reeve alone understands, such as the state of its signing
 *  authorities. They change together with the audit log, in one transaction.
 *  @throws {Fault} from every method: `estate/unavailable` where the database is away (try again) */
export interface DocumentStore {
  /** All of one kind, by id. */
  documents(kind: string): Promise<readonly StoredDocument[]>;
  /** One; undefined where there is none. */
  document(kind: string, id: string): Promise<StoredDocument | undefined>;
  /** Versions of those of these that are there: whether what is known of them still holds. */
  documentVersions(kind: string, ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Makes all of the changes, or none, and appends to the audit log. Gives the entries as they were
   *  appended. Without changes, it only appends: in one transaction with others that do so at the same time.
   *  @throws {Fault} `estate/document-conflict` where somebody else has changed one of the documents */
  amend(
    changes: readonly DocumentChange[],
    entries: readonly NewAuditEntry[],
  ): Promise<readonly AuditEntry[]>;
}

export interface StoredDocument {
  readonly kind: string;
  /** Unique within its kind. */
  readonly id: string;
  /** Counts its changes, from 1. */
  readonly version: number;
  readonly body: unknown;
}

export interface DocumentChange {
  readonly kind: string;
  readonly id: string;
  /** The version that is changed; 0: there is none yet. */
  readonly version: number;
  /** JSON; undefined: it is removed. */
  readonly body: unknown;
}
