import { compareText } from '../base/diagnostic.ts';
import type { EndpointTraffic } from './model.ts';
import { addSamples } from './sighting/index.ts';

/** Callers that the traffic of one endpoint names. */
const MAX_CALLERS = 32;

/** Where a template comes from, the strongest word first. */
const TEMPLATE_ORDER: readonly EndpointTraffic['templateFrom'][] = [
  'person',
  'route',
  'specification',
  'code',
  'learned',
];

/** Adds up what was seen of one endpoint under two names (a service reached by its name and by its
 *  address, a path under two spellings). The order of the two does not matter. */
export function sumTraffic(a: EndpointTraffic, b: EndpointTraffic): EndpointTraffic {
  const statuses = sumCounts(a.statuses, b.statuses);
  const samples = addSamples(a.samples, b.samples);
  return {
    firstSeen: a.firstSeen < b.firstSeen ? a.firstSeen : b.firstSeen,
    lastSeen: a.lastSeen > b.lastSeen ? a.lastSeen : b.lastSeen,
    requests: a.requests + b.requests,
    perMinute: a.perMinute + b.perMinute,
    statuses,
    errorShare: shareOf(statuses, 5),
    refusedShare: shareOf(statuses, 4),
    callers: sumCallers([...a.callers, ...b.callers]),
    credentials: sumCounts(a.credentials, b.credentials),
    parameters: union(a.parameters, b.parameters),
    changes: earliestChanges([...a.changes, ...b.changes]),
    sensitivity: union(a.sensitivity, b.sensitivity),
    ...(samples && { samples }),
    templateFrom:
      TEMPLATE_ORDER.find((from) => from === a.templateFrom || from === b.templateFrom) ??
      a.templateFrom,
  };
}

type Counts = Readonly<Record<string, number>>;

function sumCounts(a: Counts, b: Counts): Record<string, number> {
  const sum = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) sum.set(name, (sum.get(name) ?? 0) + count);
  return Object.fromEntries([...sum].sort(([x], [y]) => compareText(x, y)));
}

/** Of the requests whose status was told, the share of those answered in this hundred. */
function shareOf(statuses: Counts, hundred: number): number {
  let told = 0;
  let found = 0;
  for (const [status, count] of Object.entries(statuses)) {
    if (status === '0') continue;
    told += count;
    if (Math.floor(Number(status) / 100) === hundred) found += count;
  }
  return told === 0 ? 0 : found / told;
}

/** A caller is proved where any of those who saw it proved it: others may see less of a request. */
function sumCallers(callers: EndpointTraffic['callers']): EndpointTraffic['callers'] {
  const byService = new Map<string, EndpointTraffic['callers'][number]>();
  for (const caller of callers) {
    const known = byService.get(caller.service);
    const lastSeen = latest(caller.lastSeen, known?.lastSeen);
    byService.set(caller.service, {
      service: caller.service,
      requests: caller.requests + (known?.requests ?? 0),
      isProved: caller.isProved || known?.isProved === true,
      ...(lastSeen && { lastSeen }),
    });
  }
  return [...byService.values()]
    .sort((a, b) => b.requests - a.requests || compareText(a.service, b.service))
    .slice(0, MAX_CALLERS);
}

function latest(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

function earliestChanges(changes: EndpointTraffic['changes']): EndpointTraffic['changes'] {
  const byName = new Map<string, EndpointTraffic['changes'][number]>();
  for (const change of changes) {
    const name = `${change.what} ${change.value}`;
    const known = byName.get(name);
    if (known === undefined || change.since < known.since) byName.set(name, change);
  }
  return [...byName]
    .sort(([x, a], [y, b]) => compareText(a.since, b.since) || compareText(x, y))
    .map(([, change]) => change);
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
