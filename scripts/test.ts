import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { messageOf } from '../src/base/fault.ts';
import { chromiumPath, installLibraries } from '../test/support/browser.ts';
import { run } from './run.ts';
import { type FileResult, mergeRuns, summaryOf } from './test-results.ts';
import { buildWeb } from './web.ts';

/** `npm test` runs every test that needs only the npm registry and Debian; `npm run test:interop`
 *  those that run against real peers. The last line is `N passed, N failed` (and skipped, if any).
 *  Files that fail are run once more, alone: what fails again has failed, what then passes is named. */

/** More files than this do not fail by chance. */
const MOST_AGAIN = 5;

const isInterop = process.argv.includes('--interop');
const rest = process.argv.slice(2).filter((argument) => argument !== '--interop');
if (!isInterop && rest.length === 0) await prepare();
const first = await runTests(rest);
const failed = first.results.filter(({ status }) => status === 'failed');
const again =
  failed.length > 0 && failed.length <= MOST_AGAIN
    ? await runTests(failed.map(({ name }) => relative(process.cwd(), name)))
    : undefined;
const merged = mergeRuns(first.results, again?.results ?? []);
for (const line of summaryOf(merged, process.cwd())) console.log(line);
// Without a failed test, a run can still have failed by an error outside of all of them.
const isBroken = (again ?? first).status !== 0;
process.exitCode = isBroken || merged.failed.length > 0 ? 1 : 0;

/** One run of Vitest over the files that match; its exit status, and what it says of each file. */
async function runTests(
  filters: readonly string[],
): Promise<{ readonly status: number; readonly results: readonly FileResult[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));
  const file = join(folder, 'result.json');
  try {
    const status = await run(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      'node_modules/vitest/vitest.mjs',
      'run',
      ...(isInterop ? ['--config', 'vitest.interop.config.ts'] : []),
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...filters,
    ]);
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly testResults: readonly FileResult[];
    };
    return { status, results: testResults };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes once what several files of tests would make at the same time. What cannot be made is said by those tests. */
async function prepare(): Promise<void> {
  try {
    installLibraries(await chromiumPath());
    await buildWeb();
  } catch (thrown) {
    console.error(messageOf(thrown));
  }
}
