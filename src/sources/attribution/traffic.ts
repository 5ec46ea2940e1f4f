import {
  callId,
  type EndpointTraffic,
  endpointId,
  type Fact,
  type Party,
  type SeenCaller,
  type SeenEndpoint,
  type SeenService,
  type ServiceRecord,
  type Source,
  writeOperation,
} from '../../estate/index.ts';
import type { Named } from './registry.ts';
import { type Resolver, resolverOfTraffic } from './resolver.ts';

/** What the traffic of one service says of the estate. */
export interface AttributedTraffic {
  readonly serviceId: string;
  readonly facts: readonly Fact[];
  readonly traffic: readonly (EndpointTraffic & { readonly id: string })[];
}

const SOURCE: Source = { reader: 'traffic', how: 'observed' };
const PROVED = 'the caller proved itself by mTLS to the party that reports the call';
const ASSERTED = 'traffic, in the words of the workloads themselves';

/** Finds the services that traffic speaks of, among those that the estate knows. Services that name
 *  themselves exist; what is only an address exists where it is one of the estate's. */
export class TrafficAttribution {
  readonly #resolver: Resolver;

  constructor(known: readonly ServiceRecord[], environment: string) {
    this.#resolver = resolverOfTraffic(known, environment);
  }

  /** Undefined for a party that is none of the estate's. */
  attribute(seen: SeenService): AttributedTraffic | undefined {
    const service = this.#serviceOf(seen.party);
    if (service === undefined) return undefined;
    const attributed = new Attributed(service, (party) => this.#serviceOf(party));
    for (const endpoint of seen.endpoints) attributed.addEndpoint(endpoint);
    for (const caller of seen.callers) attributed.addCall(caller, undefined);
    return attributed;
  }

  #serviceOf({ subject }: Party): Named | undefined {
    const found = this.#resolver.resolveSeen(subject);
    if (found !== undefined) return found;
    if (subject.by === 'identity') return this.#resolver.resolveOrMake(subject);
    if (subject.by !== 'name') return undefined;
    return this.#resolver.registry.add({ ...subject, namespace: subject.namespace ?? 'default' });
  }
}

/** Gathers the facts about one service, each once. */
class Attributed implements AttributedTraffic {
  readonly facts: Fact[] = [];
  readonly traffic: (EndpointTraffic & { readonly id: string })[] = [];
  readonly #service: Named;
  readonly #serviceOf: (party: Party) => Named | undefined;
  readonly #mentioned = new Set<string>();

  constructor(service: Named, serviceOf: (party: Party) => Named | undefined) {
    this.#service = service;
    this.#serviceOf = serviceOf;
    this.#mention(service);
  }

  get serviceId(): string {
    return this.#service.id;
  }

  addEndpoint({ protocol, method, template, doubt, isOperational, ...seen }: SeenEndpoint): void {
    const id = endpointId(this.serviceId, protocol, method, template);
    this.facts.push({
      entity: 'endpoint',
      id,
      service: this.serviceId,
      protocol,
      method,
      template,
      ...(doubt && { doubt }),
      ...(isOperational && { operational: true }),
      source: SOURCE,
    });
    this.traffic.push({ id, ...seen.traffic, callers: this.#callers(seen.callers) });
    if (doubt === 'probe') return;
    const operation = writeOperation({ protocol, method, template });
    for (const caller of seen.callers) this.addCall(caller, operation);
  }

  /** A service may be seen as several parties, by name and by identity: of one kind they are summed up, and of
   *  several kinds each has seen the same requests. */
  #callers(seen: readonly SeenCaller[]): EndpointTraffic['callers'] {
    const byService = Map.groupBy(seen, ({ party }) => this.#serviceOf(party)?.id ?? nameOf(party));
    return [...byService].map(([service, parties]) => {
      const byKind = Map.groupBy(parties, ({ party }) => party.subject.by);
      const requests = Math.max(...[...byKind.values()].map(requestsOf));
      const proved = requestsOf(parties.filter(({ isProved }) => isProved));
      const lastSeen = latest(parties.map((party) => party.lastSeen));
      return { service, requests, isProved: proved >= requests, ...(lastSeen && { lastSeen }) };
    });
  }

  addCall({ party, isProved }: SeenCaller, operation: string | undefined): void {
    const from = this.#serviceOf(party);
    if (from === undefined || from === this.#service) return;
    this.#mention(from);
    this.facts.push({
      entity: 'call',
      id: callId(from.id, this.serviceId, operation ?? '*'),
      from: from.id,
      to: this.serviceId,
      ...(operation !== undefined && { operation }),
      ...(isProved && { authentication: 'mtls' }),
      evidence: isProved ? PROVED : ASSERTED,
      source: SOURCE,
    });
  }

  #mention({ id, environment, namespace, name }: Named): void {
    if (this.#mentioned.has(id)) return;
    this.#mentioned.add(id);
    this.facts.push({ entity: 'service', id, environment, namespace, name, source: SOURCE });
  }
}

function latest(times: readonly (string | undefined)[]): string | undefined {
  return times
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1);
}

function requestsOf(callers: readonly SeenCaller[]): number {
  return callers.reduce((sum, { requests }) => sum + requests, 0);
}

/** As people would call it, for parties that the estate does not know. */
function nameOf({ subject }: Party): string {
  switch (subject.by) {
    case 'name':
      return subject.name;
    case 'address':
      return subject.host;
    case 'identity':
      return subject.identity;
  }
}
