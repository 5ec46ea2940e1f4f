import { toTimestamp } from '../../base/clock.ts';
import { compareText } from '../../base/diagnostic.ts';
import type { Party, Sighting } from '../../estate/index.ts';
import { seenSensitivity } from '../../inventory/index.ts';
import {
  createTemplateLearner,
  type Prior,
  TEMPLATE_LIMITS,
  type TemplateLimits,
} from '../../inventory/templates/index.ts';
import {
  doubtOf,
  type ObservedEndpoint,
  TRAFFIC_DROPS,
  TRAFFIC_LIMITS,
  TrafficState,
} from '../../inventory/traffic/index.ts';
import type { DecoderSink } from './decoders/index.ts';
import type { DiscoveredEndpoint, Hidden } from './discovery.ts';
import { LeftOutCounts } from './left-out.ts';

/** Everything that one service was asked for. */
export interface ObservedService {
  readonly name: string;
  readonly party: Party;
  readonly endpoints: readonly ObservedEndpoint[];
}

/** Services or hosts that are kept apart. */
const MAX_SERVICES = 1_000;
/** Nodes of paths of all services together, about a kilobyte each. */
const MAX_NODES = 120_000;
const MIN_NODES = 100;

/** What one service may hold: less, the more services there are, so that hosts made up by the thousand
 *  cost no more memory than paths of one. */
function shareOf(services: () => number): TemplateLimits {
  return {
    maxDepth: TEMPLATE_LIMITS.maxDepth,
    get maxNodes() {
      const share = Math.floor(MAX_NODES / Math.max(1, services()));
      return Math.min(TEMPLATE_LIMITS.maxNodes, Math.max(MIN_NODES, share));
    },
  };
}

/** Learns endpoints from what decoders give, on the engine that the server runs. */
export class Learning {
  readonly leftOut = new LeftOutCounts();
  readonly #state: TrafficState = new TrafficState(
    () => createTemplateLearner(shareOf(() => this.#state.size)),
    { ...TRAFFIC_LIMITS, maxServices: MAX_SERVICES },
  );
  requests = 0;

  /** What a decoder of this file tells goes here. */
  sinkOf(file: string): DecoderSink {
    return {
      take: (sighting) => this.#take(sighting),
      takeCall: (call) => void this.#state.addCall(call),
      drop: (reason, kind, line, count) =>
        this.leftOut.add(reason, kind, line === undefined ? undefined : { file, line }, count),
    };
  }

  /** What was learnt, by name of the service.
   *  @param priorsOf templates that are known of a service */
  services(priorsOf: (name: string) => readonly Prior[] = () => []): ObservedService[] {
    const names = namesOf([...this.#state.services()].map(({ party }) => party));
    const nameOf = (party: Party): string => names.get(party.key) ?? party.key;
    const observed = this.#state.observed((party) => ({
      priors: priorsOf(nameOf(party)),
      corrections: [],
    }));
    return [...observed]
      .map(({ party, endpoints }) => ({ name: nameOf(party), party, endpoints }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #take(sighting: Sighting): void {
    const drop = this.#state.add(sighting);
    if (drop === undefined) this.requests += sighting.count;
    else {
      const kind = drop === 'preflight' ? 'passed over' : 'unread';
      this.leftOut.add(TRAFFIC_DROPS[drop], kind, undefined, sighting.count);
    }
  }
}

/** What to call each party: its name or host, with namespace, environment or port only where several
 *  have it. */
function namesOf(parties: readonly Party[]): Map<string, string> {
  const byName = Map.groupBy(parties, ({ subject }) => shortName(subject));
  return new Map(
    [...byName].flatMap(([name, same]) =>
      same.map(({ key, subject }) => [key, same.length === 1 ? name : longName(subject)] as const),
    ),
  );
}

function shortName(subject: Party['subject']): string {
  if (subject.by === 'name') return subject.name;
  if (subject.by === 'identity') return subject.identity;
  return subject.host;
}

function longName(subject: Party['subject']): string {
  if (subject.by === 'identity') return subject.identity;
  if (subject.by === 'address') return `${subject.host}:${subject.port ?? ''}`.replace(/:$/, '');
  return [subject.environment, subject.namespace, subject.name].filter(Boolean).join('/');
}

/** What is shown of the services' endpoints, and how much is not.
 *  @param isJudged payloads were judged, so that the data of endpoints is told */
export function select(
  services: readonly ObservedService[],
  minRequests: number,
  isJudged = false,
): { readonly shown: DiscoveredEndpoint[]; readonly probes: Hidden; readonly rare: Hidden } {
  const shown: DiscoveredEndpoint[] = [];
  const hidden = { probe: { endpoints: 0, requests: 0 }, unstable: { endpoints: 0, requests: 0 } };
  for (const { name, endpoints } of services) {
    for (const endpoint of endpoints) {
      const { requests } = endpoint.tally;
      if (requests === 0) continue;
      const doubt = doubtOf(endpoint, { stableAfterRequests: minRequests });
      if (doubt === undefined && requests >= minRequests)
        shown.push(toDiscovered(name, endpoint, isJudged));
      else {
        const counts = hidden[doubt ?? 'unstable'];
        counts.endpoints++;
        counts.requests += requests;
      }
    }
  }
  return { shown: shown.sort(compareEndpoints), probes: hidden.probe, rare: hidden.unstable };
}

function compareEndpoints(a: DiscoveredEndpoint, b: DiscoveredEndpoint): number {
  return (
    compareText(a.service, b.service) ||
    b.requests - a.requests ||
    compareText(a.template, b.template) ||
    compareText(a.method, b.method)
  );
}

function toDiscovered(
  service: string,
  { protocol, method, template, from, tally, examples }: ObservedEndpoint,
  isJudged: boolean,
): DiscoveredEndpoint {
  const parameters = [...tally.parameters.keys()].sort();
  return {
    service,
    protocol,
    method,
    template,
    templateFrom: from,
    requests: tally.requests,
    statuses: countsOf(tally.statuses),
    examples,
    firstSeen: toTimestamp(tally.firstAt),
    lastSeen: toTimestamp(tally.lastAt),
    parameters,
    credentials: countsOf(tally.credentials),
    isOperational: tally.operational > 0 && tally.operational === tally.requests,
    ...(isJudged && { sensitivity: seenSensitivity(template, parameters, tally.samples) }),
  };
}

function countsOf(
  spans: ReadonlyMap<string | number, { readonly count: number }>,
): Record<string, number> {
  return Object.fromEntries([...spans].map(([name, { count }]) => [name, count]));
}
