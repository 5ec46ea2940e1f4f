import { compareText } from '../../base/diagnostic.ts';
import { SEVERITIES } from '../../estate/index.ts';
import { Engine } from '../engine/index.ts';
import { CedarJudge } from '../guardrails/judge/index.ts';
import type { CalleeRules, GuardrailJudge, Policy } from '../model/index.ts';
import type { Comparison, Rule, Side } from './comparison.ts';
import { Coverage } from './covers.ts';
import { credentialChanges } from './credentials.ts';
import { declaredReach, universeOf } from './declared.ts';
import { declaredChanges } from './declared-changes.ts';
import { CallGraph } from './graph.ts';
import type { Change, CheckOptions, Layer, State, Violation } from './model.ts';
import { EMPTY_STATE, LAYERS } from './model.ts';
import { mtlsChanges } from './mtls.ts';
import { networkDifference } from './network.ts';
import { outsideChanges } from './outside.ts';
import { requestChanges } from './requests.ts';
import { RULES } from './rules/index.ts';
import { withWaivers } from './waivers.ts';
import { samePlace, Words } from './words.ts';

export interface CheckResult {
  /** The worst first. */
  readonly violations: readonly Violation[];
  readonly changes: readonly Change[];
  /** How much else in the head breaks a rule, as it did before. */
  readonly unchanged: number;
}

/** Judges what the head of a change newly allows, beside its base. */
export function check(base: State, head: State, options: CheckOptions): CheckResult {
  const comparison = compare(base, head, options);
  const violations = withWaivers(
    violationsOf(comparison, RULES),
    head.waivers ?? [],
    options.today,
  ).sort(compareViolations);
  return {
    violations: withoutEchoes(violations),
    changes: comparison.changes,
    unchanged: standing(comparison, violations),
  };
}

function violationsOf(comparison: Comparison, rules: readonly Rule[]): Violation[] {
  return rules.flatMap(({ id, severity, judge }) =>
    judge(comparison).map((offence): Violation => ({ rule: id, severity, ...offence })),
  );
}

/** Where something is wrong with a line, that it is new goes without saying. */
function withoutEchoes(violations: readonly Violation[]): Violation[] {
  const told = violations.filter(({ severity }) => severity !== 'info');
  return violations.filter(
    ({ severity, place }) =>
      severity !== 'info' || !told.some((other) => samePlace(other.place, place)),
  );
}

/** What would be wrong with the head if all of it were new, and is not: the network apart, where that is everything. */
function standing(comparison: Comparison, violations: readonly Violation[]): number {
  const { head, words } = comparison;
  const nothing = { state: EMPTY_STATE, reach: new Map(), graph: new CallGraph(new Map()) };
  const whole = { ...comparison, base: nothing, changes: changesOf(nothing, head, words) };
  const fresh = new Set(violations.map(keyOf));
  return violationsOf(
    whole,
    RULES.filter(({ onlyOfChanges }) => !onlyOfChanges),
  ).filter((violation) => !fresh.has(keyOf(violation))).length;
}

function keyOf({ rule, subject, place }: Violation): string {
  return `${rule} ${subject} ${place?.file}:${place?.line}`;
}

function compare(base: State, head: State, options: CheckOptions): Comparison {
  const coverage = new Coverage();
  const words = new Words(
    [base, head].flatMap(({ services, policy }) => [...services, ...policy.services]),
  );
  const judge = new CedarJudge(head.policy.guardrails);
  const baseRules = rulesOf(base.policy, new CedarJudge(base.policy.guardrails));
  const headRules = rulesOf(head.policy, judge);
  const universe = universeOf(base, head, [...baseRules, ...headRules]);
  const sideOf = (state: State, own: readonly CalleeRules[]): Side => {
    const reach = declaredReach(own, universe, coverage);
    return { state, reach, graph: new CallGraph(reach) };
  };
  const sides = { base: sideOf(base, baseRules), head: sideOf(head, headRules) };
  const changes = [
    ...networkDifference(base, head, words),
    ...changesOf(sides.base, sides.head, words),
  ].sort(compareChanges);
  return { ...sides, changes, words, judge, coverage, options };
}

/** Of every layer but the network. */
function changesOf(base: Side, head: Side, words: Words): Change[] {
  return [
    ...mtlsChanges(base.state, head.state, words),
    ...requestChanges(base.state, head.state, words),
    ...declaredChanges(base, head, words),
    ...outsideChanges(base.state, head.state, words),
    ...credentialChanges(base.state, head.state, words),
  ];
}

/** What a policy comes to. A service whose identity nobody can prove yet is given one: what it declares holds as soon as
 *  it has one. */
function rulesOf(policy: Policy, judge: GuardrailJudge): readonly CalleeRules[] {
  const services = policy.services.map((service) =>
    service.identities.length > 0
      ? service
      : { ...service, identities: [`spiffe://unnamed.invalid/${encodeURIComponent(service.id)}`] },
  );
  return new Engine({ ...policy, services }, judge).rules();
}

function compareViolations(a: Violation, b: Violation): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(a.rule, b.rule) ||
    compareText(a.place?.file ?? '', b.place?.file ?? '') ||
    (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
    compareText(a.message, b.message)
  );
}

function compareChanges(a: Change, b: Change): number {
  const layer = (one: Layer) => LAYERS.indexOf(one);
  return (
    layer(a.layer) - layer(b.layer) ||
    compareText(a.to, b.to) ||
    compareText(a.from, b.from) ||
    compareText(a.place?.file ?? '', b.place?.file ?? '') ||
    (a.place?.line ?? 0) - (b.place?.line ?? 0)
  );
}
