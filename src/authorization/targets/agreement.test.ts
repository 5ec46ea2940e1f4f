import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryQuestion } from '../engine/testing/index.ts';
import type { Policy, Question } from '../model/index.ts';
import { arbitraryRules, compare, contextFor, isLetIn, type SampleRules } from './testing/index.ts';
import { TESTED } from './testing/targets.ts';

/** Policies for each target, and questions of each; more where `REEVE_PROPERTY_RUNS` asks for that many policies. */
const POLICIES = Number(process.env.REEVE_PROPERTY_RUNS ?? 150);
const QUESTIONS = 25;

/** Questions that rules are about. */
function askable({ policy, rules }: SampleRules): Policy {
  const source = { reader: 'declarations', how: 'declared', file: 'reeve.yaml' } as const;
  const grants = rules.flatMap(({ service, callers }) =>
    callers.flatMap(({ services, allowed }) =>
      services.flatMap(({ id }) =>
        allowed.flatMap(({ method, path, except }) =>
          [path, ...except].map((one) => ({
            from: id,
            to: service.id,
            operation: `${method === '*' ? 'ANY' : method} ${one}`,
            source,
          })),
        ),
      ),
    ),
  );
  return { ...policy, grants };
}

const arbitraryCase = arbitraryRules().chain((sample) =>
  fc.record({
    sample: fc.constant(sample),
    questions: fc.array(arbitraryQuestion(askable(sample)), {
      minLength: QUESTIONS,
      maxLength: QUESTIONS,
    }),
  }),
);

describe.each(Object.entries(TESTED))('what %s makes of rules', (_, { compile, lets }) => {
  it('lets in what the rules do, but for what its notices name', () => {
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(arbitraryCase, ({ sample: { policy, rules }, questions }) => {
        const context = contextFor(policy);
        const compiled = compile(rules, context);
        const ask = lets(compiled, context);
        for (const question of questions) {
          const standing = compare(ask, compiled, context, question, want(rules, question));
          seen[standing] = (seen[standing] ?? 0) + 1;
          if (standing === 'wider' || standing === 'stricter') {
            expect({ standing, question }).toEqual({ standing: 'same', question });
          }
        }
      }),
      { numRuns: POLICIES },
    );
    expect(seen.same).toBeGreaterThan((POLICIES * QUESTIONS) / 4);
  });
});

function want(rules: SampleRules['rules'], question: Question): boolean {
  return isLetIn(
    rules,
    question.proof === undefined ? { ...question, caller: undefined } : question,
  );
}
