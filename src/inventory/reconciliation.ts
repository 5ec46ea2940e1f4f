import { compareText } from '../base/diagnostic.ts';
import {
  type CallRecord,
  type Endpoint,
  type EndpointRecord,
  type EndpointTraffic,
  endpointId,
  type Location,
  type OwnerClaim,
  type Records,
  type ServiceRecord,
  type Source,
  strongestOwner,
  sumTraffic,
} from '../estate/index.ts';
import { callsByEndpoint } from './callers.ts';
import { changesOf } from './changes.ts';
import { derivedCriticality, type JudgedCriticality } from './criticality.ts';
import { type Standing, toStanding } from './decisions.ts';
import type { Gate } from './gates.ts';
import { groupBy } from './group-by.ts';
import { reviewOf } from './review.ts';
import { sensitivityOf } from './sensitivity.ts';
import { covers } from './shape.ts';
import { groupSpellings, type Spellings } from './spellings.ts';
import { statusOf } from './status.ts';
import { daysBefore } from './words.ts';

export interface Circumstances {
  /** RFC 3339, UTC. */
  readonly now: string;
  /** By the endpoint ids of facts. */
  readonly traffic: ReadonlyMap<string, EndpointTraffic>;
  /** A call longer ago than this many days is none any more. */
  readonly activeDays: number;
  /** The place of each service in the call graph. */
  readonly gates: ReadonlyMap<string, Gate>;
}

/** Brings together what is declared, configured, implemented and observed, and what people decided:
 *  one endpoint for each service, protocol, method and shape of template, with its status
 *  (`statusOf`), what changed, and whether a person should look at it. What is the same elsewhere is
 *  left out: see `sideBySide`. Sorted by id; the order of the records does not matter. */
export function reconcile(records: Records, circumstances: Circumstances): Endpoint[] {
  const services = new Map(records.services.map((service) => [service.id, service]));
  const calls = groupBy(records.calls, (call) => call.to);
  const activeSince = daysBefore(circumstances.activeDays, circumstances.now);
  const context = { ...circumstances, activeSince };
  return [...groupBy(records.endpoints, (endpoint) => endpoint.service)]
    .flatMap(([id, endpoints]) => {
      const groups = groupSpellings(endpoints);
      const named = callsByEndpoint(groups, calls.get(id) ?? []);
      const service = services.get(id);
      return groups.map((group) =>
        toEndpoint({ context, group, service, calls: named.get(group) ?? [] }),
      );
    })
    .sort((a, b) => compareText(a.id, b.id));
}

interface Context extends Circumstances {
  /** RFC 3339, UTC: what was called since is called now. */
  readonly activeSince: string;
}

/** All that is known of one endpoint. */
interface Known {
  readonly context: Context;
  readonly group: Spellings;
  readonly service: ServiceRecord | undefined;
  /** Those that name it. */
  readonly calls: readonly CallRecord[];
}

function toEndpoint(known: Known): Endpoint {
  const { group, service } = known;
  const { now } = known.context;
  const best = bestSpelling(group);
  const { protocol, method } = best;
  const template = widest(best.template, group);
  const sources = group.length === 1 ? best.sources : group.flatMap((record) => record.sources);
  const standing = toStanding(group.flatMap((record) => record.decisions));
  const traffic = trafficOf(known);
  const owner = ownerOf(group, service, standing);
  const isOperational = group.some((record) => record.operational);
  const deprecated = standing.deprecate !== undefined || group.some((one) => one.deprecated);
  const isCalled = isCalledNow(known, traffic, sources);
  const isDeclared =
    isSaid(sources, 'declared') || (isOperational && isSaid(sources, 'configured'));
  const visibility = visibilityOf(group);
  const traits = {
    declaredIn: placesOf(sources, 'declared'),
    configuredIn: [
      ...placesOf(sources, 'configured'),
      ...(protocol === 'http' ? routesOf(known, best).flatMap(placeOf) : []),
    ],
    implementedIn: placesOf(sources, 'implemented'),
    observed: traffic !== undefined || isSaid(sources, 'observed'),
    deprecated,
    status: statusOf({
      isDeclared,
      isImplemented: isSaid(sources, 'implemented'),
      isObserved: traffic !== undefined || isSaid(sources, 'observed'),
      isOperational,
      isRetired: deprecated || service?.retired === true,
      isCalled,
      isOwned: owner !== undefined,
    }),
    owner: owner?.owner ?? null,
    visibility,
    changes:
      traffic && visibility === 'shown'
        ? changesOf({
            traffic,
            method,
            parameters: group.flatMap((record) => record.parameters),
            responses: group.flatMap((record) => record.responses),
            isDeclared,
            adoptedAt: standing.adopt?.at,
            now,
          })
        : [],
  };
  const sensitivity = sensitivityOf(group, standing, traffic, service);
  const criticality = criticalityOf(known, best, standing, traffic, sensitivity);
  return {
    id: endpointId(best.service, protocol, method, template),
    service: best.service,
    protocol,
    method,
    template,
    ...traits,
    sensitivity,
    criticality: criticality?.criticality ?? null,
    criticalityBecause: criticality?.because ?? null,
    traffic: traffic ?? null,
    blocked: standing.block !== undefined,
    decisions: standing.inForce,
    review: reviewOf({ endpoint: traits, standing, traffic, isCalled, now }),
    elsewhere: [],
  };
}

