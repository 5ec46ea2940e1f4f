import type { Generated, Kysely, Transaction } from 'kysely';

/** The schema, as queries see it; `migrations.ts` creates it. Every column is text, so that one bulk
 *  statement serves every table. Keys are compared by Unicode code point in both databases. */
export interface Tables {
  /** One row for each migration that has been applied, in order. */
  readonly migrations: { version: number; name: string; applied_at: string };
  /** What each scope has seen, with the span of time in which it saw it. `body` is canonical JSON. */
  readonly facts: {
    scope: string;
    id: string;
    body: string;
    first_seen: string;
    last_seen: string;
  };
  /** What each scope has seen of each endpoint. `body` is canonical JSON, with the endpoint's id. */
  readonly traffic: { scope: string; id: string; body: string };
  /** What people have decided of endpoints, templates and credentials. `subject` is an endpoint, a service or a credential,
   *  `fact` names the decision's fact in the scope of decisions. */
  readonly decisions: {
    id: string;
    kind: 'endpoint' | 'template' | 'credential';
    subject: string;
    action: string;
    at: string;
    fact: string | null;
    body: string;
  };
  /** The audit log. `change` names the transaction that an entry came with. */
  readonly audit: {
    sequence: number;
    change: string;
    at: string;
    actor: string;
    action: string;
    subject: string;
    body: string;
  };
  /** The roots of full subtrees of the audit log: of 256^`level` entries each. Base64. */
  readonly audit_roots: { level: number; position: number; hash: string };
  /** One row: the tree of the audit log as it stands. `root` and `edge` are base64. */
  readonly audit_head: { id: number; size: number; root: string; edge: string; checkpoint: string };
  /** What parts of Reeve keep for themselves. `change` names the transaction that wrote it last. */
  readonly documents: {
    kind: string;
    id: string;
    version: number;
    change: string;
    body: string;
  };
  readonly environments: JudgedRow;
  readonly owners: JudgedRow;
  readonly summaries: JudgedRow;
  readonly services: JudgedRow & {
    environment: string | null;
    namespace: string | null;
    kind: string | null;
    owner: string | null;
    exposure: string | null;
    criticality: string | null;
  };
  readonly endpoints: JudgedRow & {
    environment: string | null;
    service: string | null;
    protocol: string | null;
    method: string | null;
    status: string | null;
    owner: string | null;
    criticality: string | null;
    visibility: string | null;
    review: string | null;
    blocked: string | null;
    observed: string | null;
  };
  readonly calls: JudgedRow & {
    environment: string | null;
    from: string | null;
    to: string | null;
    authentication: string | null;
  };
  readonly credentials: JudgedRow & {
    environment: string | null;
    service: string | null;
    kind: string | null;
    owner: string | null;
  };
  readonly findings: JudgedRow & {
    environment: string | null;
    control: string | null;
    severity: string | null;
    subject: string | null;
    state: 'open' | 'resolved';
    first_seen: string;
    /** Empty while the finding is open: it was then last seen by the latest publication. */
    last_seen: string | null;
    resolved_at: string | null;
  };
  /** The answers of each publication; a run of equal ones is kept as its first and its last. */
  readonly answers: { sequence: Generated<number>; at: string; body: string };
}

/** What every judged table has. */
export interface JudgedRow {
  id: string;
  /** Place in the list, unique: the id, behind the severity's rank for findings. */
  position: string;
  /** Lower-case text that searches look through. */
  search: string;
  /** Hash of everything else in the row that is judged: equal rows are not written again. */
  digest: string;
  /** The entity as JSON. */
  body: string;
}

export type JudgedTable =
  | 'environments'
  | 'owners'
  | 'summaries'
  | 'services'
  | 'endpoints'
  | 'calls'
  | 'credentials'
  | 'findings';

export type Database = Kysely<Tables>;
export type DatabaseTransaction = Transaction<Tables>;
