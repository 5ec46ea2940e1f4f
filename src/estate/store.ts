import type {
  AuditEntry,
  CredentialAssignment,
  EndpointDecision,
  TemplateCorrection,
} from './decision.ts';
import type { CredentialFact, EndpointFact, Fact, StoredFact } from './fact.ts';
import {
  type Answers,
  type Call,
  type Credential,
  type Endpoint,
  type EndpointTraffic,
  type Finding,
  REVIEW_REASONS,
  type Service,
} from './model.ts';

/** Keeps the estate. Facts are folded in; what was judged from them is published beside them for
 *  lists and pages. Every promise resolves after the change is durable.
 *  @throws {Fault} from every method: `estate/unavailable` where the database is away (try again),
 *  `estate/conflict` where a newer Reeve has migrated it */
export interface EstateStore {
  /** Adds facts that `scope` (`scan`, `otlp` …) has seen at `at` (RFC 3339). Known facts only become
   *  fresher; the order of calls does not matter. */
  fold(scope: string, facts: readonly Fact[], at: string): Promise<void>;
  /** The scope's whole truth: facts that it no longer brings are withdrawn. Where `traffic` is given,
   *  it becomes all that the scope has seen of endpoints, in the same transaction; where it is not,
   *  the scope's traffic stays. */
  replace(
    scope: string,
    facts: readonly Fact[],
    at: string,
    traffic?: readonly TrafficOf[],
  ): Promise<void>;
  /** Removes the scope's facts and traffic. */
  withdraw(scope: string): Promise<void>;
  /** Of one entity, or all. */
  facts(entity?: Fact['entity']): Promise<readonly StoredFact[]>;
  /** By endpoint id; what several scopes have seen of one endpoint is summed up. */
  traffic(): Promise<ReadonlyMap<string, EndpointTraffic>>;
  /** Keeps or undoes decisions, changes their facts in the scope `decisions`, and appends to the audit
   *  log, in one transaction. Gives the entries as they were appended, in the order of the changes;
   *  undefined where there was nothing to undo. */
  decide(changes: readonly DecisionChange[]): Promise<readonly (AuditEntry | undefined)[]>;
  /** Decisions in force, oldest first: of one endpoint, or of all. */
  decisions(endpoint?: string): Promise<readonly StoredDecision[]>;
  /** Corrections in force, oldest first: of one service, or of all. */
  corrections(service?: string): Promise<readonly StoredCorrection[]>;
  /** The audit log, newest first. */
  audit(query: AuditQuery): Promise<Page<AuditEntry>>;
  /** Replaces the judged estate in one transaction. A finding that was there before keeps its first
   *  time; one that is gone becomes resolved. The answers are added to their history, in which a run
   *  of equal ones is kept as its first and its last. `summaries` are what else sums up the estate, by
   *  name: plain data that is kept as it is, in place of those of the publication before. */
  publish(
    judged: JudgedEstate,
    at: string,
    summaries?: Readonly<Record<string, unknown>>,
  ): Promise<void>;
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
  /** One of the summaries of the latest publication; undefined where it brought none of that name. */
  summary(name: string): Promise<unknown>;
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

/** What one scope has seen of one endpoint. */
export interface TrafficOf extends EndpointTraffic {
  /** The endpoint's. */
  readonly id: string;
}

/** The scope of facts that decisions are. */
export const DECISIONS_SCOPE = 'decisions';

export type StoredDecision = EndpointDecision & { readonly endpoint: string };

export interface StoredCorrection {
  /** `correctionId` */
  readonly id: string;
  /** Service id. */
  readonly service: string;
  readonly correction: TemplateCorrection;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string;
}

/** That a person has said who answers for a credential. `id` is the one that it had then. */
export type AssignmentFact = CredentialFact & { readonly decision: CredentialAssignment };

/** One change of what people have decided, with the entry that the audit log gets. */
export type DecisionChange = { readonly entry: NewAuditEntry } & (
  | {
      readonly change: 'decide';
      /** Takes the place of the endpoint's earlier decision of the same action. */
      readonly decision: StoredDecision;
      /** What it says to the judges. */
      readonly fact: EndpointFact;
    }
  | {
      readonly change: 'undo';
      readonly endpoint: string;
      readonly action: EndpointDecision['action'];
    }
  /** Takes the place of what was said of the credential under the same id. */
  | { readonly change: 'assign'; readonly fact: AssignmentFact }
  | { readonly change: 'unassign'; readonly credential: string }
  /** Takes the place of the correction of the same id. */
  | { readonly change: 'correct'; readonly correction: StoredCorrection }
  | { readonly change: 'uncorrect'; readonly id: string }
);

export type NewAuditEntry = Omit<AuditEntry, 'sequence'>;

/** Filters are equalities. */
export interface AuditQuery {
  /** 1 to 1,000. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
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

/** What each list can be filtered by. `id` finds one item whatever its state or visibility; an empty
 *  `owner` finds what nobody answers for. */
export const FILTERS = {
  services: ['id', 'environment', 'namespace', 'kind', 'owner', 'exposure', 'criticality'],
  endpoints: [
    'id',
    'environment',
    'service',
    'protocol',
    'method',
    'status',
    'owner',
    'criticality',
    'visibility',
    'review',
    'blocked',
    'observed',
  ],
  calls: ['id', 'environment', 'from', 'to', 'authentication'],
  credentials: ['id', 'environment', 'service', 'kind', 'owner'],
  findings: ['id', 'environment', 'control', 'severity', 'subject', 'state'],
} as const;

/** Filters whose values are a closed set; others are refused with `estate/filter-invalid`. */
export const FILTER_VALUES: Readonly<Record<string, readonly string[]>> = {
  /** What is listed where no state is asked for: `open`. */
  state: ['open', 'resolved'],
  /** What is listed where no visibility is asked for: `shown`. */
  visibility: ['shown', 'unstable', 'probe', 'all'],
  /** `any`: whatever waits for a person, for any reason. */
  review: [...REVIEW_REASONS, 'any'],
  blocked: ['true', 'false'],
  observed: ['true', 'false'],
};
