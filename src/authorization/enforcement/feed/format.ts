import { CRITICALITIES, HOW, PROTOCOLS } from '../../../estate/words.ts';
import type { Grant, Guardrail, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import { count, flag, listOf, members, oneOf, optional, record, text } from './shape.ts';

/** A slice as it travels: JSON of this shape, in gzip. */
export const SLICE_SCHEMA = 'reeve.policy/v1';

/** Of a slice, unpacked. */
export const MAX_SLICE_BYTES = 64 * 1_024 * 1_024;

/** Identities are said once, for all services together. */
export type SentService = Omit<PolicyService, 'identities'>;
/** In services nobody reads guardrails. */
export type SentGuardrail = Omit<Guardrail, 'column' | 'text' | 'problem'> & {
  readonly problem: string | undefined;
};

export interface SentSlice {
  readonly schema: typeof SLICE_SCHEMA;
  /** Of every service that has identities: its id, and then these. */
  readonly names: readonly (readonly string[])[];
  readonly callees: readonly string[];
  /** Callees, and callers of which guardrails may ask something. */
  readonly services: readonly SentService[];
  readonly endpoints: readonly PolicyEndpoint[];
  readonly grants: readonly Grant[];
  readonly guardrails: readonly SentGuardrail[];
}

const texts = listOf(text);
const criticality = optional(oneOf(CRITICALITIES));

const service = record<SentService>({
  id: text,
  environment: text,
  namespace: text,
  name: text,
  kind: oneOf(['workload', 'datastore', 'external']),
  owner: optional(text),
  criticality,
  sensitivity: texts,
  exposure: oneOf(['internet', 'internal']),
  groups: texts,
  mode: oneOf(['enforce', 'shadow']),
});

const endpoint = record<PolicyEndpoint>({
  service: text,
  protocol: oneOf(PROTOCOLS),
  method: text,
  template: text,
  owner: optional(text),
  criticality,
  sensitivity: texts,
  deprecated: flag,
  blocked: flag,
});

const grant = record<Grant>({
  from: text,
  to: text,
  operation: text,
  source: record({
    reader: text,
    how: oneOf(HOW),
    file: optional(text),
    line: optional(count),
    column: optional(count),
  }),
});

const guardrail = record<SentGuardrail>({
  id: text,
  reason: optional(text),
  file: text,
  line: count,
  json: optional(members),
  problem: optional(text),
});

/** Reads what was sent.
 *  @throws {ShapeError} */
export const readSent = record<SentSlice>({
  schema: oneOf([SLICE_SCHEMA]),
  names: listOf(texts),
  callees: texts,
  services: listOf(service),
  endpoints: listOf(endpoint),
  grants: listOf(grant),
  guardrails: listOf(guardrail),
});
