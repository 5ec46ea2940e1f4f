import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Engine } from '../../src/authorization/engine/index.ts';
import type { Policy, Question } from '../../src/authorization/model/index.ts';
import { compileOpa } from '../../src/authorization/targets/opa/index.ts';
import { opa, startOpa } from '../../test/interop/support/opa.ts';
import { inputOf } from '../../test/interop/support/opa-policy.ts';

/** Answers many questions in one request, so that it is not HTTP that takes the time. */
const BATCH = `package batch

allowed := [allowed | some question in input; allowed := data.reeve.authz.allow with input as question]
`;

export interface Opa {
  /** In the order of the questions. */
  areAllowed(questions: readonly Question[]): Promise<readonly boolean[]>;
  stop(): Promise<void>;
}

/** OPA with our policy in Rego; where there is none and none can be built, why. */
export async function openOpa(policy: Policy, engine: Engine): Promise<Opa | string> {
  if (opa.path === undefined) return opa.why;
  const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-opa-'));
  const context = { placements: new Map(), trustDomain: 'example.org', policy, egress: false };
  const { files } = compileOpa(engine.rules(), context);
  for (const { path, text } of [...files, { path: 'batch.rego', text: BATCH }]) {
    // A manifest is for bundles, and these are files.
    if (path === '.manifest') continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const agent = await startOpa([folder]);
  return {
    areAllowed: async (questions) =>
      (await agent.ask('batch/allowed', questions.map(inputOf))) as boolean[],
    stop: async () => {
      await agent.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
