import { auditEntryOf } from '../../audit/index.ts';
import { toTimestamp } from '../../base/clock.ts';
import type { NewAuditEntry } from '../../estate/index.ts';
import type { Alert } from '../model.ts';
import type { Made } from './documents.ts';
import { isNews, withAlert, worst } from './grow.ts';
import type { Incident } from './model.ts';

const SELF = 'reeve';

/** An incident after an alert, with what the audit log says of it. Pure.
 *  @param before undefined: there is none yet
 *  @param seen what the estate knows of what was reached
 *  @param now milliseconds since 1970 */
export function afterAlert(
  id: string,
  before: Incident | undefined,
  alert: Alert,
  seen: Pick<Incident, 'reached' | 'blastRadius'>,
  now: number,
): Made {
  const at = toTimestamp(now);
  const by = { actor: SELF, reason: alert.reason, now };
  if (before === undefined) {
    const { severity, from, to } = alert;
    const incident: Incident = {
      ...{ id, state: 'open', stateAt: at, stateBy: null, stateReason: '', openedAt: at },
      ...{ updatedAt: at, severity, assignee: null, notes: [], actions: [], ...seen },
      alerts: withAlert([], alert),
    };
    const said = { severity, from, to };
    return { incident, entries: [auditEntryOf('incident.open', id, said, by)] };
  }
  const entries: NewAuditEntry[] = [];
  const severity = worst(before.severity, alert.severity);
  const isKnown = before.alerts.some((one) => one.id === alert.id);
  if (severity !== before.severity || !isKnown) {
    entries.push(auditEntryOf('incident.grow', id, { severity, alert: alert.id }, by));
  }
  const isBack = before.state === 'resolved' && goesOn(before, alert);
  const back = { state: 'open', stateAt: at, stateBy: null, stateReason: alert.reason } as const;
  if (isBack) entries.push(auditEntryOf('incident.reopen', id, {}, by));
  const alerts = withAlert(before.alerts, alert);
  const incident = { ...before, ...(isBack ? back : {}), ...seen, severity, alerts };
  return { incident: { ...incident, updatedAt: at }, entries };
}

/** What was resolved is so until something new is seen that came after it. */
function goesOn(before: Incident, alert: Alert): boolean {
  const known = before.alerts.find(({ id }) => id === alert.id);
  const isLater = Date.parse(alert.lastTime) > Date.parse(before.stateAt);
  return isLater && (known === undefined || isNews(known, alert));
}

/** Whether people are told: not of what is expected, and not of more of the same. */
export function isTold(before: Incident | undefined, after: Incident, alert: Alert): boolean {
  if (before === undefined) return true;
  if (after.state === 'expected' || after.state === 'resolved') return false;
  const known = before.alerts.find(({ id }) => id === alert.id);
  return before.state !== after.state || known === undefined || isNews(known, alert);
}
