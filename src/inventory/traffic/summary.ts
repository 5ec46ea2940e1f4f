import type { EndpointTraffic, SeenCaller, SeenEndpoint, SeenService } from '../../estate/index.ts';
import type { Knowledge } from '../templates/port.ts';
import { tagsInSamples } from '../values/index.ts';
import { callersOf, type ObservedEndpoint, type ServiceTraffic } from './service-traffic.ts';
import type { Span, Tally } from './tally.ts';

/** When what was seen counts for what. */
export interface SummaryRules {
  /** Requests before a path that no source names is called an endpoint. */
  readonly stableAfterRequests: number;
  /** What comes up this long after the first request of an endpoint is a change of it. */
  readonly settleMs: number;
  /** A change is told for this long. */
  readonly changeMs: number;
}

const HOUR_MS = 3_600_000;
const MAX_CALLERS = 32;

/** Sums up what one service was asked for.
 *  @param now milliseconds since 1970 */
export function summarize(
  service: ServiceTraffic,
  knowledge: Knowledge,
  rules: SummaryRules,
  now: number,
): SeenService {
  const endpoints = service.endpoints(knowledge);
  const firstOfTemplate = firstSeenByTemplate(endpoints);
  return {
    party: service.party,
    endpoints: endpoints.map((endpoint) =>
      toSeen(endpoint, firstOfTemplate.get(endpoint.template) ?? 0, rules, now),
    ),
    callers: seenCallers(service.unnamed),
  };
}

function firstSeenByTemplate(endpoints: readonly ObservedEndpoint[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const { template, tally } of endpoints) {
    first.set(template, Math.min(first.get(template) ?? Number.POSITIVE_INFINITY, tally.firstAt));
  }
  return first;
}

function toSeen(
  endpoint: ObservedEndpoint,
  firstOfTemplate: number,
  rules: SummaryRules,
  now: number,
): SeenEndpoint {
  const { protocol, method, template, from, tally } = endpoint;
  const doubt = doubtOf(endpoint, rules);
  return {
    protocol,
    method,
    template,
    ...(doubt && { doubt }),
    isOperational: tally.operational > 0 && tally.operational === tally.requests,
    traffic: {
      firstSeen: toTime(tally.firstAt),
      lastSeen: toTime(tally.lastAt),
      requests: tally.requests,
      perMinute: perMinute(tally, now),
      statuses: Object.fromEntries([...tally.statuses].map(([code, { count }]) => [code, count])),
      ...sharesOf(tally),
      credentials: Object.fromEntries(
        [...tally.credentials].map(([seen, { count }]) => [seen, count]),
      ),
      parameters: [...tally.parameters.keys()].sort(),
      changes: changesOf(endpoint, firstOfTemplate, rules, now),
      sensitivity: tagsInSamples(tally.samples),
      ...(tally.samples && { samples: tally.samples }),
      templateFrom: from,
    },
    callers: seenCallers(tally),
  };
}

/** Answers that tell nothing of what is there. */
const REFUSALS = new Set([401, 403, 404]);
/** Times as many requests are needed where all of them were refused. */
const REFUSED_FACTOR = 10;

/** What a source names exists, whatever it answers; a path that only found nothing does not. gRPC says
 *  UNIMPLEMENTED (501) where HTTP says 404. Whoever tries doors is often refused before he is told that
 *  there is none: so a path that only refused needs more requests than another. */
export function doubtOf(
  { protocol, from, tally }: Pick<ObservedEndpoint, 'protocol' | 'from' | 'tally'>,
  { stableAfterRequests }: Pick<SummaryRules, 'stableAfterRequests'>,
): 'unstable' | 'probe' | undefined {
  if (protocol === 'http' && from !== 'learned') return undefined;
  const nothing = protocol === 'http' ? 404 : 501;
  const statuses = [...tally.statuses.keys()];
  if (statuses.length === 1 && statuses[0] === nothing) return 'probe';
  if (from !== 'learned') return undefined;
  const isRefused = statuses.length > 0 && statuses.every((status) => REFUSALS.has(status));
  const needed = stableAfterRequests * (isRefused ? REFUSED_FACTOR : 1);
  return tally.requests < needed ? 'unstable' : undefined;
}

/** Over the last hour, or over the time since the first request where that is less. */
function perMinute(tally: Tally, now: number): number {
  const hour = Math.floor(now / HOUR_MS);
  const elapsed = now % HOUR_MS;
  const recent =
    (tally.hours.get(hour) ?? 0) + (tally.hours.get(hour - 1) ?? 0) * (1 - elapsed / HOUR_MS);
  const minutes = Math.min(60, Math.max(1, (now - tally.firstAt) / 60_000));
  return Math.round((recent / minutes) * 100) / 100;
}

function sharesOf(tally: Tally): Pick<EndpointTraffic, 'errorShare' | 'refusedShare'> {
  let told = 0;
  let errors = 0;
  let refused = 0;
  for (const [status, { count }] of tally.statuses) {
    if (status === 0) continue;
    told += count;
    if (status >= 500) errors += count;
    else if (status >= 400) refused += count;
  }
  return { errorShare: share(errors, told), refusedShare: share(refused, told) };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}

type Change = EndpointTraffic['changes'][number];

/** What came up after the endpoint had settled: a first answer of some success code, a parameter, a
 *  credential, and the method itself where the template was asked for by others long before. */
function changesOf(
  { method, tally }: ObservedEndpoint,
  firstOfTemplate: number,
  { settleMs, changeMs }: SummaryRules,
  now: number,
): Change[] {
  const isChange = ({ count, firstAt }: Span, since: number): boolean =>
    count > 1 && firstAt > since + settleMs && firstAt > now - changeMs;
  const found: (Change & { at: number })[] = [];
  const note = (what: Change['what'], value: string, at: number): void =>
    void found.push({ what, value, since: toTime(at), at });
  const whole = { count: tally.requests, firstAt: tally.firstAt, lastAt: tally.lastAt };
  if (isChange(whole, firstOfTemplate)) note('method', method, tally.firstAt);
  for (const [status, span] of tally.statuses) {
    if (status > 0 && status < 400 && isChange(span, tally.firstAt)) {
      note('response', String(status), span.firstAt);
    }
  }
  for (const [name, span] of tally.parameters) {
    if (isChange(span, tally.firstAt)) note('parameter', name, span.firstAt);
  }
  for (const [seen, span] of tally.credentials) {
    if (isChange(span, tally.firstAt)) note('authentication', seen, span.firstAt);
  }
  return found
    .sort((a, b) => a.at - b.at || (a.value < b.value ? -1 : 1))
    .map(({ what, value, since }) => ({ what, value, since }));
}

function seenCallers(tally: Tally): SeenCaller[] {
  return callersOf(tally)
    .slice(0, MAX_CALLERS)
    .map(({ party, count, isProved, lastAt }) => ({
      party,
      requests: count,
      isProved,
      lastSeen: toTime(lastAt),
    }));
}

function toTime(ms: number): string {
  return new Date(Number.isFinite(ms) ? ms : 0).toISOString();
}
