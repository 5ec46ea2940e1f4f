import { toOperation } from '../../estate/index.ts';
import type { Alert, AlertHop } from '../model.ts';
import type { EstateView } from '../ports.ts';
import type { Reached, ReachedEndpoint } from './model.ts';
import type { ReadableCredential } from './ports.ts';

const MAX_ENDPOINTS = 200;
const MAX_CREDENTIALS = 200;

/** All requests of an incident, the first first; each once. */
export function hopsOf(alerts: readonly Alert[]): readonly AlertHop[] {
  const hops = new Map<string, AlertHop>();
  for (const hop of alerts.flatMap((alert) => alert.hops)) {
    hops.set(`${hop.time} ${hop.from} ${hop.to} ${hop.operation} ${hop.traceId}`, hop);
  }
  return [...hops.values()].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

/** Services of the estate that somebody acted from, or that answered: not those that only refused. */
export function reachedServices(alerts: readonly Alert[]): string[] {
  const hops = hopsOf(alerts);
  const named =
    hops.length === 0
      ? alerts.flatMap(({ path }) => path)
      : hops.flatMap(({ from, to, outcome }) => (outcome === 'denied' ? [from] : [from, to]));
  return [...new Set(named)].filter(isOfEstate);
}

/** `*` is outside, and other hosts are `external/HOST`. */
export const isOfEstate = (service: string): boolean =>
  service !== '*' && !service.startsWith('external/');

/** Endpoints that answered, in the order in which they did. */
export function reachedEndpoints(
  alerts: readonly Alert[],
  view: Pick<EstateView, 'endpoint'>,
): readonly ReachedEndpoint[] {
  const endpoints = new Map<string, ReachedEndpoint>();
  for (const { to, operation, outcome } of hopsOf(alerts)) {
    if (outcome === 'denied' || !isOfEstate(to) || operation === '*') continue;
    const key = `${to} ${operation}`;
    if (endpoints.size >= MAX_ENDPOINTS || endpoints.has(key)) continue;
    const said = toOperation(operation);
    const known = said && view.endpoint(to, said);
    endpoints.set(key, {
      ...{ id: known?.id ?? null, service: to, operation, status: known?.status ?? 'unknown' },
      sensitivity: [...(known?.sensitivity ?? [])],
    });
  }
  return [...endpoints.values()];
}

/** What was reached, with what the estate has come to know of it since: what nobody had called before is known of a moment
 *  after it was called. */
export function lookedAtAgain(
  reached: Reached,
  alerts: readonly Alert[],
  view: Pick<EstateView, 'endpoint'>,
): Reached {
  if (reached.endpoints.every(({ id }) => id !== null)) return reached;
  const known = new Map(
    reachedEndpoints(alerts, view).map((one) => [`${one.service} ${one.operation}`, one]),
  );
  const endpoints = reached.endpoints.map((one) =>
    one.id === null ? (known.get(`${one.service} ${one.operation}`) ?? one) : one,
  );
  const data = endpoints.flatMap(({ sensitivity }) => sensitivity);
  return { ...reached, endpoints, data: [...new Set([...reached.data, ...data])].sort() };
}

/** What was reached, out of what the estate knows of it. */
export function reachedOf(
  services: readonly string[],
  endpoints: readonly ReachedEndpoint[],
  credentials: readonly ReadableCredential[],
): Reached {
  return {
    services: [...services],
    endpoints: [...endpoints],
    data: [...new Set(endpoints.flatMap(({ sensitivity }) => sensitivity))].sort(),
    credentials: credentials
      .slice(0, MAX_CREDENTIALS)
      .map(({ id, name, service, owner, secret }) => ({ id, name, service, owner, secret })),
  };
}
