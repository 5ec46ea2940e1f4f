import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Engine } from '../../engine/index.ts';
import { arbitraryPolicy, arbitraryQuestion } from '../../engine/testing/index.ts';
import { CedarJudge, endpointIdOf } from '../../guardrails/index.ts';
import type { Policy, Question } from '../../model/index.ts';
import type { Compiled } from '../compiled.ts';
import { compileCedar } from './index.ts';
import { type CedarAnswer, CedarTarget } from './testing/evaluator.ts';
import { arbitraryGuardrails } from './testing/guardrails.ts';

/** How many requests are decided by both: `REEVE_ORACLE_CASES=100000` for the long form. */
const CASES = Number(process.env.REEVE_ORACLE_CASES ?? 1_500);
const QUESTIONS = 25;

const arbitraryEstate = fc
  .tuple(arbitraryPolicy(), arbitraryGuardrails)
  .map(([policy, guardrails]): Policy => ({ ...policy, endpoints: distinct(policy), guardrails }))
  .chain((policy) =>
    fc.record({
      policy: fc.constant(policy),
      questions: fc.array(arbitraryQuestion(policy), {
        minLength: QUESTIONS,
        maxLength: QUESTIONS,
      }),
    }),
  );

/** As in an estate, where no two endpoints have one id. */
function distinct({ endpoints }: Policy): Policy['endpoints'] {
  return [...new Map(endpoints.map((endpoint) => [endpointIdOf(endpoint), endpoint])).values()];
}

function compile(policy: Policy): Compiled {
  const places = { placements: new Map(), trustDomain: 'example.org', egress: false };
  return compileCedar([], { policy, ...places });
}

/** All that the engine finds out before it asks what Cedar is asked. */
const BEFORE_CEDAR = [
  'caller-unproved',
  'caller-unknown',
  'service-unknown',
  'operation-malformed',
];

interface Combined {
  readonly allowed: boolean;
  readonly isPermitted: boolean;
  readonly forbidding: readonly string[];
  readonly failed: readonly string[];
}

function askCedar(target: CedarTarget, engine: Engine, question: Question): Combined | undefined {
  const { reason, callers, callee, request, nearest } = engine.trace(question);
  if (BEFORE_CEDAR.includes(reason) || !callee || !request) return undefined;
  const { proof = 'token', protocol, method } = question;
  const context = { proof, protocol, method, path: request.path };
  const isKnown = nearest.length > 0;
  const endpoints = isKnown ? nearest.flatMap((one) => one.endpoints) : [undefined];
  const answers = endpoints.map((endpoint) =>
    callers.map((caller) =>
      target.ask({ caller, callee, endpoint, context, taken: request.method }),
    ),
  );
  const all = answers.flat();
  const of = (ids: (answer: CedarAnswer) => readonly string[]) =>
    [...new Set(all.flatMap(ids))].sort();
  const forbidding = of((answer) => answer.forbidding);
  const failed = of((answer) => answer.failed);
  const isExact = !isKnown || nearest.some((one) => one.isExact);
  const isPermitted = isExact && answers.every((some) => some.some((one) => one.isPermitted));
  const allowed = isPermitted && forbidding.length + failed.length === 0;
  return { allowed, isPermitted, forbidding, failed };
}

it('decides as the engine does, by Cedar itself', { timeout: 3_600_000 }, () => {
  const seen = new Map<string, number>();
  let undecided = 0;
  fc.assert(
    fc.property(arbitraryEstate, ({ policy, questions }) => {
      const engine = new Engine(policy, new CedarJudge(policy.guardrails));
      const compiled = compile(policy);
      const unsaid = compiled.notices.flatMap(({ service, caller, operation }) =>
        operation === undefined ? [] : [`${caller} ${service} ${operation}`],
      );
      const target = new CedarTarget(compiled);
      for (const question of questions) {
        const answer = askCedar(target, engine, question);
        if (answer === undefined) continue;
        const { decision, covering } = engine.trace(question);
        const { reason, because } = decision;
        const isUnsaid = covering.some(({ from, to, operation }) =>
          unsaid.includes(`${from} ${to} ${operation}`),
        );
        seen.set(reason, (seen.get(reason) ?? 0) + 1);
        if (isUnsaid && !answer.allowed) {
          undecided++;
          continue;
        }
        expect({ question, allowed: answer.allowed }).toEqual({
          question,
          allowed: decision.allowed,
        });
        // One that cannot be used is one that forbids everything here.
        if (reason === 'guardrail-failed') {
          expect([...answer.failed, ...answer.forbidding]).toContain(because[0]);
        }
        if (reason === 'guardrail-forbids') expect(answer.forbidding[0]).toBe(because[0]);
        if (reason === 'endpoint-blocked')
          expect(answer.forbidding).toContain('reeve:blocked-endpoint');
        if (reason === 'declared') expect(answer).toMatchObject({ forbidding: [], failed: [] });
        if (reason.endsWith('-undeclared')) expect(answer.isPermitted).toBe(false);
      }
    }),
    { numRuns: Math.ceil((CASES * 1.8) / QUESTIONS) },
  );
  const decided = seen.values().reduce((sum, count) => sum + count, 0);
  if (process.env.REEVE_ORACLE_CASES !== undefined) console.log(decided, undecided, seen);
  expect(decided).toBeGreaterThan(CASES);
  for (const reason of [
    'declared',
    'operation-undeclared',
    'guardrail-forbids',
    'guardrail-failed',
    'endpoint-blocked',
  ]) {
    expect(seen.get(reason)).toBeGreaterThan(CASES / 1_000);
  }
  expect(undecided).toBeLessThan(decided / 20);
});

it('is the same whatever the order of anything', () => {
  fc.assert(
    fc.property(arbitraryEstate, ({ policy }) => {
      const { services, endpoints, grants, guardrails } = policy;
      const turned = {
        services: services.toReversed(),
        endpoints: endpoints.toReversed(),
        grants: grants.toReversed(),
        guardrails: guardrails.toReversed(),
      };
      expect(compile(turned)).toEqual(compile(policy));
    }),
    { numRuns: 40 },
  );
});
