import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Labels, Network, NetworkEntry } from '../../estate/index.ts';
import { type Connection, Connections, entriesByWorkload, toRows } from './connections.ts';
import { type Endpoint, type Endpoints, endpointsOf, type WorkloadEndpoint } from './endpoints.ts';
import { exposureOf } from './exposure/index.ts';
import { filterEndpoints } from './filter.ts';
import { lint } from './lints.ts';
import type {
  Exposure,
  Reach,
  ReachExplanation,
  ReachFilter,
  ReachOptions,
  ReachPeer,
  ReachRow,
} from './model.ts';
import { PortSets } from './port-set.ts';
import { Requests } from './requests.ts';
import { Selection } from './selection.ts';
import { Side } from './side.ts';

/** Who can reach whom through a network, exactly as its policies are written. Time and memory go by what policies say,
 *  rather than by the number of pairs: rows are made one by one as they are asked for. */
export function analyse(network: Network, options: ReachOptions = {}): Reach {
  return new Analysis(network, options);
}

type Destination = Endpoints['destinations'][number];

class Analysis implements Reach {
  readonly diagnostics: readonly Diagnostic[];
  readonly #endpoints: Endpoints;
  readonly #byName: ReadonlyMap<string, readonly Endpoint[]>;
  readonly #sets = new PortSets();
  readonly #connections = new Connections(this.#sets);
  readonly #selection: Selection;
  readonly #namespaces: ReadonlyMap<string, Labels>;
  readonly #egress: Side;
  readonly #ingress: Side;
  readonly #requests: Requests;
  readonly #entriesOf: (to: WorkloadEndpoint) => readonly NetworkEntry[];

  constructor(network: Network, { permissions = [], splitAt }: ReachOptions) {
    this.#endpoints = endpointsOf(network, splitAt);
    this.#byName = Map.groupBy(this.#endpoints.all, ({ peer }) => peer.name);
    const selection = new Selection(this.#endpoints);
    this.#selection = selection;
    this.#namespaces = new Map(network.namespaces.map(({ name, labels }) => [name, labels]));
    this.#egress = new Side('egress', network, this.#endpoints, selection, this.#sets);
    this.#ingress = new Side('ingress', network, this.#endpoints, selection, this.#sets);
    this.#requests = new Requests(permissions);
    this.#entriesOf = entriesByWorkload(network.entries);
    this.diagnostics = lint(network, selection, (entry) => this.#isBlocked(entry));
  }

  *rows(filter: ReachFilter = {}): Generator<ReachRow> {
    const { about } = filter;
    const all = filterEndpoints(this.#endpoints.destinations, filter.to);
    const some = about ? all.filter(({ peer }) => about.has(peer.name)) : all;
    const places = new Map(all.map((one, place) => [one.index, place]));
    for (const from of filterEndpoints(this.#endpoints.sources, filter.from)) {
      const isAsked = about === undefined || about.has(from.peer.name);
      const few = isAsked ? this.#egress.onlyPeersOf(from) : undefined;
      const destinations = isAsked ? all : some;
      for (const to of few ? inOrder(few, destinations, places) : destinations) {
        if (!canBePair(from, to)) continue;
        for (const row of this.#rowsOf(from, to)) yield row;
      }
    }
  }

  between(from: ReachPeer, to: ReachPeer): readonly ReachRow[] {
    const pair = this.#pairOf(from, to);
    return pair && canBePair(...pair) ? this.#rowsOf(...pair) : [];
  }

  explain(from: ReachPeer, to: ReachPeer): ReachExplanation {
    const pair = this.#pairOf(from, to);
    return pair && canBePair(...pair)
      ? this.#explain(...pair)
      : { from, to, rows: [], reasons: [] };
  }

  *explanations(filter: ReachFilter = {}): Generator<ReachExplanation> {
    const destinations = filterEndpoints(this.#endpoints.destinations, filter.to);
    for (const from of filterEndpoints(this.#endpoints.sources, filter.from)) {
      for (const to of destinations) if (canBePair(from, to)) yield this.#explain(from, to);
    }
  }

  exposure({ workload }: { readonly workload?: string } = {}): readonly Exposure[] {
    const workloads = filterEndpoints(this.#endpoints.workloads, workload);
    return workloads.flatMap((one) =>
      [this.#ingress, this.#egress].flatMap((side) =>
        exposureOf(one, side, this.#selection, this.#namespaces),
      ),
    );
  }

  #rowsOf(from: Endpoint, to: Destination): readonly ReachRow[] {
    // Most pairs of a network with policies are not connected; nothing is made for those.
    if (from.type !== 'controller' && !this.#overlap(from, to)) return [];
    const connection = this.#connect(from, to);
    if (connection.ports === this.#sets.none) return [];
    return toRows(from, to, connection, this.#requests.verdict(from, to));
  }

  #overlap(from: Endpoint, to: Destination): boolean {
    const egress = this.#egress.verdict(from, to).allowed;
    const ingress = this.#ingress.verdict(to, from).allowed;
    return this.#sets.intersect(egress, ingress) !== this.#sets.none;
  }

  #connect(from: Endpoint, to: Destination): Connection {
    const ingress = this.#ingress.verdict(to, from);
    if (from.type !== 'controller') {
      return this.#connections.between(this.#egress.verdict(from, to), ingress);
    }
    const entries = to.type === 'workload' ? this.#entriesOf(to) : [];
    return this.#connections.through(entries, ingress);
  }

  #explain(from: Endpoint, to: Destination): ReachExplanation {
    const { reasons } = this.#connect(from, to);
    // Where no way leads from the controller, nothing else matters.
    const requests = reasons.length === 0 ? [] : this.#requests.verdict(from, to).reasons;
    return {
      from: from.peer,
      to: to.peer,
      rows: this.#rowsOf(from, to),
      reasons: [...reasons, ...requests],
    };
  }

  #pairOf(from: ReachPeer, to: ReachPeer): [Endpoint, Destination] | undefined {
    const named = ({ name, kind }: ReachPeer) =>
      (this.#byName.get(name) ?? []).filter(({ peer }) => peer.kind === kind);
    const source = named(from).find(({ type }) => type !== 'destination');
    const destination = named(to).find((one): one is Destination => isDestination(one));
    return source && destination && [source, destination];
  }

  #isBlocked({ namespace, workload, kind, transport, port }: NetworkEntry): boolean {
    const peers = this.#byName.get(`${namespace}/${workload}`) ?? [];
    const to = peers.find(({ peer }) => peer.kind === kind);
    const controller = this.#endpoints.all.find(({ type }) => type === 'controller');
    if (!to || !controller) return false;
    const { allowed } = this.#ingress.verdict(to, controller);
    const wanted = this.#sets.range(transport, port, port);
    return this.#sets.intersect(allowed, wanted) === this.#sets.none;
  }
}

function isDestination({ type }: Endpoint): boolean {
  return type === 'workload' || type === 'destination';
}

/** A workload does not reach itself, and between addresses outside nothing is known. */
function canBePair(from: Endpoint, to: Endpoint): boolean {
  return from !== to && (from.type === 'workload' || to.type === 'workload');
}

function inOrder(
  indexes: Iterable<number>,
  destinations: readonly Destination[],
  places: ReadonlyMap<number, number>,
): readonly Destination[] {
  return [...indexes]
    .flatMap((index) => places.get(index) ?? [])
    .sort((a, b) => a - b)
    .flatMap((place) => destinations[place] ?? []);
}
