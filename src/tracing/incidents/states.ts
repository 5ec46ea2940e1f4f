import { withoutSecrets } from '../../audit/index.ts';
import { toTimestamp } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import { canonicalJson } from '../../estate/index.ts';
import type { IncidentState } from '../notice.ts';
import type { Asking, Feedback, Incident } from './model.ts';

/** What people say of an incident, what it becomes, and what it may be before. */
export const MOVES = {
  acknowledge: { to: 'acknowledged', from: ['open'] },
  expect: { to: 'expected', from: ['open', 'acknowledged', 'malicious', 'resolved'] },
  condemn: { to: 'malicious', from: ['open', 'acknowledged', 'expected', 'resolved'] },
  resolve: { to: 'resolved', from: ['open', 'acknowledged', 'malicious'] },
  reopen: { to: 'open', from: ['acknowledged', 'expected', 'malicious', 'resolved'] },
} as const satisfies Record<
  string,
  { readonly to: IncidentState; readonly from: readonly IncidentState[] }
>;
export type Move = keyof typeof MOVES;

/** Those that more alerts may join, and that are not done with. */
export const isActive = ({ state }: Pick<Incident, 'state'>): boolean =>
  state === 'open' || state === 'acknowledged' || state === 'malicious';

/** An incident after somebody has said something of it. Pure.
 *  @throws {Fault} `incidents/incident-conflict` where it cannot become that; `incidents/reason-invalid` */
export function moved(incident: Incident, move: Move, by: Asking, now: number): Incident {
  const { to, from } = MOVES[move];
  if (!(from as readonly IncidentState[]).includes(incident.state)) {
    throw new Fault('incidents/incident-conflict', `The incident is ${incident.state}`, {
      hint: 'look at it again: somebody may have been there before',
    });
  }
  const reason = withoutSecrets(by.reason.trim());
  if (reason === '' && move !== 'acknowledge') {
    throw new Fault('incidents/reason-invalid', 'That needs a reason', {
      hint: 'say in a few words why: others rely on it later',
    });
  }
  const at = toTimestamp(now);
  return {
    ...incident,
    ...{ state: to, stateAt: at, stateBy: by.actor, stateReason: reason, updatedAt: at },
    assignee: move === 'acknowledge' ? (incident.assignee ?? by.actor) : incident.assignee,
  };
}

const MAX_PATTERNS = 200;

/** What an incident that was judged teaches; undefined: nothing. */
export function feedbackOf(incident: Incident): Feedback | undefined {
  const { id, state, stateAt, stateBy, stateReason, alerts } = incident;
  if ((state !== 'expected' && state !== 'malicious') || stateBy === null) return undefined;
  const signs = alerts.flatMap((alert) => alert.signs);
  const patterns = new Map(
    signs.map(({ kind, from, to, operation, evidence }) => {
      const pattern = { kind, from, to, operation, evidence };
      return [canonicalJson(pattern), pattern];
    }),
  );
  return {
    ...{ id, verdict: state, by: stateBy, at: stateAt, reason: stateReason },
    alerts: alerts.map((alert) => alert.id),
    patterns: [...patterns.values()].slice(0, MAX_PATTERNS),
  };
}
