import {
  type LabelSelector,
  type Labels,
  type LabelTerm,
  type NetworkPort,
  type PodSelector,
  TRANSPORTS,
} from '../../../estate/index.ts';
import type { WorkloadEndpoint } from '../endpoints.ts';
import type { Exposure, ReachReason } from '../model.ts';
import { MAX_PORT, type PortSet, PortSets, portsText } from '../port-set.ts';
import { isEveryPod, isRelative, type Selection } from '../selection.ts';
import { selectorKey } from '../selectors.ts';
import type { Side } from '../side.ts';
import { Judgement, type PlacedRule } from '../verdict.ts';
import { implies, isContradiction, termsOf } from './implication.ts';
import { NAME_LABEL, selectorText } from './words.ts';

/** A pod that does not exist yet. */
interface Newcomer {
  readonly text: string;
  means(rule: PlacedRule): boolean;
}

const ENTIRE_CLUSTER: Newcomer = { text: 'entire-cluster', means: meansEveryPod };

/** What a workload would let in from, or could send to, pods that do not exist yet: any pod at all, and those with the
 *  labels that the rules about it select, where more or less holds for them than for any pod. Selectors of labels that
 *  a workload has already are left out: rows tell of it. */
export function exposureOf(
  subject: WorkloadEndpoint,
  side: Side,
  selection: Selection,
  namespaces: ReadonlyMap<string, Labels>,
): readonly Exposure[] {
  const judge = new NewcomerJudge(subject, side);
  const anyone = judge.allowed(ENTIRE_CLUSTER);
  const newcomers = selectorsOf(judge.rules)
    .filter((selector) => !isTaken(selector, selection))
    .flatMap((selector) => toNewcomer(selector, subject, namespaces) ?? [])
    .filter((newcomer) => judge.allowed(newcomer) !== anyone);
  return [ENTIRE_CLUSTER, ...newcomers].flatMap((newcomer) => judge.exposures(newcomer));
}

class NewcomerJudge {
  readonly rules: readonly PlacedRule[];
  readonly #subject: WorkloadEndpoint;
  readonly #side: Side;
  /** Names of ports that only a pod could tell the numbers of. */
  readonly #names: readonly string[];
  readonly #sets: PortSets;

  constructor(subject: WorkloadEndpoint, side: Side) {
    this.#subject = subject;
    this.#side = side;
    this.rules = side.policiesOf(subject).flatMap((policy) => side.rulesOf(policy));
    this.#names = side.direction === 'egress' ? portNamesOf(this.rules) : [];
    this.#sets = new PortSets(MAX_PORT + this.#names.length);
  }

  allowed(newcomer: Newcomer): PortSet {
    return this.#judge(newcomer).allowed;
  }

