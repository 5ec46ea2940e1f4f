import type {
  Labels,
  LabelTerm,
  Network,
  NetworkPolicy,
  NetworkRule,
  NetworkWorkload,
  Source,
} from '../../estate/index.ts';
import { EXTERNAL, type ReachChange, type ReachDelta, type ReachReason } from '../reach/index.ts';
import type { NetworkChange, Place } from './model.ts';
import { placeOf, type Words } from './words.ts';

const EMPTY: Network = { namespaces: [], workloads: [], policies: [], entries: [] };
/** Names of sources that are kept of one change; the others are counted. */
const MAX_SOURCES = 1_000;

export interface NetworkSides {
  readonly base: Network | undefined;
  readonly head: Network | undefined;
  readonly changes: Iterable<ReachChange>;
  /** How many workloads reach one, now. */
  readonly callersOf: (to: string) => number;
}

interface Group {
  readonly to: string;
  readonly change: ReachChange['change'];
  readonly deltas: readonly ReachDelta[];
  readonly isGain: boolean;
  readonly place: Place | undefined;
  readonly sources: string[];
  fromOutside: boolean;
}

/** What the network newly lets through, and no longer does: one change for all sources that gain the same of the same
 *  destination by the same line. */
export function networkChanges(sides: NetworkSides, words: Words): NetworkChange[] {
  const head = sides.head ?? EMPTY;
  const causes = new NetworkCauses(sides.base ?? EMPTY, head);
  const nameOf = nameWorkloads(head, sides.base ?? EMPTY, words);
  const groups = new Map<string, Group>();
  for (const change of sides.changes) {
    for (const isGain of [true, false]) {
      const deltas = isGain ? change.gained : change.lost;
      if (deltas.length > 0) add(groups, change, deltas, isGain, causes);
    }
  }
  const isProtected = head.policies.length > 0 || (sides.base?.policies.length ?? 0) > 0;
  return [...groups.values()].map((group) => {
    const { to, change, isGain, place, sources, fromOutside, deltas } = group;
    const texts = deltas.map(textOf);
    const names = sources.map(nameOf).sort();
    const others = head.workloads.length - 1;
    // Where the network has no policy at all, a new workload is as open as everything was before.
    const isBroad = isGain && isProtected && others > 1 && sources.length * 2 >= others;
    return {
      layer: 'network',
      change,
      from: listed(names),
      to: nameOf(to),
      gained: isGain ? texts : [],
      lost: isGain ? [] : texts,
      place,
      sources: names,
      opensToAll: isBroad && sides.callersOf(to) >= others,
      fromOutside: fromOutside && isGain,
      anyPort: deltas.some(({ protocol, http }) => protocol === 'any' && http === null),
      trust: isGain ? causes.trustAt(place) : undefined,
    };
  });
}

function add(
  groups: Map<string, Group>,
  change: ReachChange,
  deltas: readonly ReachDelta[],
  isGain: boolean,
  causes: NetworkCauses,
): void {
  const place = isGain ? causes.ofGain(change) : causes.ofLoss(change);
  const key = `${isGain} ${change.change} ${change.to} ${deltas.map(textOf).join()} ${place?.file}:${place?.line}`;
  let group = groups.get(key);
  if (!group) {
    const { to } = change;
    group = { to, change: change.change, deltas, isGain, place, sources: [], fromOutside: false };
    groups.set(key, group);
  }
  if (group.sources.length < MAX_SOURCES) group.sources.push(change.from);
  if (change.fromKind === EXTERNAL) group.fromOutside = true;
}

/** `TCP 80,443`, `every port`; with the requests that a mesh restricts it to. */
function textOf({ protocol, ports, http }: ReachDelta): string {
  const where = protocol === 'any' ? 'every port' : `${protocol} ${ports}`;
  return http === null ? where : `${http.join(', ')} on ${where}`;
}

function listed(names: readonly string[]): string {
  return names.length > 3
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
    : names.join(', ');
}

/** Calls workloads by their service's name where that is one. */
function nameWorkloads(head: Network, base: Network, words: Words): (name: string) => string {
  const services = new Map(
    [...base.workloads, ...head.workloads].map(({ namespace, name, service }) => [
      `${namespace}/${name}`,
      `${namespace}/${service}`,
    ]),
  );
  return (name) => words.byPath(services.get(name) ?? name);
}

/** Finds the line that opened or closed something: a rule that is new or reads otherwise; else the workload, where it is
 *  new; else a policy that is gone or reads otherwise. */
class NetworkCauses {
  readonly #base: Side;
  readonly #head: Side;

  constructor(base: Network, head: Network) {
    this.#base = new Side(base, 'base');
    this.#head = new Side(head, 'head');
  }

