import { ATTACK_KINDS, type AttackKind } from './attack.ts';
import { type Findings, findAttacks, type Outcome } from './finding.ts';
import type { RaisedAlert } from './raised.ts';
import type { Watched } from './watch.ts';

/** More services than this are no longer the few that an alert is about. */
const FEW_SERVICES = 8;

export interface Share {
  readonly found: number;
  readonly of: number;
}

export interface Figures {
  readonly all: Share;
  readonly byKind: ReadonlyMap<AttackKind, Share>;
  /** A day, for 100 services. */
  readonly falseAlerts: number;
  readonly medianHopsUntilAlert: number;
  /** Of attacks found: alerts for one, and the share that has exactly one. */
  readonly medianAlerts: number;
  readonly shareWithOne: number;
  /** Of alerts that found something. */
  readonly medianServices: number;
  readonly withManyServices: number;
}

/** Figures over several estates together. */
export function figuresOf(
  watched: readonly Watched[],
  alertsOf: (one: Watched) => readonly RaisedAlert[],
  threshold = 0,
): Figures {
  const findings = watched.map((one) =>
    findAttacks(one.attacks, alertsOf(one), one.judgedFrom, threshold),
  );
  const outcomes = findings.flatMap((one) => one.outcomes);
  const found = outcomes.filter(({ alerts }) => alerts.length > 0);
  const alerts = found.flatMap((one) => one.alerts);
  return {
    all: { found: found.length, of: outcomes.length },
    byKind: new Map(ATTACK_KINDS.map((kind) => [kind, shareOf(findings, kind)])),
    falseAlerts: rateOf(watched, findings),
    medianHopsUntilAlert: median(found.map(({ hopsUntilAlert }) => hopsUntilAlert)),
    medianAlerts: median(found.map(countOf)),
    shareWithOne: found.filter((one) => countOf(one) === 1).length / found.length,
    medianServices: median(alerts.map(({ services }) => services)),
    withManyServices: alerts.filter(({ services }) => services > FEW_SERVICES).length,
  };
}

/** The lowest threshold at which there are at most so many false alerts a day for 100 services. */
export function thresholdFor(watched: readonly Watched[], mostFalse: number): number {
  const scores = watched
    .flatMap(({ alerts }) => alerts.flatMap(({ tellings }) => tellings.map(({ score }) => score)))
    .sort((a, b) => a - b);
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { falseAlerts } = figuresOf(watched, ({ alerts }) => alerts, scores[middle]);
    if (falseAlerts > mostFalse) low = middle + 1;
    else high = middle;
  }
  return scores[low] ?? Infinity;
}

function shareOf(findings: readonly Findings[], kind: AttackKind): Share {
  const outcomes = findings.flatMap((one) => one.outcomes).filter((one) => one.kind === kind);
  return { found: outcomes.filter(({ alerts }) => alerts.length > 0).length, of: outcomes.length };
}

function rateOf(watched: readonly Watched[], findings: readonly Findings[]): number {
  const alerts = findings.reduce((sum, { falseAlerts }) => sum + falseAlerts.length, 0);
  const days = watched.reduce((sum, one) => sum + (one.judgedDays * one.services) / 100, 0);
  return alerts / days;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

/** How many alerts found an attack; one that was raised anew is one. */
function countOf({ alerts }: Outcome): number {
  return new Set(alerts.map(({ id }) => id.split(' ')[0])).size;
}
