import type { Fact, StoredFact } from './fact.ts';
import type { Answers, Call, Credential, Endpoint, Finding, Service } from './model.ts';

/** Keeps the estate. Facts are folded in; what was judged from them is published beside them for
 *  lists and pages. Every promise resolves after the change is durable.
 *  @throws {Fault} from every method: `estate/unavailable` where the database is away (try again),
 *  `estate/conflict` where a newer Reeve has migrated it */
export interface EstateStore {
  /** Adds facts that `scope` (`scan`, `otlp` …) has seen at `at` (RFC 3339). Known facts only become
   *  fresher; the order of calls does not matter. */
  fold(scope: string, facts: readonly Fact[], at: string): Promise<void>;
  /** The scope's whole truth: facts that it no longer brings are withdrawn. */
  replace(scope: string, facts: readonly Fact[], at: string): Promise<void>;
  facts(): Promise<readonly StoredFact[]>;
  /** Replaces the judged estate in one transaction. A finding that was there before keeps its first
   *  time; one that is gone becomes resolved. The answers are added to their history, in which a run
   *  of equal ones is kept as its first and its last. */
  publish(judged: JudgedEstate, at: string): Promise<void>;
  answers(): Promise<{ readonly answers: Answers; readonly at: string } | undefined>;
  /** Oldest first, at most `limit` of the latest. */
  answersHistory(
    limit: number,
  ): Promise<readonly { readonly answers: Answers; readonly at: string }[]>;
  services(query: ListQuery): Promise<Page<Service>>;
  endpoints(query: ListQuery): Promise<Page<Endpoint>>;
  calls(query: ListQuery): Promise<Page<Call>>;
  credentials(query: ListQuery): Promise<Page<Credential>>;
  findings(query: ListQuery): Promise<Page<StoredFinding>>;
  owners(): Promise<readonly OwnerSummary[]>;
  environments(): Promise<readonly string[]>;
  /** `estate/unavailable` unless the store can be written. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface JudgedEstate {
  readonly services: readonly Service[];
  readonly endpoints: readonly Endpoint[];
  readonly calls: readonly Call[];
  readonly credentials: readonly Credential[];
  readonly findings: readonly Finding[];
  readonly answers: Answers;
}

export interface StoredFinding extends Finding {
  readonly firstSeen: string;
  /** The latest publication that had it. */
  readonly lastSeen: string;
  /** When a publication first lacked it; null while it is open. */
  readonly resolvedAt: string | null;
}

export interface OwnerSummary {
  readonly owner: string;
  readonly services: number;
  readonly endpoints: number;
  readonly credentials: number;
  readonly findings: number;
}

/** Lists are sorted by id (findings: by severity, then id) and read page by page. */
export interface ListQuery {
  /** 1 to 1,000. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  /** Equality on the columns that the list names (`FILTERS`); unknown ones are refused with
   *  `estate/filter-invalid`. */
  readonly filter?: Readonly<Record<string, string>>;
  /** Words that must all occur in the id, without case; of credentials in the name too, of findings in
   *  control, subject and message too. */
  readonly search?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
  /** Of all pages. */
  readonly total: number;
}

/** What each list can be filtered by. */
export const FILTERS = {
  services: ['environment', 'namespace', 'kind', 'owner', 'exposure', 'criticality'],
  endpoints: ['environment', 'service', 'protocol', 'method', 'status', 'owner', 'criticality'],
  calls: ['environment', 'from', 'to', 'authentication'],
  credentials: ['environment', 'service', 'kind', 'owner'],
  /** `state`: `open` (what is listed where no state is asked for) or `resolved`. */
  findings: ['environment', 'control', 'severity', 'subject', 'state'],
} as const;
