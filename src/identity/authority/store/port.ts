import type { NewAuditEntry } from '../../../estate/index.ts';
import type { IssueCount, IssueCounts } from '../issuing/index.ts';
import type { AuthorityState } from '../model.ts';
import type { IssuedRecord } from '../revocation.ts';

/** A private key as it is kept: encrypted. */
export interface KeptKey {
  readonly sealed: string;
  /** Counts its changes, from 1. */
  readonly version: number;
}

/** All that is kept of a trust domain's authorities. */
export interface KeptAuthorities {
  readonly state: AuthorityState;
  /** Counts changes of the state, from 1. */
  readonly version: number;
  /** By id of the authority. */
  readonly keys: ReadonlyMap<string, KeptKey>;
}

/** What changes together, with what the audit log gets. */
export interface AuthorityChange {
  readonly state: AuthorityState;
  /** Of the state that it takes the place of; 0: there is none. */
  readonly version: number;
  /** Keys to keep; one without `sealed` is destroyed. `version` is that which it replaces. */
  readonly keys: readonly {
    readonly id: string;
    readonly version: number;
    readonly sealed?: string;
  }[];
  readonly entries: readonly NewAuditEntry[];
}

/** Keeps authorities, and what they issued. A promise resolves when the change is durable.
 *  @throws {Fault} from every method: `estate/unavailable` */
export interface AuthorityStore {
  /** @throws {Fault} `identity/authority-damaged` where what is kept is no state */
  load(trustDomain: string): Promise<KeptAuthorities | undefined>;
  /** All of it, or nothing.
   *  @throws {Fault} `estate/document-conflict` where another process has changed it */
  save(change: AuthorityChange): Promise<void>;
  /** Keeps what was issued and refused: entries and counts, all or nothing. */
  record(entries: readonly NewAuditEntry[], counts: readonly IssueCount[]): Promise<void>;
  counts(): Promise<IssueCounts>;
  /** What was issued to a SPIFFE ID since a time (milliseconds since 1970), newest first. */
  issuedTo(spiffeId: string, since: number): Promise<readonly IssuedRecord[]>;
}
