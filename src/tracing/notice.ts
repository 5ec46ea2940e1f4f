import { z } from 'zod';
import { Severity } from '../estate/index.ts';

/** An incident as people are told of it, away from the console: short, and without anything that requests carried. */

export const INCIDENT_STATES = [
  'open',
  'acknowledged',
  'expected',
  'malicious',
  'resolved',
] as const;
export const IncidentState = z.enum(INCIDENT_STATES);
export type IncidentState = z.infer<typeof IncidentState>;

/** One request of the path. */
const NoticeHop = z.strictObject({
  from: z.string(),
  to: z.string(),
  operation: z.string(),
  /** RFC 3339. */
  time: z.string(),
});

export const IncidentNotice = z.strictObject({
  incident: z.string(),
  state: IncidentState,
  severity: Severity,
  /** How often it was raised: once, and again whenever it went on after a pause by as much as makes an alert. */
  raised: z.int(),
  /** Of the sign that says most. */
  kind: z.string(),
  /** One sentence. */
  reason: z.string(),
  from: z.string(),
  to: z.string(),
  path: z.array(z.string()),
  hops: z.array(NoticeHop),
  /** MITRE ATT&CK. */
  techniques: z.array(z.string()),
  traceIds: z.array(z.string()),
  /** Of the first sign, and of the latest; RFC 3339. */
  time: z.string(),
  lastTime: z.string(),
  /** Kinds of data that were reached. */
  data: z.array(z.string()),
  signs: z.int(),
  /** When it became what it is, and by whom; null: by itself. */
  at: z.string(),
  by: z.string().nullable(),
});
export type IncidentNotice = z.infer<typeof IncidentNotice>;
