import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision, Policy, Reason } from '../model/index.ts';
import { Engine } from './engine.ts';
import {
  arbitraryGuardrails,
  arbitraryPolicy,
  arbitraryQuestion,
  decideByReference,
  rulesFor,
  sampleJudge,
} from './testing/index.ts';

/** So many estates; with `REEVE_PROPERTY_RUNS=5000`, 100,000 decisions of each property. */
const ESTATES = Number(process.env.REEVE_PROPERTY_RUNS ?? 150);
const TIMEOUT_MILLISECONDS = 60_000 + ESTATES * 100;
const QUESTIONS = 20;

const FREQUENT = [
  'declared',
  'call-undeclared',
  'operation-undeclared',
  'operation-malformed',
] as const;

const arbitraryEstate = arbitraryPolicy().chain((policy) =>
  fc.record({
    policy: fc.constant(policy),
    guardrails: arbitraryGuardrails(
      policy.services.map(({ id }) => id),
      policy.endpoints.map(({ template }) => template),
    ),
    questions: fc.array(arbitraryQuestion(policy), { minLength: QUESTIONS, maxLength: QUESTIONS }),
  }),
);

function withoutMessage({ message: _, ...rest }: Decision): Omit<Decision, 'message'> {
  return rest;
}

function shuffled(policy: Policy): Policy {
  return {
    services: policy.services.toReversed(),
    endpoints: policy.endpoints.toReversed(),
    grants: policy.grants.toReversed(),
    guardrails: policy.guardrails,
  };
}

describe('decisions of any policy', () => {
  it(
    'are those of the reference, and the short answer is the reason of the long one',
    () => {
      const seen = new Map<Reason, number>();
      fc.assert(
        fc.property(arbitraryEstate, ({ policy, guardrails, questions }) => {
          const judge = sampleJudge(guardrails);
          const engine = new Engine(policy, judge);
          for (const question of questions) {
            const decision = engine.decide(question);
            expect(withoutMessage(decision)).toEqual(decideByReference(policy, judge, question));
            // The first time it is found out, and then it is remembered.
            expect(engine.reasonFor(question)).toBe(decision.reason);
            expect(engine.reasonFor(question)).toBe(decision.reason);
            seen.set(decision.reason, (seen.get(decision.reason) ?? 0) + 1);
          }
        }),
        { numRuns: ESTATES },
      );
      // Questions that all were denied for one reason would show little.
      for (const reason of FREQUENT) expect(seen.get(reason)).toBeGreaterThan(ESTATES / 10);
    },
    TIMEOUT_MILLISECONDS,
  );

  it(
    'do not depend on the order of anything',
    () => {
      fc.assert(
        fc.property(arbitraryEstate, ({ policy, guardrails, questions }) => {
          const judge = sampleJudge(guardrails);
          const [one, other] = [new Engine(policy, judge), new Engine(shuffled(policy), judge)];
          for (const question of questions) {
            expect(other.decide(question)).toEqual(one.decide(question));
          }
        }),
        { numRuns: ESTATES },
      );
    },
    TIMEOUT_MILLISECONDS,
  );

  it(
    'are those of the rules that the policy comes to',
    () => {
      fc.assert(
        fc.property(arbitraryEstate, ({ policy, guardrails, questions }) => {
          const engine = new Engine(policy, sampleJudge(guardrails));
          const rules = engine.rules();
          expect(policy.services.map(({ id }) => engine.rulesOf(id))).toEqual(
            policy.services.map(({ id }) => rules.find(({ service }) => service.id === id)),
          );
          for (const question of questions) {
            const decision = engine.decide(question);
            const allowing = rulesFor(rules, question);
            if (allowing.some(({ conditions }) => conditions.length === 0)) {
              expect(decision.reason).toBe('declared');
            } else if (allowing.length === 0) {
              expect(decision.allowed).toBe(false);
            } else if (!decision.allowed) {
              const ids = allowing.flatMap(({ conditions }) => conditions);
              expect(ids).toContain(decision.because[0]);
            }
          }
        }),
        { numRuns: ESTATES },
      );
    },
    TIMEOUT_MILLISECONDS,
  );
});
