import type { CallSighting, Party, Sighting } from '../../estate/index.ts';
import type { Knowledge, TemplateLearner } from '../templates/port.ts';
import { type ObservedEndpoint, ServiceTraffic } from './service-traffic.ts';

export interface TrafficLimits {
  /** Services that are seen to be asked. */
  readonly maxServices: number;
  /** Routes, RPCs, fields and topics of one service. */
  readonly maxNamedOperations: number;
}

export const TRAFFIC_LIMITS: TrafficLimits = { maxServices: 5_000, maxNamedOperations: 10_000 };

/** Why a sighting was not counted. */
export const TRAFFIC_DROPS = {
  'services-too-many': 'more services than are kept apart',
  'operations-too-many': 'more operations of one service than are kept apart',
  'method-invalid': 'the method is none of HTTP',
  preflight: 'a preflight, which is answered for any path',
  'path-invalid': 'the path does not begin with a slash, or holds control characters',
  'path-too-long': 'the path is longer than 2,048 characters',
} as const;
export type TrafficDrop = keyof typeof TRAFFIC_DROPS;

const NO_KNOWLEDGE: Knowledge = { priors: [], corrections: [] };
const MAX_PATH = 2_048;
const METHOD = /^[A-Z]{1,20}$/;

/** All traffic that was seen, by the party that was asked. It is a sum: the order of what is added
 *  does not matter, and two states of the same traffic's parts can be merged. */
export class TrafficState {
  readonly #limits: TrafficLimits;
  readonly #createLearner: () => TemplateLearner;
  readonly #services = new Map<string, ServiceTraffic>();
  /** Keys of the services that were added to since they were last taken. */
  readonly #stirred = new Set<string>();

  constructor(createLearner: () => TemplateLearner, limits: TrafficLimits = TRAFFIC_LIMITS) {
    this.#createLearner = createLearner;
    this.#limits = limits;
  }

  get size(): number {
    return this.#services.size;
  }

  /** Nodes of all tries. */
  get nodeCount(): number {
    let count = 0;
    for (const { learner } of this.#services.values()) count += learner.size;
    return count;
  }

  services(): IterableIterator<ServiceTraffic> {
    return this.#services.values();
  }

  service(key: string): ServiceTraffic | undefined {
    return this.#services.get(key);
  }

  /** Counts requests; else says why not. */
  add(sighting: Sighting): TrafficDrop | undefined {
    const method = methodOf(sighting.protocol, sighting.method);
    const drop = method === undefined ? 'method-invalid' : dropOf(sighting, method);
    if (method === undefined || drop !== undefined) return drop;
    const service = this.#serviceOf(sighting.service);
    if (service === undefined) return 'services-too-many';
    return service.add(sighting, method) ? undefined : 'operations-too-many';
  }

  addCall(call: CallSighting): TrafficDrop | undefined {
    const { operation, service: party } = call;
    const method = operation === undefined ? '' : methodOf(operation.protocol, operation.method);
    if (method === undefined) return 'method-invalid';
    const drop = operation === undefined ? undefined : dropOf(operation, method);
    if (drop !== undefined) return drop;
    const service = this.#serviceOf(party);
    if (service === undefined) return 'services-too-many';
    return service.addCall(call, method) ? undefined : 'operations-too-many';
  }

  /** Takes up a service of a snapshot. */
  restore(service: ServiceTraffic): void {
    this.#services.set(service.party.key, service);
    this.#stirred.add(service.party.key);
  }

  /** The services that were added to since the last time; they are then no longer stirred. */
  takeStirred(): ServiceTraffic[] {
    const stirred = [...this.#stirred].flatMap((key) => this.#services.get(key) ?? []);
    this.#stirred.clear();
    return stirred;
  }

  stir(key: string): void {
    if (this.#services.has(key)) this.#stirred.add(key);
  }

  /** What each service was asked for. */
  *observed(
    knowledgeOf: (party: Party) => Knowledge = () => NO_KNOWLEDGE,
  ): Generator<{ party: Party; endpoints: readonly ObservedEndpoint[] }> {
    for (const service of this.#services.values()) {
      yield { party: service.party, endpoints: service.endpoints(knowledgeOf(service.party)) };
    }
  }

  #serviceOf(party: Party): ServiceTraffic | undefined {
    const known = this.#services.get(party.key);
    if (known === undefined && this.#services.size >= this.#limits.maxServices) return undefined;
    this.#stirred.add(party.key);
    if (known !== undefined) return known;
    const { maxNamedOperations } = this.#limits;
    const service = new ServiceTraffic(party, this.#createLearner(), maxNamedOperations);
    this.#services.set(party.key, service);
    return service;
  }
}

/** HEAD is answered by what answers GET. */
function methodOf(protocol: Sighting['protocol'], method: string): string | undefined {
  if (protocol !== 'http') return method;
  if (method === 'GET' || method === 'POST') return method;
  if (method === 'HEAD') return 'GET';
  if (METHOD.test(method)) return method;
  const upper = method.toUpperCase();
  return METHOD.test(upper) ? upper : undefined;
}

function dropOf(
  { protocol, path, route }: Pick<Sighting, 'protocol' | 'path' | 'route'>,
  method: string,
): TrafficDrop | undefined {
  const name = route ?? path;
  if (name.length > MAX_PATH) return 'path-too-long';
  if (protocol === 'http') {
    if (method === 'OPTIONS') return 'preflight';
    if (name.charCodeAt(0) !== 0x2f) return 'path-invalid';
  }
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return 'path-invalid';
  }
  return undefined;
}