  ofGain({ after, from, to, peersAdded }: ReachChange): Place | undefined {
    return this.#cause(
      this.#base,
      this.#head,
      after.flatMap(({ because }) => because),
      from,
      to,
      peersAdded,
    );
  }

  ofLoss({ before, from, to, peersRemoved }: ReachChange): Place | undefined {
    return this.#cause(
      this.#head,
      this.#base,
      before.flatMap(({ because }) => because),
      from,
      to,
      peersRemoved,
    );
  }

  trustAt(place: Place | undefined): NetworkChange['trust'] {
    return place?.state === 'head' ? this.#head.trustAt(place) : undefined;
  }

  #cause(
    other: Side,
    own: Side,
    because: readonly ReachReason[],
    from: string,
    to: string,
    added: readonly string[],
  ): Place | undefined {
    const reason = because.find(
      ({ effect, policy, source }) =>
        effect === 'allow' && source && policy !== null && own.differs(policy, other),
    );
    if (reason?.source) return placeOf(reason.source, own.state);
    const workload = added.includes(to) ? to : added.includes(from) ? from : undefined;
    if (workload !== undefined) return placeOf(own.workload(workload)?.source, own.state);
    const gone = other.changedPolicy(own, [to, from]);
    if (gone) {
      const still = own.policy(gone.title);
      return still ? placeOf(still.source, own.state) : placeOf(gone.source, other.state);
    }
    return placeOf(because.find(({ source }) => source !== null)?.source ?? undefined, own.state);
  }
}

class Side {
  readonly state: Place['state'];
  readonly #policies: ReadonlyMap<string, NetworkPolicy>;
  readonly #texts = new Map<string, string>();
  readonly #workloads: ReadonlyMap<string, NetworkWorkload>;
  readonly #rules: ReadonlyMap<string, NetworkRule>;

  constructor(network: Network, state: Place['state']) {
    this.state = state;
    this.#policies = new Map(network.policies.map((policy) => [policy.title, policy]));
    this.#workloads = new Map(
      network.workloads.map((workload) => [`${workload.namespace}/${workload.name}`, workload]),
    );
    this.#rules = new Map(
      network.policies
        .flatMap(({ ingress }) => ingress ?? [])
        .filter(({ action }) => action === 'allow')
        .map((rule) => [lineOf(rule.source), rule]),
    );
  }

  trustAt(place: Place): NetworkChange['trust'] {
    const peers = this.#rules.get(lineOf(place))?.peers ?? [];
    const isEveryone = peers.some(
      (peer) =>
        peer.kind === 'everything' ||
        (peer.kind === 'pods' && peer.selector.pods.length + peer.selector.namespaces.length === 0),
    );
    if (isEveryone) return 'everyone';
    const isNamespace = peers.some(
      (peer) => peer.kind === 'pods' && peer.selector.pods.length === 0,
    );
    return isNamespace ? 'namespace' : undefined;
  }

  policy(title: string): NetworkPolicy | undefined {
    return this.#policies.get(title);
  }

  workload(name: string): NetworkWorkload | undefined {
    return this.#workloads.get(name);
  }

  /** Whether a policy is not in the other state, or reads otherwise there. */
  differs(title: string, other: Side): boolean {
    return this.#textOf(title) !== other.#textOf(title);
  }

  /** The policy here that the other state does not have as it is, and that speaks of a workload the most exactly; else
   *  any of its namespace, else any. */
  changedPolicy(other: Side, names: readonly string[]): NetworkPolicy | undefined {
    const changed = [...this.#policies.values()].filter(({ title }) => this.differs(title, other));
    const about = (name: string): NetworkPolicy | undefined => {
      const workload = this.#workloads.get(name) ?? other.#workloads.get(name);
      const own = changed.filter(({ title }) =>
        title.split(' ')[1]?.startsWith(`${name.split('/')[0]}/`),
      );
      const exact = own
        .filter(
          ({ subject }) => workload && subject.pods.every((term) => holds(term, workload.labels)),
        )
        .sort((a, b) => b.subject.pods.length - a.subject.pods.length);
      return exact[0] ?? own[0];
    };
    return names.map(about).find((policy) => policy !== undefined) ?? changed[0];
  }

  /** Without its places: lines move. */
  #textOf(title: string): string {
    let text = this.#texts.get(title);
    if (text === undefined) {
      text =
        JSON.stringify(this.#policies.get(title), (key, value) =>
          key === 'source' ? undefined : value,
        ) ?? '';
      this.#texts.set(title, text);
    }
    return text;
  }
}

function holds({ key, operator, values }: LabelTerm, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    return (value !== undefined) === (operator === 'Exists');
  }
  return (value !== undefined && values.includes(value)) === (operator === 'In');
}

function lineOf({ file, line }: Pick<Source, 'file' | 'line'>): string {
  return `${file}:${line}`;
}
