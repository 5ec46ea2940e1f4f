import { z } from 'zod';
import { Protocol, Severity } from '../estate/index.ts';

/** What tracing tells: the shapes of `graph --format json` and of the HTTP API. Times are RFC 3339; services are ids. */

export const RankWord = z.enum(['authenticated', 'asserted', 'none']);

const Counts = z.strictObject({
  requests: z.int(),
  /** Answered 5xx or failed; refused by policy or 401, 403. */
  failed: z.int(),
  denied: z.int(),
  p50Milliseconds: z.number(),
  p99Milliseconds: z.number(),
});

/** One endpoint as one caller uses it. */
export const EdgeEndpoint = z.strictObject({
  protocol: Protocol,
  method: z.string(),
  template: z.string(),
  ...Counts.shape,
  firstSeen: z.string(),
  lastSeen: z.string(),
});

/** Who calls whom. */
export const GraphEdge = z.strictObject({
  /** `*` for what comes from outside. */
  from: z.string(),
  to: z.string(),
  ...Counts.shape,
  firstSeen: z.string(),
  lastSeen: z.string(),
  /** The best evidence there was for who called. */
  evidence: RankWord,
  /** How many of the requests had it. */
  authenticated: z.int(),
  /** Trace ids, the latest first. */
  traceIds: z.array(z.string()),
  endpoints: z.array(EdgeEndpoint),
});
export type GraphEdge = z.infer<typeof GraphEdge>;

export const GraphService = z.strictObject({
  id: z.string(),
  /** `virtual`: it was called, and tells nothing itself. */
  kind: z.enum(['service', 'virtual', 'external']),
  requests: z.int(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  /** How well its behaviour is known, 0 to 1, and why, in a few words. */
  maturity: z.number(),
  maturityBecause: z.string(),
});
export type GraphService = z.infer<typeof GraphService>;

/** Services and edges as columns, a place in each for every one: a graph of any size in few bytes. */
export const GraphColumns = z.strictObject({
  services: z.strictObject({
    id: z.array(z.string()),
    /** 0 service, 1 virtual, 2 external, as `GraphService` has them. */
    kind: z.array(z.int()),
    requests: z.array(z.int()),
    /** 0 to 1, to two digits. */
    maturity: z.array(z.number()),
    /** Seconds since 1970. */
    firstSeen: z.array(z.int()),
    lastSeen: z.array(z.int()),
  }),
  /** Those with most requests first. */
  edges: z.strictObject({
    /** Places of services; -1 for what comes from outside. */
    from: z.array(z.int()),
    to: z.array(z.int()),
    requests: z.array(z.int()),
    failed: z.array(z.int()),
    denied: z.array(z.int()),
    authenticated: z.array(z.int()),
    /** The best there was for who called: 0 none, 1 asserted, 2 authenticated. */
    evidence: z.array(z.int()),
    /** Seconds since 1970. */
    firstSeen: z.array(z.int()),
    lastSeen: z.array(z.int()),
  }),
  /** Of all that match, whatever the limit. */
  edgeCount: z.int(),
});
export type GraphColumns = z.infer<typeof GraphColumns>;

/** One request of a story. */
export const AlertHop = z.strictObject({
  from: z.string(),
  to: z.string(),
  /** As declarations write it: `POST /v1/charges`; `*` where it is not known. */
  operation: z.string(),
  time: z.string(),
  traceId: z.string().nullable(),
  evidence: RankWord,
  policy: z.enum(['declared', 'undeclared', 'forbidden', 'unknown']),
  outcome: z.enum(['ok', 'failed', 'denied']),
  /** Kinds of signs that it showed; none for what only leads from one to the next. */
  signs: z.array(z.string()),
});
export type AlertHop = z.infer<typeof AlertHop>;

/** One thing that one detection saw. */
export const Sign = z.strictObject({
  /** Of the table of detections. */
  kind: z.string(),
  severity: Severity,
  /** How much it says, in nats of likelihood; see the table. */
  score: z.number(),
  /** A sentence. */
  reason: z.string(),
  /** What shows it, by name: numbers and names, never values of requests. */
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
  /** MITRE ATT&CK: `T1210`. */
  technique: z.string(),
  from: z.string(),
  to: z.string(),
  operation: z.string(),
  time: z.string(),
  traceId: z.string().nullable(),
});
export type Sign = z.infer<typeof Sign>;

/** One story: signs that belong together, and are more than chance. */
export const Alert = z.strictObject({
  id: z.string(),
  /** Of the sign that says most. */
  kind: z.string(),
  /** Where it began, and the most sensitive service that it reached. */
  from: z.string(),
  to: z.string(),
  /** Services in the order in which they were reached. */
  path: z.array(z.string()),
  /** Of the first sign, and of the latest. */
  time: z.string(),
  lastTime: z.string(),
  traceIds: z.array(z.string()),
  severity: Severity,
  score: z.number(),
  /** How often it was told as something to look at: once when it began, and again where, after a pause, it went on by as
   *  much as makes an alert. */
  raised: z.int(),
  /** One sentence. */
  reason: z.string(),
  techniques: z.array(z.string()),
  hops: z.array(AlertHop),
  signs: z.array(Sign),
});
export type Alert = z.infer<typeof Alert>;
