import { compareText } from '../../base/diagnostic.ts';
import { addTo } from '../../base/group-by.ts';
import type {
  Labels,
  Network,
  NetworkPeer,
  NetworkPolicy,
  NetworkPort,
  NetworkRule,
} from '../../estate/index.ts';
import type { Endpoint, Endpoints, WorkloadEndpoint } from './endpoints.ts';
import type { PortSets } from './port-set.ts';
import { isEveryPod, isRelative, type Selection } from './selection.ts';
import { type Direction, Judgement, type PlacedRule, type Step, type Verdict } from './verdict.ts';

/** Where no rule names a port, those of the pod do not matter. */
const NO_PORTS: readonly NetworkPort[] = [];

/** A set of rules, as a node of a tree: the rules that mean one endpoint, in order. Endpoints that the same rules mean
 *  share a node, and so a verdict. */
class RuleNode {
  readonly rules: readonly PlacedRule[];
  /** What is called matters, as some rule names a port. */
  readonly hasNames: boolean;
  #next: Map<number, RuleNode> | undefined;
  #plain: Verdict | undefined;
  #verdicts: Map<readonly NetworkPort[], Verdict> | undefined;

  constructor(rules: readonly PlacedRule[]) {
    this.rules = rules;
    this.hasNames = rules.some(({ rule }) => rule.ports?.some(({ kind }) => kind === 'name'));
  }

  follow(placed: PlacedRule): RuleNode {
    this.#next ??= new Map();
    let next = this.#next.get(placed.id);
    if (!next) {
      next = new RuleNode([...this.rules, placed]);
      this.#next.set(placed.id, next);
    }
    return next;
  }

  /** The verdict at a pod with these ports, once there is one; equal ports are one list. */
  verdictAt(ports: readonly NetworkPort[]): Verdict | undefined {
    return ports === NO_PORTS ? this.#plain : this.#verdicts?.get(ports);
  }

  keep(ports: readonly NetworkPort[], verdict: Verdict): Verdict {
    if (ports === NO_PORTS) this.#plain = verdict;
    else {
      this.#verdicts ??= new Map();
      this.#verdicts.set(ports, verdict);
    }
    return verdict;
  }
}

/** What the policies say of one pod in one direction, of all peers at once. */
interface Stance {
  /** Policies of tier `network`. */
  readonly selecting: readonly NetworkPolicy[];
  /** Whom rules mean beside those that mean everyone. */
  readonly nodes: ReadonlyMap<number, RuleNode>;
  /** Of everyone else. */
  readonly rest: Readonly<Record<Crowd, RuleNode>>;
}

/** Those whom rules about everybody mean alike. */
const CROWDS = ['pods', 'hosts', 'addresses'] as const;
type Crowd = (typeof CROWDS)[number];

/** The controller is a pod of which nothing is known. */
function crowdOf(endpoint: Endpoint): Crowd {
  if (endpoint.type === 'controller') return 'pods';
  if (endpoint.type !== 'workload') return 'addresses';
  return endpoint.workload.hostNetwork ? 'hosts' : 'pods';
}

const TIERS = { admin: 0, network: 1, baseline: 2 } as const;

/** One direction of traffic: what policies allow pods to take in, or to send. Pods that the same policies select, and
 *  peers that the same rules mean, are judged once. */
export class Side {
  readonly direction: Direction;
  readonly #sets: PortSets;
  readonly #selection: Selection;
  readonly #policies: readonly NetworkPolicy[];
  /** By index of the endpoint, as are the next two. */
  readonly #crowds: readonly Crowd[];
  readonly #stances: (Stance | undefined)[] = [];
  /** By what they follow from; made when they are asked for, as a comparison asks about few. */
  readonly #stancesByKey = new Map<string, Stance>();
  readonly #ids: ReadonlyMap<NetworkPolicy, number>;
  readonly #selected = new Map<number, NetworkPolicy[]>();
  #ruleCount = 0;
  #verdictCount = 0;
  readonly #rules = new Map<NetworkPolicy, readonly PlacedRule[]>();
  readonly #outside: Verdict;
  readonly #hostNetwork: Verdict;

