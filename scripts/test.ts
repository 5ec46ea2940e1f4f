import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../src/base/fault.ts';
import { chromiumPath, installLibraries } from '../test/support/browser.ts';
import { run } from './run.ts';
import { buildWeb } from './web.ts';

/** `npm test` runs every test that needs only the npm registry and Debian; `npm run test:interop`
 *  those that run against real peers. The last line is `N passed, N failed` (and skipped, if any). */

interface VitestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

const isInterop = process.argv.includes('--interop');
const rest = process.argv.slice(2).filter((argument) => argument !== '--interop');
if (!isInterop && rest.length === 0) await prepare();
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
    ...rest,
  ]);
  const result = JSON.parse(readFileSync(file, 'utf8')) as VitestResult;
  // A file that breaks before its first test has no failed test of its own, but has failed.
  const broken = result.testResults.filter(
    ({ status: of, assertionResults }) => of === 'failed' && assertionResults.length === 0,
  ).length;
  const failed = result.numFailedTests + broken;
  const skipped = result.numPendingTests > 0 ? `, ${result.numPendingTests} skipped` : '';
  console.log(`${result.numPassedTests} passed, ${failed} failed${skipped}`);
  process.exitCode = status === 0 && failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
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
