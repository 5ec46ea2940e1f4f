import type { IncidentNotice } from '../notice.ts';
import { leadOf } from './grow.ts';
import type { Incident } from './model.ts';
import { hopsOf } from './reached.ts';

const MAX_HOPS = 20;
const MAX_TRACES = 5;
const MAX_PATH = 20;

/** An incident as people are told of it. Pure. */
export function noticeOf(incident: Incident): IncidentNotice {
  const { id, state, severity, alerts, reached, stateAt, stateBy } = incident;
  const { kind, reason, from, to } = leadOf(alerts);
  const hops = hopsOf(alerts);
  return {
    ...{ incident: id, state, severity, kind, reason, from, to },
    raised: Math.max(...alerts.map((alert) => alert.raised)),
    path: wayOf(incident).slice(0, MAX_PATH),
    hops: hops
      .slice(0, MAX_HOPS)
      .map((hop) => ({ from: hop.from, to: hop.to, operation: hop.operation, time: hop.time })),
    techniques: unique(alerts.flatMap(({ techniques }) => techniques)),
    traceIds: unique(alerts.flatMap(({ traceIds }) => traceIds)).slice(0, MAX_TRACES),
    ...timesOf(incident),
    data: reached.data,
    signs: alerts.reduce((count, { signs }) => count + signs.length, 0),
    ...{ at: stateAt, by: stateBy },
  };
}

/** Services of all alerts in the order in which they were reached. */
export const wayOf = ({ alerts }: Pick<Incident, 'alerts'>): string[] =>
  unique(alerts.flatMap(({ path }) => path));

/** Of the first sign, and of the latest. */
export function timesOf({ alerts }: Pick<Incident, 'alerts'>): {
  readonly time: string;
  readonly lastTime: string;
} {
  const by = (a: string, b: string) => Date.parse(a) - Date.parse(b);
  const first = alerts.map(({ time }) => time).sort(by)[0] ?? '';
  const last = alerts.map(({ lastTime }) => lastTime).sort(by);
  return { time: first, lastTime: last.at(-1) ?? first };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
