import { describe, expect, it } from 'vitest';
import { type FileResult, mergeRuns, summaryOf } from './test-results.ts';

/** A file with tests `a`, `b`, … of these statuses; one without tests broke before its first. */
function file(name: string, ...statuses: string[]): FileResult {
  const isFailed = statuses.length === 0 || statuses.includes('failed');
  return {
    name: `/project/${name}`,
    status: isFailed ? 'failed' : 'passed',
    assertionResults: statuses.map((status, at) => ({ fullName: 'abc'.charAt(at), status })),
  };
}

const told = (first: readonly FileResult[], again: readonly FileResult[] = []) =>
  summaryOf(mergeRuns(first, again), '/project');

describe('the end of a run of tests', () => {
  it('counts what passed, failed and was skipped', () => {
    expect(told([file('x.test.ts', 'passed', 'passed'), file('y.test.ts', 'passed')])).toEqual([
      '3 passed, 0 failed',
    ]);
    expect(told([file('x.test.ts', 'passed', 'skipped', 'pending')])).toEqual([
      '1 passed, 0 failed, 2 skipped',
    ]);
  });

  it('names what failed, a file that broke before its first test among it', () => {
    expect(told([file('x.test.ts', 'passed', 'failed'), file('y.test.ts')])).toEqual([
      'failed: x.test.ts > b',
      'failed: y.test.ts',
      '1 passed, 2 failed',
    ]);
  });

  it('names what passed only the second time, and counts it once', () => {
    const first = [file('x.test.ts', 'passed'), file('y.test.ts', 'failed', 'passed')];
    expect(told(first, [file('y.test.ts', 'passed', 'passed')])).toEqual([
      'failed, and passed when it was run again: y.test.ts > a',
      '3 passed, 0 failed',
    ]);
    expect(told([file('y.test.ts')], [file('y.test.ts', 'passed')])).toEqual([
      'failed, and passed when it was run again: y.test.ts',
      '1 passed, 0 failed',
    ]);
  });

  it('counts what fails in the second run as failed, and what is not run again as it was', () => {
    const first = [file('x.test.ts', 'failed', 'passed'), file('y.test.ts', 'failed')];
    expect(told(first, [file('x.test.ts', 'failed', 'failed')])).toEqual([
      'failed: x.test.ts > a',
      'failed: x.test.ts > b',
      'failed: y.test.ts > a',
      '0 passed, 3 failed',
    ]);
  });
});
