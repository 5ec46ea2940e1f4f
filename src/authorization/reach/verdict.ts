import type { NetworkPolicy, NetworkRule, PolicyTier, Source } from '../../estate/index.ts';
import type { ReachReason } from './model.ts';
import { type PortSet, type PortSets, portSetText } from './port-set.ts';

export type Direction = 'ingress' | 'egress';

/** A rule with the policy that it stands in. */
export interface PlacedRule {
  /** Unique. */
  readonly id: number;
  readonly policy: NetworkPolicy;
  readonly rule: NetworkRule;
  /** 1-based, as people count them. */
  readonly number: number;
}

/** What had a part in a verdict. */
export interface Step {
  readonly effect: ReachReason['effect'];
  readonly ports: PortSet;
  readonly policy: string | null;
  readonly message: string;
  readonly source: Source | null;
}

/** What one side of a pair lets through, and why. */
export interface Verdict {
  readonly id: number;
  readonly allowed: PortSet;
  readonly steps: readonly Step[];
}

/** What is judged: the policies about a pod in one direction, and those of their rules that mean the other side, in
 *  order, with the ports that each comes to. */
export interface Case {
  readonly direction: Direction;
  /** Of tier `network`. */
  readonly selecting: readonly NetworkPolicy[];
  readonly rules: readonly (PlacedRule & { readonly ports: PortSet })[];
}

const VERBS = { allow: 'allows', deny: 'denies', pass: 'leaves to later policies' } as const;

/** Decides tier by tier.
 *  @see https://network-policy-api.sigs.k8s.io/api-overview/ */
export class Judgement {
  readonly #sets: PortSets;
  readonly #case: Case;
  readonly steps: Step[] = [];
  allowed: PortSet;

  constructor(sets: PortSets, judged: Case) {
    this.#sets = sets;
    this.#case = judged;
    this.allowed = sets.none;
    const open = this.#undenied(this.#first('admin', sets.all));
    const isolating = judged.selecting.filter(({ isolates }) => isolates !== false);
    if (isolating.length > 0) this.#additive(open, isolating);
    else this.#default(this.#first('baseline', open));
  }

  /** The first rule that means a port decides about it. Gives what none decides, and what is passed on. */
  #first(tier: PolicyTier, ports: PortSet): PortSet {
    let undecided = ports;
    let passed = this.#sets.none;
    for (const rule of this.#rulesOf(tier)) {
      const decided = this.#sets.intersect(undecided, rule.ports);
      if (decided === this.#sets.none) continue;
      undecided = this.#sets.subtract(undecided, decided);
      const { action } = rule.rule;
      if (action === 'allow') this.allowed = this.#sets.union(this.allowed, decided);
      if (action === 'pass') passed = this.#sets.union(passed, decided);
      this.#tell(rule, decided);
    }
    return this.#sets.union(undecided, passed);
  }

  /** What no rule denies. */
  #undenied(open: PortSet): PortSet {
    let rest = open;
    for (const rule of this.#rulesOf('network')) {
      if (rule.rule.action !== 'deny') continue;
      this.#tell(rule, this.#sets.intersect(open, rule.ports));
      rest = this.#sets.subtract(rest, rule.ports);
    }
    return rest;
  }

  /** Rules that allow add up. */
  #additive(open: PortSet, isolating: readonly NetworkPolicy[]): void {
    let left = open;
    for (const rule of this.#rulesOf('network')) {
      if (rule.rule.action !== 'allow') continue;
      const ports = this.#sets.intersect(open, rule.ports);
      this.allowed = this.#sets.union(this.allowed, ports);
      left = this.#sets.subtract(left, ports);
      this.#tell(rule, ports);
    }
    if (left !== this.#sets.none) this.#tellIsolating(left, isolating);
  }

  #default(open: PortSet): void {
    this.allowed = this.#sets.union(this.allowed, open);
    if (open === this.#sets.none) return;
    const { direction } = this.#case;
    this.steps.push({
      effect: 'allow',
      ports: open,
      policy: null,
      message: `no policy decides about its ${direction}${this.#ports(open, ' by ')}, so that is allowed`,
      source: null,
    });
  }

  #rulesOf(tier: PolicyTier) {
    return this.#case.rules.filter(({ policy }) => policy.tier === tier);
  }

  #tell({ policy, rule, number }: PlacedRule, ports: PortSet): void {
    if (ports === this.#sets.none) return;
    const name = rule.name === undefined ? '' : ` (${rule.name})`;
    const { direction } = this.#case;
    this.steps.push({
      effect: rule.action,
      ports,
      policy: policy.title,
      message: `${VERBS[rule.action]} ${portSetText(ports, this.#sets.all)} by ${direction} rule ${number}${name}`,
      source: rule.source,
    });
  }

  /** Policies that let nobody else in deny by being there. */
  #tellIsolating(ports: PortSet, isolating: readonly NetworkPolicy[]): void {
    const { direction, rules } = this.#case;
    const [self, other] = direction === 'ingress' ? ['callee', 'caller'] : ['caller', 'callee'];
    for (const policy of isolating) {
      const hasRule = rules.some((rule) => rule.policy === policy);
      const why = hasRule ? 'allows nothing else' : `no ${direction} rule of it means the ${other}`;
      this.steps.push({
        effect: 'deny',
        ports,
        policy: policy.title,
        message: `selects the ${self}, and ${why}`,
        source: policy.source,
      });
    }
  }

  #ports(ports: PortSet, before: string): string {
    return ports === this.#sets.all ? '' : `${before}${portSetText(ports, this.#sets.all)}`;
  }
}
