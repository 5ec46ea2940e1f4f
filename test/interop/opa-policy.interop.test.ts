import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decisionDocument, questionOf } from '../../src/authorization/enforcement/opa/index.ts';
import { Engine } from '../../src/authorization/engine/index.ts';
import {
  arbitraryPolicy,
  arbitraryQuestion,
} from '../../src/authorization/engine/testing/index.ts';
import { CedarJudge } from '../../src/authorization/guardrails/index.ts';
import type { Decision, Policy, Question } from '../../src/authorization/model/index.ts';
import { compileOpa, serviceNames } from '../../src/authorization/targets/opa/index.ts';
import { opa, type RunningOpa, startOpa } from './support/opa.ts';
import { isMissing } from './support/tools.ts';

/** More where `REEVE_PROPERTY_RUNS` asks for that many policies. */
const POLICIES = Number(process.env.REEVE_PROPERTY_RUNS ?? 200);
const QUESTIONS = 60;

/** Answers many questions in one request. */
const BATCH = `package batch

answers := [answer | some question in input; answer := data.reeve.authz with input as question]
`;

const contextFor = (policy: Policy) => ({
  placements: new Map(),
  trustDomain: 'example.org',
  policy,
  egress: false,
});

/** What the SDK would ask. */
const inputOf = ({ caller, proof, service, protocol, method, path }: Question) => ({
  caller: caller === undefined ? null : { spiffe_id: caller, proof: proof ?? null },
  protocol,
  method,
  path,
  service,
});

const arbitraryCase = arbitraryPolicy().chain((policy) =>
  fc.record({
    policy: fc.constant(policy),
    questions: fc.array(arbitraryQuestion(policy), { minLength: QUESTIONS, maxLength: QUESTIONS }),
  }),
);

/** Of several declarations that allow a call, OPA may name another one. */
function sentenceOf({ message, because }: Decision): unknown {
  const [start, place] = message.split(', as declared in ');
  if (place === undefined || because.length < 2) return message;
  return expect.stringMatching(
    new RegExp(
      `^${RegExp.escape(`${start}, as declared in`)} \\\`(?:${because.join('|')})\\\`\\.$`,
    ),
  );
}

describe.skipIf(isMissing('OPA', opa))('the Open Policy Agent with our policy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-opa-policy-'));
  let agent: RunningOpa;

  beforeAll(async () => {
    const empty: Policy = { services: [], endpoints: [], grants: [], guardrails: [] };
    const { files } = compileOpa([], contextFor(empty));
    for (const { path, text } of files.filter(({ path }) => path.endsWith('.rego'))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    writeFileSync(join(folder, 'batch.rego'), BATCH);
    agent = await startOpa([folder]);
  });
  afterAll(async () => {
    await agent?.stop();
    rmSync(folder, { recursive: true });
  });

  async function decisionsOf(policy: Policy, engine: Engine, questions: readonly Question[]) {
    const { files } = compileOpa(engine.rules(), contextFor(policy));
    const data = JSON.parse(files.find(({ path }) => path === 'data.json')?.text ?? '');
    await agent.put('reeve/policy', data.reeve.policy);
    return (await agent.ask('batch/answers', questions.map(inputOf))) as unknown[];
  }

  it('decides as the engine does, with the same reasons and sentences', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(arbitraryCase, async ({ policy, questions }) => {
        const engine = new Engine(policy, new CedarJudge(policy.guardrails));
        const names = serviceNames(policy.services);
        const got = await decisionsOf(policy, engine, questions);
        const want = questions.map((question) => {
          const decided = engine.decide(questionOf(inputOf(question), names));
          const decision = { ...decisionDocument(decided), message: sentenceOf(decided) };
          seen.set(decision.reason, (seen.get(decision.reason) ?? 0) + 1);
          return { allow: decision.allow, decision };
        });
        for (const [at, answer] of got.entries()) {
          expect({ question: questions[at], answer }).toEqual({
            question: questions[at],
            answer: want[at],
          });
        }
        expect(got).toHaveLength(want.length);
      }),
      { numRuns: POLICIES, endOnFailure: true },
    );
    for (const reason of ['declared', 'operation-undeclared', 'endpoint-blocked']) {
      expect(seen.get(reason)).toBeGreaterThan(POLICIES / 10);
    }
  });
});
