import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { decisionDocument } from '../../../src/authorization/enforcement/opa/index.ts';
import type { Engine } from '../../../src/authorization/engine/index.ts';
import type { Policy, Question } from '../../../src/authorization/model/index.ts';
import { compileOpa } from '../../../src/authorization/targets/opa/index.ts';
import { startOpa } from './opa.ts';

/** Answers many questions in one request. */
const BATCH = `package batch

answers := [answer | some question in input; answer := data.reeve.authz with input as question]
`;

export interface OpaAnswer {
  readonly allow: boolean;
  readonly decision: ReturnType<typeof decisionDocument>;
}

/** An OPA with our policy in Rego. */
export interface PolicyAgent {
  readonly url: string;
  /** Gives it what a policy comes to, and what it answers then. */
  readonly answersTo: (
    policy: Policy,
    engine: Engine,
    questions: readonly Question[],
  ) => Promise<readonly OpaAnswer[]>;
  readonly stop: () => Promise<void>;
}

/** Starts one, without anything to decide by. */
export async function startPolicyAgent(): Promise<PolicyAgent> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-opa-policy-'));
  const empty: Policy = { services: [], endpoints: [], grants: [], guardrails: [] };
  const { files } = compileOpa([], contextFor(empty));
  for (const { path, text } of files.filter(({ path }) => path.endsWith('.rego'))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, 'batch.rego'), BATCH);
  const agent = await startOpa([folder]);
  return {
    url: agent.url,
    answersTo: async (policy, engine, questions) => {
      await agent.put('reeve/policy', dataOf(policy, engine));
      return (await agent.ask('batch/answers', questions.map(inputOf))) as OpaAnswer[];
    },
    stop: async () => {
      await agent.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function dataOf(policy: Policy, engine: Engine): unknown {
  const { files } = compileOpa(engine.rules(), contextFor(policy));
  return JSON.parse(files.find(({ path }) => path === 'data.json')?.text ?? '').reeve.policy;
}

const contextFor = (policy: Policy) => ({
  placements: new Map(),
  trustDomain: 'example.org',
  policy,
  egress: false,
});

/** What the SDK would ask. */
export const inputOf = ({ caller, proof, service, protocol, method, path }: Question) => ({
  caller: caller === undefined ? null : { spiffe_id: caller, proof: proof ?? null },
  protocol,
  method,
  path,
  service,
});
