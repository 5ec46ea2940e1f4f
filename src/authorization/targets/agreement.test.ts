import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../engine/index.ts';
import {
  arbitraryGuardrails,
  arbitraryPolicy,
  arbitraryQuestion,
  sampleJudge,
} from '../engine/testing/index.ts';
import type { CalleeRules, Policy, Question } from '../model/index.ts';
import { asPolicy } from './testing/asked.ts';
import {
  arbitraryRules,
  compare,
  contextFor,
  isLetIn,
  type Standing,
  type TestedTarget,
} from './testing/index.ts';
import { TESTED } from './testing/targets.ts';

/** Policies for each target, and questions of each; more where `REEVE_PROPERTY_RUNS` asks for that many policies. */
const POLICIES = Number(process.env.REEVE_PROPERTY_RUNS ?? 150);
const QUESTIONS = 25;

const arbitraryCase = arbitraryRules().chain((sample) =>
  fc.record({
    sample: fc.constant(sample),
    questions: fc.array(arbitraryQuestion(asPolicy(sample)), {
      minLength: QUESTIONS,
      maxLength: QUESTIONS,
    }),
  }),
);

/** Policies as people declare them, with blocked endpoints and guardrails, some of which look at requests. */
const arbitraryDeclared = arbitraryPolicy().chain((policy) =>
  fc.record({
    policy: fc.constant(policy),
    guardrails: arbitraryGuardrails(
      policy.services.map(({ id }) => id),
      policy.endpoints.map(({ template }) => template),
    ),
    questions: fc.array(arbitraryQuestion(policy), { minLength: QUESTIONS, maxLength: QUESTIONS }),
  }),
);

describe.each(Object.entries(TESTED))('what %s makes of a policy', (_, target) => {
  it('lets in what the rules do, but for what its notices name', () => {
    const tally = new Tally();
    fc.assert(
      fc.property(arbitraryCase, ({ sample: { policy, rules }, questions }) => {
        tally.ask(target, rules, policy, questions, (question) => isLetIn(rules, question));
      }),
      { numRuns: POLICIES },
    );
    tally.expectMostly('same');
  });

  it('lets in what the engine allows, but for what its notices name', () => {
    const tally = new Tally();
    fc.assert(
      fc.property(arbitraryDeclared, ({ policy, guardrails, questions }) => {
        const engine = new Engine(policy, sampleJudge(guardrails));
        tally.ask(target, engine.rules(), policy, questions, (question) => {
          const { allowed, mode } = engine.decide(question);
          return allowed || (mode === 'shadow' && isKnown(policy, question));
        });
      }),
      { numRuns: POLICIES },
    );
    tally.expectMostly('same');
  });
});

const isKnown = ({ services }: Policy, { service }: Question): boolean =>
  services.some(({ id }) => id === service);

/** A mesh sees what callers prove by mutual TLS, and no tokens. */
function asSeen(question: Question): Question {
  const isProved = question.caller !== undefined && question.proof !== undefined;
  return isProved
    ? { ...question, proof: 'mtls' }
    : { ...question, caller: undefined, proof: undefined };
}

class Tally {
  readonly #seen = new Map<Standing, number>();

  ask(
    { compile, lets }: TestedTarget,
    rules: readonly CalleeRules[],
    policy: Policy,
    questions: readonly Question[],
    want: (question: Question) => boolean,
  ): void {
    const context = contextFor(policy);
    const compiled = compile(rules, context);
    const ask = lets(compiled, context);
    for (const question of questions.map(asSeen)) {
      const standing = compare(ask, compiled, context, question, want(question));
      this.#seen.set(standing, (this.#seen.get(standing) ?? 0) + 1);
      if (standing === 'wider' || standing === 'stricter') {
        throw new Error(`${standing}: ${JSON.stringify(question)}`);
      }
    }
  }

  /** So that the other standings do not hide all there is. */
  expectMostly(standing: Standing): void {
    expect(this.#seen.get(standing)).toBeGreaterThan((POLICIES * QUESTIONS) / 3);
    if (process.env.SEEN) console.log(Object.fromEntries(this.#seen));
  }
}
