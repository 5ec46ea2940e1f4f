import { SEVERITIES, type Severity } from '../../estate/index.ts';
import type { Alert, AlertHop, Sign } from '../model.ts';

/** What is kept of one alert, and of how many. */
const MAX_HOPS = 100;
const MAX_SIGNS = 60;
const MAX_TRACES = 50;
const MAX_NAMES = 100;
export const MAX_ALERTS = 20;

/** An alert as an incident keeps it: where it is long, its beginning and its latest part, and the signs that say most. */
export function bounded(alert: Alert): Alert {
  return {
    ...alert,
    path: ends(alert.path, MAX_NAMES),
    traceIds: ends(alert.traceIds, MAX_TRACES),
    techniques: alert.techniques.slice(0, MAX_NAMES),
    hops: ends(alert.hops, MAX_HOPS),
    signs: strongest(alert.signs),
  };
}

/** The first half and the last. */
function ends<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  return [...items.slice(0, most / 2), ...items.slice(-most / 2)];
}

/** In their order. The first sign is always among them. */
function strongest(signs: readonly Sign[]): Sign[] {
  if (signs.length <= MAX_SIGNS) return [...signs];
  const [first, ...rest] = signs;
  const kept = new Set(rest.sort((a, b) => b.score - a.score).slice(0, MAX_SIGNS - 1));
  return signs.filter((sign) => sign === first || kept.has(sign));
}

/** An alert takes the place of what it was before. There is room for so many; the first stays. */
export function withAlert(alerts: readonly Alert[], alert: Alert): Alert[] {
  const kept = bounded(alert);
  const at = alerts.findIndex(({ id }) => id === alert.id);
  if (at >= 0) return alerts.with(at, kept);
  if (alerts.length < MAX_ALERTS) return [...alerts, kept];
  const [first = kept, , ...rest] = alerts;
  return [first, ...rest, kept];
}

/** Whether an alert says something that it did not: more of the same is not news. */
export function isNews(before: Alert, now: Alert): boolean {
  return (
    worst(now.severity, before.severity) !== before.severity ||
    now.raised > before.raised ||
    now.to !== before.to ||
    hasMore(before.path, now.path) ||
    hasMore(before.techniques, now.techniques) ||
    hasMore(kindsOf(before.signs), kindsOf(now.signs)) ||
    hasMore(operationsOf(before.hops), operationsOf(now.hops))
  );
}

const hasMore = (before: readonly string[], now: readonly string[]): boolean => {
  const known = new Set(before);
  return now.some((one) => !known.has(one));
};
const kindsOf = (signs: readonly Sign[]): string[] => signs.map(({ kind }) => kind);
const operationsOf = (hops: readonly AlertHop[]): string[] =>
  hops.map(({ from, to, operation, outcome }) => `${from}\n${to}\n${operation}\n${outcome}`);

/** The more severe of two. */
export const worst = (a: Severity, b: Severity): Severity =>
  SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;

/** The alert that says most of an incident. */
export const leadOf = (alerts: readonly Alert[]): Alert =>
  alerts.reduce((best, one) => (one.score > best.score ? one : best));