  constructor(
    direction: Direction,
    network: Network,
    endpoints: Endpoints,
    selection: Selection,
    sets: PortSets,
  ) {
    this.direction = direction;
    this.#sets = sets;
    this.#selection = selection;
    this.#policies = network.policies
      .filter((policy) => policy[direction] !== undefined)
      .toSorted(comparePolicies);
    this.#outside = this.#keep({ allowed: sets.all, steps: [] });
    this.#hostNetwork = this.#keep({ allowed: sets.all, steps: [this.#hostNetworkStep()] });
    for (const policy of this.#policies) this.#rules.set(policy, this.#place(policy));
    this.#crowds = endpoints.all.map(crowdOf);
    this.#ids = new Map(this.#policies.map((policy, id) => [policy, id]));
    for (const policy of this.#policies) this.#select(policy);
  }

  verdict(subject: Endpoint, peer: Endpoint): Verdict {
    if (subject.type !== 'workload') return this.#outside;
    if (subject.workload.hostNetwork) return this.#hostNetwork;
    const stance = this.#stances[subject.index] ?? this.#takeStance(subject);
    const node = stance.nodes.get(peer.index) ?? stance.rest[crowdOf(peer)];
    return this.#judge(stance, node, subject, peer);
  }

  /** Whom rules mean, where everyone else is let through nothing; undefined where everyone has to be looked at. */
  onlyPeersOf(subject: Endpoint): Iterable<number> | undefined {
    if (subject.type !== 'workload' || subject.workload.hostNetwork) return undefined;
    const stance = this.#stances[subject.index] ?? this.#takeStance(subject);
    const isClosed = CROWDS.every((crowd) => {
      const rest = stance.rest[crowd];
      if (rest.hasNames) return false;
      return this.#judge(stance, rest, subject, subject).allowed === this.#sets.none;
    });
    return isClosed ? stance.nodes.keys() : undefined;
  }

  /** The policies that are about a workload. */
  policiesOf(subject: WorkloadEndpoint): readonly NetworkPolicy[] {
    return subject.workload.hostNetwork ? [] : (this.#selected.get(subject.index) ?? []);
  }

  rulesOf(policy: NetworkPolicy): readonly PlacedRule[] {
    return this.#rules.get(policy) ?? [];
  }

  #select(policy: NetworkPolicy): void {
    for (const { index } of this.#selection.workloads(policy.subject)) {
      addTo(this.#selected, index, policy);
    }
  }

  #takeStance(subject: WorkloadEndpoint): Stance {
    const policies = this.policiesOf(subject);
    const relative = policies.some((policy) => this.rulesOf(policy).some(isRelativeRule));
    const home = relative ? subject.workload.namespace : '';
    const key = `${policies.map((policy) => this.#ids.get(policy)).join()} ${home}`;
    let stance = this.#stancesByKey.get(key);
    if (!stance) {
      stance = this.#stanceOf(policies, subject.namespaceLabels);
      this.#stancesByKey.set(key, stance);
    }
    this.#stances[subject.index] = stance;
    return stance;
  }

  #stanceOf(policies: readonly NetworkPolicy[], home: Labels): Stance {
    const nodes = new Map<number, RuleNode>();
    const start = new RuleNode([]);
    const rest: Record<Crowd, RuleNode> = { pods: start, hosts: start, addresses: start };
    // Every endpoint has a crowd.
    const crowdAt = (index: number) => this.#crowds[index] as Crowd;
    for (const placed of policies.flatMap((policy) => this.rulesOf(policy))) {
      const { peers } = placed.rule;
      const covered = CROWDS.filter((crowd) => peers.some((peer) => means(peer, crowd)));
      for (const index of this.#meant(peers, home)) {
        const crowd = crowdAt(index);
        if (covered.includes(crowd)) continue;
        nodes.set(index, (nodes.get(index) ?? rest[crowd]).follow(placed));
      }
      if (covered.length === 0) continue;
      for (const [index, node] of nodes) {
        if (covered.includes(crowdAt(index))) nodes.set(index, node.follow(placed));
      }
      for (const crowd of covered) rest[crowd] = rest[crowd].follow(placed);
    }
    return { selecting: policies.filter(isOfNetwork), nodes, rest };
  }

  /** Whom a rule means one by one. */
  #meant(peers: NetworkRule['peers'], home: Labels): ReadonlySet<number> {
    const indexes = new Set<number>();
    for (const peer of peers) {
      if (CROWDS.some((crowd) => means(peer, crowd))) continue;
      // What is everything means every crowd.
      const few = peer as Exclude<NetworkPeer, { kind: 'everything' }>;
      for (const { index } of this.#selection.peers(few, home)) indexes.add(index);
    }
    return indexes;
  }

  /** Ports by name are those of the pod that is called. */
  #judge(stance: Stance, node: RuleNode, subject: Endpoint, peer: Endpoint): Verdict {
    const called = this.direction === 'ingress' ? subject : peer;
    const ports = called.type === 'workload' && node.hasNames ? called.ports : NO_PORTS;
    return (
      node.verdictAt(ports) ?? node.keep(ports, this.#decide(stance.selecting, node.rules, ports))
    );
  }

  #decide(
    selecting: readonly NetworkPolicy[],
    rules: readonly PlacedRule[],
    ports: readonly NetworkPort[],
  ): Verdict {
    const resolved = rules.map((placed) => ({
      ...placed,
      ports: this.#sets.resolve(placed.rule.ports, ports),
    }));
    return this.#keep(
      new Judgement(this.#sets, { direction: this.direction, selecting, rules: resolved }),
    );
  }

  #keep({
    allowed,
    steps,
  }: {
    readonly allowed: Verdict['allowed'];
    readonly steps: readonly Step[];
  }): Verdict {
    return { id: this.#verdictCount++, allowed, steps };
  }

  #place(policy: NetworkPolicy): readonly PlacedRule[] {
    return (policy[this.direction] ?? []).map((rule, index) => {
      const id = this.#ruleCount++;
      return { id, policy, rule, number: index + 1 };
    });
  }

  #hostNetworkStep(): Step {
    return {
      effect: 'allow',
      ports: this.#sets.all,
      policy: null,
      message: `runs in its host's network, so policies do not concern its ${this.direction}`,
      source: null,
    };
  }
}

/** Whether a peer is everybody of a crowd. */
function means(peer: NetworkPeer, crowd: Crowd): boolean {
  if (peer.kind === 'everything') return true;
  return peer.kind === 'pods' && crowd === 'pods' && isEveryPod(peer.selector);
}

function isRelativeRule({ rule }: PlacedRule): boolean {
  return rule.peers.some((peer) => peer.kind === 'pods' && isRelative(peer.selector));
}

function isOfNetwork({ tier }: NetworkPolicy): boolean {
  return tier === 'network';
}

/** In the order in which they decide; of the same priority by title, as Kubernetes leaves that order open. */
function comparePolicies(a: NetworkPolicy, b: NetworkPolicy): number {
  return TIERS[a.tier] - TIERS[b.tier] || a.priority - b.priority || compareText(a.title, b.title);
}
