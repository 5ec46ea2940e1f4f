import { comparePlaces, toPlace } from '../../base/diagnostic.ts';
import { Fault } from '../../base/fault.ts';
import type { PolicyCase } from '../../estate/index.ts';
import type { Decision, Grant, Guardrail, Policy, Question } from '../model/index.ts';
import { Asking } from './asking.ts';

/** What became of one case. */
export interface CaseResult {
  readonly case: PolicyCase;
  readonly passed: boolean;
  /** What is wrong, and what to do about it where that is known; undefined where it passed. */
  readonly problem?: string;
  readonly hint?: string;
  readonly decision?: Decision;
}

/** What cases have shown of a policy. */
export interface Coverage {
  /** Declared calls that some case was allowed by, of all. */
  readonly grants: CoverageOf<Grant>;
  /** Guardrails that denied some case, of all. */
  readonly guardrails: CoverageOf<Guardrail>;
}

export interface CoverageOf<Thing> {
  readonly total: number;
  readonly covered: number;
  readonly missed: readonly Thing[];
}

export interface TestRun {
  readonly results: readonly CaseResult[];
  readonly coverage: Coverage;
}

export type Decide = (question: Question) => Decision;

/** Asks a policy about every case, in the order of their places.
 *  @param decideBy what decides by a policy */
export function runCases(
  policy: Policy,
  decideBy: (policy: Policy) => Decide,
  cases: readonly PolicyCase[],
): TestRun {
  const asking = new Asking(policy.services);
  const asItIs = decideBy(policy);
  const supposed = cases.filter((one) => one.evenIfDeclared);
  const asIfDeclared =
    supposed.length === 0 ? asItIs : decideBy(declaringAll(policy, supposed, asking));
  const decide = (one: PolicyCase) => (one.evenIfDeclared ? asIfDeclared : asItIs);
  const results = cases
    .toSorted((a, b) => comparePlaces(a.source, b.source))
    .map((one) => runCase(one, asking, decide(one)));
  return { results, coverage: coverageOf(policy, results) };
}

/** The policy, as if each of these callers declared every operation of whom it calls. */
function declaringAll(policy: Policy, cases: readonly PolicyCase[], asking: Asking): Policy {
  const supposed = cases.flatMap(({ from, to, source }): Grant[] => {
    const callee = asking.find(to);
    if (!callee) return [];
    return asking
      .callers(from)
      .map(({ id }) => ({ from: id, to: callee.id, operation: '*', source }));
  });
  return { ...policy, grants: [...policy.grants, ...supposed] };
}

function runCase(one: PolicyCase, asking: Asking, decide: Decide): CaseResult {
  try {
    const decision = decide(asking.question(one));
    const problem = problemOf(one, decision);
    return { case: one, passed: problem === undefined, decision, ...(problem && { problem }) };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { message: problem, hint } = thrown;
    return { case: one, passed: false, problem, ...(hint && { hint }) };
  }
}

function problemOf({ expect, reason }: PolicyCase, decision: Decision): string | undefined {
  const { allowed, message, because } = decision;
  if (allowed !== (expect === 'allow')) {
    return `is ${allowed ? 'allowed' : 'denied'}: ${message}${allowed ? placesOf(because) : ''}`;
  }
  if (reason === undefined || isReason(reason, decision)) return undefined;
  return `is ${allowed ? 'allowed' : 'denied'} for another reason (${decision.reason}): ${message}`;
}

function placesOf(because: readonly string[]): string {
  return because.length === 0 ? '' : ` (${because.join(', ')})`;
}

/** Whether it is the code, the id of a guardrail, or words of the message. */
function isReason(reason: string, { reason: code, because, message }: Decision): boolean {
  return reason === code || because.includes(reason) || message.includes(reason);
}

function coverageOf({ grants, guardrails }: Policy, results: readonly CaseResult[]): Coverage {
  const allowedBy = new Set<string>();
  const deniedBy = new Set<string>();
  for (const { decision } of results) {
    for (const place of decision?.because ?? [])
      (decision?.allowed ? allowedBy : deniedBy).add(place);
  }
  return {
    grants: covering(grants, ({ source }) => allowedBy.has(toPlace(source))),
    guardrails: covering(guardrails, ({ id }) => deniedBy.has(id)),
  };
}

function covering<Thing>(
  all: readonly Thing[],
  isCovered: (thing: Thing) => boolean,
): CoverageOf<Thing> {
  const missed = all.filter((thing) => !isCovered(thing));
  return { total: all.length, covered: all.length - missed.length, missed };
}
