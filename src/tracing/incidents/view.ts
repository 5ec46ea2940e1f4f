import type { Severity } from '../../estate/index.ts';
import type { AlertHop, Sign } from '../model.ts';
import type { IncidentState } from '../notice.ts';
import { type ActionState, stateOf } from './actions.ts';
import { type Fix, fixesOf } from './fixes.ts';
import { leadOf } from './grow.ts';
import type { Known } from './known.ts';
import type { ActionKind, Incident, TakenAction } from './model.ts';
import { timesOf, wayOf } from './notice-of.ts';
import { type ProposedAction, proposeActions } from './propose.ts';
import { hopsOf } from './reached.ts';
import { type RelatedIncident, relatedTo } from './related.ts';

/** A line of the list. */
export interface IncidentSummary {
  readonly id: string;
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly kind: string;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly path: readonly string[];
  readonly time: string;
  readonly lastTime: string;
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly assignee: string | null;
  /** Ids of its alerts. */
  readonly alerts: readonly string[];
  /** The latest. */
  readonly traceIds: readonly string[];
}

/** In a line of the list: what later alerts are compared with. */
const MAX_TRACES = 100;

/** All about one. */
export interface IncidentView extends Omit<Incident, 'actions'> {
  readonly summary: IncidentSummary;
  /** The way, request by request. */
  readonly hops: readonly AlertHop[];
  /** Where it was first seen; null: no sign of it is kept. */
  readonly firstSign: Sign | null;
  readonly actions: readonly (TakenAction & { readonly standing: ActionState })[];
  /** What can be done at once, and was not asked for yet. */
  readonly proposed: readonly ProposedAction[];
  /** What closes the way for good. */
  readonly fixes: readonly Fix[];
  /** Incidents that have something in common with it; the newest first. */
  readonly related: readonly RelatedIncident[];
}

export function summaryOf(incident: Incident): IncidentSummary {
  const { id, state, severity, openedAt, updatedAt, assignee, alerts } = incident;
  const { kind, reason, from, to } = leadOf(alerts);
  return {
    ...{ id, state, severity, kind, reason, from, to, path: wayOf(incident), ...timesOf(incident) },
    ...{ openedAt, updatedAt, assignee, alerts: alerts.map((alert) => alert.id) },
    traceIds: [...new Set(alerts.flatMap(({ traceIds }) => traceIds))].slice(-MAX_TRACES),
  };
}

/** @param isRunning whether this server is at an action
 *  @param all incidents, the newest first */
export function viewOf(
  incident: Incident,
  known: Known,
  all: readonly IncidentSummary[],
  kinds: ReadonlySet<ActionKind>,
  isRunning: (action: string) => boolean,
): IncidentView {
  const { actions, ...rest } = incident;
  const taken = new Map(actions.map((one) => [one.id, new Set(one.steps.map((s) => s.subject))]));
  const signs = incident.alerts.flatMap((alert) => alert.signs);
  const summary = summaryOf(incident);
  return {
    ...rest,
    summary,
    hops: hopsOf(incident.alerts),
    firstSign: signs.sort((a, b) => Date.parse(a.time) - Date.parse(b.time))[0] ?? null,
    actions: actions.map((one) => ({ ...one, standing: stateOf(one, isRunning(one.id)) })),
    proposed: proposeActions(incident, known, kinds).filter(({ id, subjects }) =>
      subjects.some((subject) => !taken.get(id)?.has(subject)),
    ),
    fixes: fixesOf(incident, known),
    related: relatedTo(summary, all),
  };
}
