import type {
  GuardContext,
  GuardedCall,
  GuardrailJudge,
  GuardVerdict,
  Question,
} from '../model/index.ts';
import { type Coverage, WIDE } from './coverage.ts';
import { contextOf, type Finder } from './finder.ts';
import type { KnownEndpoints } from './known-endpoints.ts';
import type { Tables } from './tables.ts';

/** What comes of a covered call, by how much it outranks others. */
export const OUTCOMES = [
  'declared',
  'guardrail-forbids',
  'guardrail-failed',
  'endpoint-blocked',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Outcomes as they are kept: 0 is not known yet; then those above, in their order; then calls that guardrails must be
 *  asked about each time. */
const [UNKNOWN, FIRST_OUTCOME, FIRST_DEPENDENT] = [0, 1, 1 + OUTCOMES.length] as const;
/** Outcomes below wildcards that are kept at a time. */
const MAX_KEPT = 200_000;
/** In the place of a spot: nothing is known there. */
export const NO_SPOT = -1;

interface StandingCall {
  readonly call: GuardedCall;
  readonly verdict: GuardVerdict | undefined;
}

/** Whether what is covered is blocked, or forbidden. What is the same for every request is found out once. */
export class Verdicts {
  readonly #tables: Tables;
  readonly #judge: GuardrailJudge;
  readonly #endpoints: KnownEndpoints;
  /** By grant of a relation. */
  readonly #ofGrants: Int32Array;
  /** By relation, and by spot: below wildcards. */
  readonly #belowWildcards = new Map<number, Map<number, number>>();
  #keptCount = 0;
  readonly #dependent: (readonly StandingCall[])[] = [];

  constructor(tables: Tables, judge: GuardrailJudge, endpoints: KnownEndpoints) {
    this.#tables = tables;
    this.#judge = judge;
    this.#endpoints = endpoints;
    this.#ofGrants = new Int32Array(tables.relations.grants.length);
  }

  /** Of what was found and is covered. */
  outcomeOf(relation: number, finder: Finder, coverage: Coverage, question: Question): Outcome {
    let rank = 0;
    for (let at = 0; at < Math.max(finder.count, 1); at++) {
      const spot = finder.count === 0 ? NO_SPOT : (finder.spots[at] ?? NO_SPOT);
      const entry = finder.count === 0 ? WIDE : (coverage.entries[at] ?? WIDE);
      const kept =
        entry === WIDE ? this.#below(relation, spot) : this.#ofGrant(relation, entry, spot);
      const found =
        kept < FIRST_DEPENDENT
          ? kept - FIRST_OUTCOME
          : this.#ask(kept, contextOf(question, finder));
      if (found > rank) rank = found;
    }
    return OUTCOMES[rank] ?? 'guardrail-failed';
  }

  /** Whether what was found out about a grant of a relation is the same for every request. */
  isStanding(entry: number): boolean {
    const kept = this.#ofGrants[entry] ?? UNKNOWN;
    return kept !== UNKNOWN && kept < FIRST_DEPENDENT;
  }

  #ofGrant(relation: number, entry: number, spot: number): number {
    const kept = this.#ofGrants[entry] ?? UNKNOWN;
    if (kept !== UNKNOWN) return kept;
    const made = this.#standing(relation, spot);
    this.#ofGrants[entry] = made;
    return made;
  }

  #below(relation: number, spot: number): number {
    let ofRelation = this.#belowWildcards.get(relation);
    const kept = ofRelation?.get(spot);
    if (kept !== undefined) return kept;
    if (this.#keptCount++ >= MAX_KEPT) this.#forget();
    const made = this.#standing(relation, spot);
    ofRelation = this.#belowWildcards.get(relation) ?? new Map();
    this.#belowWildcards.set(relation, ofRelation.set(spot, made));
    return made;
  }

  #forget(): void {
    this.#ofGrants.fill(UNKNOWN);
    this.#belowWildcards.clear();
    this.#dependent.length = 0;
    this.#keptCount = 0;
  }

  #standing(relation: number, spot: number): number {
    if (spot !== NO_SPOT && this.#endpoints.isBlocked(spot)) return codeOf('endpoint-blocked');
    const calls = this.callsOf(relation, spot).map((call) => {
      const verdict = this.#judge.standing(call);
      return { call, verdict: verdict.kind === 'depends' ? undefined : verdict };
    });
    const fixed = worstOf(calls.flatMap(({ verdict }) => verdict ?? []));
    const hasDependent = calls.some(({ verdict }) => verdict === undefined);
    if (fixed === 'guardrail-failed' || !hasDependent) return codeOf(fixed);
    return FIRST_DEPENDENT + this.#dependent.push(calls) - 1;
  }

  #ask(kept: number, context: GuardContext): number {
    const calls = this.#dependent[kept - FIRST_DEPENDENT] ?? [];
    const verdicts = calls.map(({ call, verdict }) => verdict ?? this.#judge.judge(call, context));
    return OUTCOMES.indexOf(worstOf(verdicts));
  }

  /** What guardrails are asked: each service of the principal, and each endpoint of the spot. */
  callsOf(relation: number, spot: number): GuardedCall[] {
    const { relations, principals, services } = this.#tables;
    const callee = services[relations.callees[relation] ?? 0];
    if (!callee) return [];
    const endpoints = spot === NO_SPOT ? [undefined] : this.#endpoints.at(spot, callee);
    const callers = principals[relations.principals[relation] ?? 0]?.services ?? [];
    return callers.flatMap((number) => {
      const caller = services[number];
      return caller ? endpoints.map((endpoint) => ({ caller, callee, endpoint })) : [];
    });
  }
}

const codeOf = (outcome: Outcome): number => FIRST_OUTCOME + OUTCOMES.indexOf(outcome);

const OUTCOME_OF = {
  clear: 'declared',
  forbids: 'guardrail-forbids',
  failed: 'guardrail-failed',
} as const satisfies Record<GuardVerdict['kind'], Outcome>;

function worstOf(verdicts: readonly GuardVerdict[]): Outcome {
  const ranks = verdicts.map(({ kind }) => OUTCOMES.indexOf(OUTCOME_OF[kind]));
  return OUTCOMES[Math.max(0, ...ranks)] ?? 'guardrail-failed';
}
