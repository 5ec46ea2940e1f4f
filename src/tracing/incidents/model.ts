import { z } from 'zod';
import { Severity } from '../../estate/index.ts';
import { Alert, Sign } from '../model.ts';
import { IncidentState } from '../notice.ts';

/** RFC 3339 in UTC. */
const Time = z.iso.datetime();

/** Who asks, and why. */
export interface Asking {
  readonly actor: string;
  readonly reason: string;
}

export const ACTION_KINDS = [
  'revoke-identity',
  'block-edge',
  'block-endpoint',
  'rotate-credentials',
  'end-leases',
] as const;
export const ActionKind = z.enum(ACTION_KINDS);
export type ActionKind = z.infer<typeof ActionKind>;

/** One thing that an action does. What `waits` was not begun, or was begun and nobody knows how it ended: it can be done
 *  again. */
const ActionStep = z.strictObject({
  /** A SPIFFE ID, `FROM -> TO`, or the id of an endpoint, a secret or a lease. */
  subject: z.string(),
  state: z.enum(['waits', 'done', 'failed']),
  at: Time.nullable(),
  /** What came of it, in a sentence; null: nothing yet. */
  outcome: z.string().nullable(),
});
export type ActionStep = z.infer<typeof ActionStep>;

/** What somebody had done about an incident. */
export const TakenAction = z.strictObject({
  id: z.string(),
  kind: ActionKind,
  /** The service, endpoint or edge that it is about. */
  target: z.string(),
  /** Sentences: what it does, and what that breaks. */
  what: z.string(),
  breaks: z.string(),
  by: z.string(),
  reason: z.string(),
  at: Time,
  /** How often it was asked for. */
  attempts: z.int(),
  steps: z.array(ActionStep),
});
export type TakenAction = z.infer<typeof TakenAction>;

const ReachedEndpoint = z.strictObject({
  /** Of the inventory; null: it is not in there. */
  id: z.string().nullable(),
  service: z.string(),
  operation: z.string(),
  status: z.string(),
  sensitivity: z.array(z.string()),
});
export type ReachedEndpoint = z.infer<typeof ReachedEndpoint>;

const ReachedCredential = z.strictObject({
  id: z.string(),
  name: z.string(),
  service: z.string(),
  owner: z.string().nullable(),
  /** The secret that Reeve keeps it as; null: it is kept elsewhere. */
  secret: z.string().nullable(),
});
export type ReachedCredential = z.infer<typeof ReachedCredential>;

/** What whoever is behind it has had in hand, as the estate was known then. */
export const Reached = z.strictObject({
  services: z.array(z.string()),
  endpoints: z.array(ReachedEndpoint),
  /** Kinds of data: `pii`, `pci`. */
  data: z.array(z.string()),
  /** What the services read, and so could be read there. */
  credentials: z.array(ReachedCredential),
});
export type Reached = z.infer<typeof Reached>;

/** What falls next: what policy lets the reached services call, directly or through others. */
export const BlastRadius = z.strictObject({
  /** The nearest first; at most 200. */
  services: z.array(z.string()),
  /** Of all of them. */
  serviceCount: z.int(),
  data: z.array(z.string()),
});
export type BlastRadius = z.infer<typeof BlastRadius>;

const Note = z.strictObject({ at: Time, by: z.string(), text: z.string() });

/** An alert, or several of one way, as people work with it. */
export const Incident = z.strictObject({
  id: z.string(),
  state: IncidentState,
  /** When it became so, by whom and why; null: by itself. */
  stateAt: Time,
  stateBy: z.string().nullable(),
  stateReason: z.string(),
  openedAt: Time,
  updatedAt: Time,
  /** The worst of its alerts. */
  severity: Severity,
  assignee: z.string().nullable(),
  notes: z.array(Note),
  /** In the order in which they came; each keeps its id. */
  alerts: z.array(Alert).min(1),
  reached: Reached,
  blastRadius: BlastRadius,
  actions: z.array(TakenAction),
});
export type Incident = z.infer<typeof Incident>;

/** What a person has said of what an incident shows: it outlives the incident. */
export const Feedback = z.strictObject({
  /** That of its incident. */
  id: z.string(),
  verdict: z.enum(['expected', 'malicious']),
  by: z.string(),
  at: Time,
  reason: z.string(),
  /** Ids of its alerts. */
  alerts: z.array(z.string()),
  /** The signs that are meant. */
  patterns: z.array(
    Sign.pick({ kind: true, from: true, to: true, operation: true, evidence: true }),
  ),
});
export type Feedback = z.infer<typeof Feedback>;
