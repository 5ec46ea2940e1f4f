import type { Severity } from '../../estate/index.ts';
import type { IncidentState } from '../notice.ts';
import { type Common, commonOf } from './grouping.ts';
import type { IncidentSummary } from './view.ts';

/** Another incident that may be of the same attacker: they were told apart, and have come to have something in common. */
export interface RelatedIncident {
  readonly id: string;
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly reason: string;
  readonly time: string;
  readonly lastTime: string;
  /** A sentence: what they have in common. */
  readonly because: string;
}

/** Alerts become one incident when they are told. What goes on for hours may meet later than that. */
const WITHIN_MS = 24 * 3_600_000;
const MAX_RELATED = 20;

/** Incidents that share a trace or a step with this one, or go on from where the other has come to, a day between them at
 *  most. Pure.
 *  @param all the newest first */
export function relatedTo(
  { id, ...way }: Pick<IncidentSummary, 'id' | 'path' | 'traceIds' | 'time' | 'lastTime'>,
  all: readonly IncidentSummary[],
): readonly RelatedIncident[] {
  const related: RelatedIncident[] = [];
  for (const other of all) {
    if (related.length === MAX_RELATED) break;
    const common = other.id === id ? undefined : commonOf(way, other, WITHIN_MS);
    if (common === undefined) continue;
    const { state, severity, reason, time, lastTime } = other;
    const because = sentenceOf(common);
    related.push({ id: other.id, state, severity, reason, time, lastTime, because });
  }
  return related;
}

function sentenceOf(common: Common): string {
  switch (common.by) {
    case 'trace':
      return `Both are in the trace ${common.traceId}.`;
    case 'step':
      return `Both went from ${nameOf(common.from)} to ${nameOf(common.to)}.`;
    case 'after':
      return `This one begins at ${common.service}, to which that one had come.`;
    case 'before':
      return `That one begins at ${common.service}, to which this one had come.`;
  }
}

const nameOf = (service: string): string => (service === '*' ? 'outside' : service);