  exposures(newcomer: Newcomer): readonly Exposure[] {
    const { allowed, steps } = this.#judge(newcomer);
    const common = {
      workload: this.#subject.peer.name,
      kind: this.#subject.peer.kind,
      direction: this.#side.direction,
      peer: newcomer.text,
      unprotected: this.#side.policiesOf(this.#subject).length === 0,
    };
    const because = (ports: PortSet): readonly ReachReason[] =>
      steps
        .filter((step) => this.#sets.intersect(step.ports, ports) !== this.#sets.none)
        .map(({ ports: _, ...step }) => ({ side: this.#side.direction, ...step }));
    if (allowed === this.#sets.all) {
      return [{ ...common, protocol: 'any', ports: 'any', because: because(allowed) }];
    }
    const rows = TRANSPORTS.flatMap((transport): Exposure[] => {
      const part = this.#sets.only(allowed, transport);
      if (part === this.#sets.none) return [];
      const ports = this.#portsText(part, transport);
      return [{ ...common, protocol: transport, ports, because: because(part) }];
    });
    if (rows.length > 0 || newcomer === ENTIRE_CLUSTER) return rows;
    // Less than for any pod, and so nothing.
    return [{ ...common, protocol: 'any', ports: 'none', because: because(this.#sets.all) }];
  }

  #judge(newcomer: Newcomer): Pick<Judgement, 'allowed' | 'steps'> {
    const { direction } = this.#side;
    if (this.#subject.workload.hostNetwork) return { allowed: this.#sets.all, steps: [] };
    const policies = this.#side.policiesOf(this.#subject);
    const ports = direction === 'ingress' ? this.#subject.ports : this.#namedPorts();
    return new Judgement(this.#sets, {
      direction,
      selecting: policies.filter(({ tier }) => tier === 'network'),
      rules: this.rules
        .filter((rule) => newcomer.means(rule))
        .map((rule) => ({ ...rule, ports: this.#sets.resolve(rule.rule.ports, ports) })),
    });
  }

  #namedPorts(): readonly NetworkPort[] {
    return this.#names.flatMap((name, index) =>
      TRANSPORTS.map((transport) => ({ name, transport, number: MAX_PORT + 1 + index })),
    );
  }

  /** Numbers, and behind them names. */
  #portsText(ports: PortSet, transport: (typeof TRANSPORTS)[number]): string {
    const numbers = this.#sets.intersect(ports, this.#sets.range(transport, 1, MAX_PORT));
    const text = portsText(numbers, transport);
    if (text === `1-${MAX_PORT}`) return text;
    const names = this.#names.filter((_, index) => {
      const port = MAX_PORT + 1 + index;
      return (
        this.#sets.intersect(ports, this.#sets.range(transport, port, port)) !== this.#sets.none
      );
    });
    return [...(text === '' ? [] : [text]), ...names].join(',');
  }
}

function portNamesOf(rules: readonly PlacedRule[]): readonly string[] {
  const names = rules.flatMap(({ rule }) =>
    (rule.ports ?? []).flatMap((port) => (port.kind === 'name' ? [port.name] : [])),
  );
  return [...new Set(names)].sort();
}

function meansEveryPod({ rule }: PlacedRule): boolean {
  return rule.peers.some(
    (peer) => peer.kind === 'everything' || (peer.kind === 'pods' && isEveryPod(peer.selector)),
  );
}

/** Each once, in the order of rules. */
function selectorsOf(rules: readonly PlacedRule[]): readonly PodSelector[] {
  const found = new Map<string, PodSelector>();
  for (const { rule } of rules) {
    for (const peer of rule.peers) {
      if (peer.kind !== 'pods' || isEveryPod(peer.selector)) continue;
      const { namespaces, pods, sameLabels = [], notSameLabels = [] } = peer.selector;
      const relative = [...sameLabels, '/', ...notSameLabels].join();
      found.set(`${selectorKey(namespaces)}/${selectorKey(pods)}/${relative}`, peer.selector);
    }
  }
  return [...found.values()];
}

/** Whether nothing but labels with their values is asked for, and a workload has them. */
function isTaken(selector: PodSelector, selection: Selection): boolean {
  const { namespaces, pods } = selector;
  if (namespaces.length === 0 || pods.length === 0 || isRelative(selector)) return false;
  const isExact = [...namespaces, ...pods].every(
    ({ operator, values }) => operator === 'In' && values.length === 1,
  );
  return isExact && selection.workloads(selector).length > 0;
}

/** All pods that a selector selects, whom a rule means where its own selector selects all of them. Undefined where a
 *  selector contradicts itself, and so selects nobody ever. */
function toNewcomer(
  selector: PodSelector,
  { namespaceLabels: home }: WorkloadEndpoint,
  namespaces: ReadonlyMap<string, Labels>,
): Newcomer | undefined {
  const within = namespaceTerms(selector, home, namespaces.get(nameIn(selector) ?? ''));
  if (isContradiction(within) || isContradiction(selector.pods)) return undefined;
  return {
    text: selectorText(selector),
    means: ({ rule }) =>
      rule.peers.some((peer) => {
        if (peer.kind !== 'pods') return peer.kind === 'everything';
        const other = peer.selector;
        return (
          implies(selector.pods, other.pods) &&
          implies(within, other.namespaces) &&
          isImpliedRelation(within, other, home)
        );
      }),
  };
}

/** What is known of the namespaces that a selector selects. */
function namespaceTerms(
  { namespaces, sameLabels = [], notSameLabels = [] }: PodSelector,
  home: Labels,
  known: Labels | undefined,
): LabelSelector {
  const [otherLabel] = notSameLabels;
  return [
    ...namespaces,
    ...termsOf(known ?? {}),
    { key: NAME_LABEL, operator: 'Exists', values: [] },
    ...sameLabels.map((key) => termOf(key, 'In', home)),
    ...notSameLabels.map((key): LabelTerm => ({ key, operator: 'Exists', values: [] })),
    // Of several labels any may differ, so only of one it is known which.
    ...(otherLabel !== undefined && notSameLabels.length === 1
      ? [termOf(otherLabel, 'NotIn', home)]
      : []),
  ];
}

function isImpliedRelation(
  within: LabelSelector,
  { sameLabels = [], notSameLabels = [] }: PodSelector,
  home: Labels,
): boolean {
  return (
    sameLabels.every((key) => implies(within, [termOf(key, 'In', home)])) &&
    notSameLabels.every((key) => implies(within, [{ key, operator: 'Exists', values: [] }])) &&
    (notSameLabels.length === 0 ||
      notSameLabels.some((key) => implies(within, [termOf(key, 'NotIn', home)])))
  );
}

/** Where the subject's namespace lacks a label, no other has the same value. */
function termOf(key: string, operator: 'In' | 'NotIn', home: Labels): LabelTerm {
  return { key, operator, values: Object.hasOwn(home, key) ? [home[key] ?? ''] : [] };
}

/** The namespace that a selector names. */
function nameIn({ namespaces }: PodSelector): string | undefined {
  const term = namespaces.find(({ key, operator }) => key === NAME_LABEL && operator === 'In');
  return term?.values.length === 1 ? term.values[0] : undefined;
}