/** The spelling that people know: the declared one. */
function bestSpelling(group: Spellings): EndpointRecord {
  const [first, ...rest] = group;
  if (first === undefined) throw new RangeError('an endpoint needs at least one record');
  return rest.reduce((best, one) => {
    const order = spellingRank(one) - spellingRank(best) || compareText(one.id, best.id);
    return order < 0 ? one : best;
  }, first);
}

/** Where code takes the rest of a path, so does the endpoint, though a specification has no words for it: what is decided
 *  of the endpoint is decided of all of these paths. */
function widest(template: string, group: Spellings): string {
  return group.some((one) => one.template.endsWith('...}'))
    ? template.replace(/\/\{([^{}/:+*.]+)\}$/, '/{$1...}')
    : template;
}

const RANKS: readonly Source['how'][] = ['declared', 'implemented', 'configured', 'observed'];

function spellingRank({ sources, method }: EndpointRecord): number {
  if (method === 'ANY' || sources.length === 0) return RANKS.length;
  return Math.min(...sources.map(({ how }) => RANKS.indexOf(how)));
}

function isSaid(sources: readonly Source[], how: Source['how']): boolean {
  return sources.some((source) => source.how === how);
}

/** It is an endpoint as soon as one source is sure of it. */
function visibilityOf(group: Spellings): Endpoint['visibility'] {
  let visibility: Endpoint['visibility'] = 'probe';
  for (const { doubt, sources } of group) {
    if (sources.length === 0) continue;
    if (doubt === undefined) return 'shown';
    if (doubt === 'unstable') visibility = 'unstable';
  }
  return visibility;
}

function trafficOf({ group, context: { traffic } }: Known): EndpointTraffic | undefined {
  if (traffic.size === 0) return undefined;
  const parts = group.flatMap(({ id }) => traffic.get(id) ?? []);
  return parts.length < 2 ? parts[0] : parts.reduce(sumTraffic);
}

/** Counted traffic tells when the last call was. Where it is not counted, one that was ever observed
 *  is believed to go on; so is one that stands in code or configuration. */
function isCalledNow(
  { calls, context }: Known,
  traffic: EndpointTraffic | undefined,
  sources: readonly Source[],
): boolean {
  if (calls.some((call) => call.sources.some(({ how }) => how !== 'observed'))) return true;
  if (traffic) return traffic.lastSeen >= context.activeSince;
  return calls.length > 0 || isSaid(sources, 'observed');
}

function ownerOf(
  group: Spellings,
  service: ServiceRecord | undefined,
  { assign }: Standing,
): OwnerClaim | undefined {
  if (assign) return { owner: assign.owner, rank: 'person' };
  const own = group.flatMap((record) => record.owner ?? []);
  return own.length > 0 ? strongestOwner(own) : service?.owner;
}

/** Protocols whose paths routes lead. */
const ROUTED = ['http', 'grpc'];

function routesOf({ service }: Known, { protocol, method, template }: EndpointRecord) {
  if (!service || service.routes.length === 0 || !ROUTED.includes(protocol)) return [];
  return service.routes.filter(
    (route) =>
      (protocol !== 'http' || route.methods.length === 0 || route.methods.includes(method)) &&
      covers(route.rewrittenTo ?? route.path, route.match, template),
  );
}

/** As a person says, as declared for the endpoint or its service, else as it adds up; undefined for
 *  what is not the estate's. */
function criticalityOf(
  known: Known,
  best: EndpointRecord,
  standing: Standing,
  traffic: EndpointTraffic | undefined,
  sensitivity: Endpoint['sensitivity'],
): JudgedCriticality | undefined {
  const { group, service, calls, context } = known;
  if (standing.criticality) return standing.criticality;
  const declared = group.find((record) => record.criticality)?.criticality;
  if (declared) return { criticality: declared, because: 'declared' };
  if (service?.criticality)
    return { criticality: service.criticality, because: 'declared for its service' };
  if (service?.kind === 'external') return undefined;
  const callers = new Set(calls.map(({ from }) => from));
  for (const caller of traffic?.callers ?? []) callers.add(caller.service);
  return derivedCriticality({
    isOnInternet: isOnInternet(known, best),
    callerCount: callers.size,
    sensitivity: sensitivity.map(({ tag }) => tag),
    gate: context.gates.get(best.service),
  });
}

/** Whether a route from the internet leads to it. Routes do not tell the fields of GraphQL apart, and
 *  lead no events. */
function isOnInternet(known: Known, best: EndpointRecord): boolean {
  const routes =
    best.protocol === 'graphql' ? (known.service?.routes ?? []) : routesOf(known, best);
  return routes.some((route) => route.internet);
}

function placesOf(sources: readonly Source[], how: Source['how']): Location[] {
  return sources.flatMap((source) => (source.how === how ? toLocation(source) : []));
}

function placeOf({ source }: { readonly source: Source }): Location[] {
  return toLocation(source);
}

function toLocation({ file, line, column }: Source): Location[] {
  return file === undefined
    ? []
    : [{ file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }];
}
