import type { Attack, AttackHop, AttackKind } from './attack.ts';
import { DAY_MS } from './model.ts';
import type { RaisedAlert, ShownHop, Telling } from './raised.ts';

/** How far the time of a request as it is told may be from when it was made: clocks differ. */
const SKEW_MS = 5_000;

/** What became of one attack. */
export interface Outcome {
  readonly kind: AttackKind;
  /** Alerts that found it. */
  readonly alerts: readonly RaisedAlert[];
  /** From how many edges on, in the order in which they were used, the first alert was raised; 0: none was. */
  readonly hopsUntilAlert: number;
}

export interface Findings {
  readonly outcomes: readonly Outcome[];
  /** Alerts of the judged days that found no attack. */
  readonly falseAlerts: readonly RaisedAlert[];
}

/** Holds alerts against the truth. An alert finds an attack if it is raised while that goes on or within a day after, and
 *  one of the requests that it shows a sign at is one of the attack's: to the same service, and in the same trace or at
 *  the same time from the same service. An alert is raised when its score reaches `threshold` first; an alert of the
 *  judged days that finds nothing is false. */
export function findAttacks(
  attacks: readonly Attack[],
  alerts: readonly RaisedAlert[],
  judgedFrom: number,
  threshold = 0,
): Findings {
  const raised = alerts.flatMap((alert) => {
    const first = alert.tellings.find(({ score }) => score >= threshold);
    return first && first.at >= judgedFrom ? [{ alert, first }] : [];
  });
  const used = new Set<RaisedAlert>();
  const outcomes = attacks.map((attack) => {
    const found = raised.filter(({ alert, first }) => finds(attack, alert, first));
    for (const { alert } of found) used.add(alert);
    const until = Math.min(...found.map(({ first }) => first.until));
    return {
      kind: attack.kind,
      alerts: found.map(({ alert }) => alert),
      hopsUntilAlert: found.length > 0 ? edgesUntil(attack, until) : 0,
    };
  });
  const falseAlerts = raised.map(({ alert }) => alert).filter((alert) => !used.has(alert));
  return { outcomes, falseAlerts };
}

function finds({ hops }: Attack, alert: RaisedAlert, first: Telling): boolean {
  const startedAt = hops[0]?.at ?? Infinity;
  const endedAt = hops.at(-1)?.at ?? -Infinity;
  // Rows come in batches by when they were begun: an alert may be told before the time of the latest sign that it has.
  const raisedAt = Math.max(first.at, first.until);
  if (raisedAt < startedAt - SKEW_MS || raisedAt > endedAt + DAY_MS) return false;
  return alert.hops.some((shown) => hops.some((hop) => isSame(shown, hop)));
}

export function isSame(shown: ShownHop, hop: AttackHop): boolean {
  if (!hop.to.includes(shown.to)) return false;
  if (shown.traceId === hop.traceId) return true;
  return hop.from.includes(shown.from) && Math.abs(shown.at - hop.at) <= SKEW_MS;
}

function edgesUntil({ hops }: Attack, until: number): number {
  const made = hops.filter(({ at }) => at <= until + SKEW_MS);
  return Math.max(1, new Set(made.map(({ from, to }) => `${from[0]} ${to[0]}`)).size);
}
