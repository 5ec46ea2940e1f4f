import { Engine } from '../../authorization/engine/index.ts';
import { CedarJudge } from '../../authorization/guardrails/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import { type FolderPolicy, readPolicy } from '../../server/policy-of-folder.ts';
import { tellPath } from '../../server/stalls.ts';
import { userFingerprintKey } from '../fingerprint-key.ts';
import { stalledBefore } from '../supervise.ts';
import { progressOn } from '../terminal.ts';

export function engineOf(policy: Policy): Engine {
  return new Engine(policy, new CedarJudge(policy.guardrails));
}

/** The policy of a folder.
 *  @throws {Fault} `folder/…` */
export function readFolderPolicy(
  folder: string,
  environment: string,
  trustDomains: readonly string[],
): FolderPolicy {
  const progress = progressOn(process.stderr, 'reading');
  const read = readPolicy(folder, {
    environment,
    trustDomains,
    fingerprintKey: userFingerprintKey(process.env, (message) =>
      console.error(`reeve: ${message}`),
    ),
    now: Date.now(),
    stalled: stalledBefore(),
    onReading: tellPath,
    onProgress: progress.update,
  });
  progress.end();
  return read;
}
