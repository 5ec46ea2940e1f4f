import type { State } from '../../authorization/check/index.ts';
import { toState } from '../../server/check-state.ts';
import { type PolicyOptions, readPolicy } from '../../server/policy-of-folder.ts';

/** What a folder says, as much of it as a check compares. */
export function stateOfFolder(folder: string, options: PolicyOptions): State {
  return toState(readPolicy(folder, options));
}
