import fc from 'fast-check';
import { afterAll, vi } from 'vitest';
import { removeTemporaryFolders } from '../../src/base/testing/temporary-folder.ts';

/** What holds for every file of tests. */

/** How often a property is tried that does not say so itself, and from which seed: the same in each
 *  routine run, so that what fails is the change's doing. `REEVE_PROPERTY_RUNS` asks for more, from a
 *  new seed each time, and `REEVE_PROPERTY_SEED` for one that failed. */
const { REEVE_PROPERTY_RUNS: runs, REEVE_PROPERTY_SEED: seed } = process.env;
const ROUTINE = { numRuns: 100, seed: 20_260_101 };
/** How long is waited for a condition. It ends as soon as that holds, so only a failure takes this long:
 *  on a busy machine the one second that Vitest allows is too short for what is right. */
const PATIENCE_MS = 30_000;

fc.configureGlobal({
  ...(runs === undefined ? ROUTINE : { numRuns: Number(runs) }),
  ...(seed !== undefined && { seed: Number(seed) }),
});

/** Files that tests make for other users, or with too wide a mode, are as they say under any umask. */
process.umask(0o022);

afterAll(removeTemporaryFolders);

const withPatience = (options?: number | { timeout?: number; interval?: number }) => ({
  timeout: PATIENCE_MS,
  ...(typeof options === 'number' ? { timeout: options } : options),
});

// Files share modules, so this may have been done for an earlier one.
const isPatient = Symbol.for('reeve.test.isPatient');
if (!(isPatient in vi)) {
  const { waitFor, waitUntil } = vi;
  Object.assign(vi, {
    [isPatient]: true,
    waitFor: ((condition, options) => waitFor(condition, withPatience(options))) as typeof waitFor,
    waitUntil: ((condition, options) =>
      waitUntil(condition, withPatience(options))) as typeof waitUntil,
  });
}
