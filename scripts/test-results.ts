import { relative } from 'node:path';

/** What Vitest's JSON reporter says of a file of tests, as far as it is counted here. */
export interface FileResult {
  /** The path of the file, absolute. */
  readonly name: string;
  readonly status: string;
  /** Why the file broke before its first test, where it did. */
  readonly message?: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

export interface Merged {
  readonly passed: number;
  readonly skipped: number;
  /** `FILE > TEST` of what failed last; the file alone where it broke before its first test. */
  readonly failed: readonly string[];
  /** The same of what failed at first, and passed when its file was run again. */
  readonly flaky: readonly string[];
}

/** The results of a run, with those of the files that were run again in the place of their first. */
export function mergeRuns(first: readonly FileResult[], again: readonly FileResult[]): Merged {
  const second = new Map(again.map((file) => [file.name, file]));
  const last = first.map((file) => second.get(file.name) ?? file);
  const failed = last.flatMap(failedOf);
  const stillFailed = new Set(failed);
  return {
    passed: countOf(last, ['passed']),
    skipped: countOf(last, ['pending', 'skipped', 'todo']),
    failed,
    flaky: first.flatMap(failedOf).filter((name) => !stillFailed.has(name)),
  };
}

/** The lines that end a run: what failed, what passed only the second time, and the counts. */
export function summaryOf({ passed, skipped, failed, flaky }: Merged, root: string): string[] {
  const shown = (name: string) => (name.startsWith(root) ? relative(root, name) : name);
  return [
    ...failed.map((name) => `failed: ${shown(name)}`),
    ...flaky.map((name) => `failed, and passed when it was run again: ${shown(name)}`),
    `${passed} passed, ${failed.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  ];
}

function failedOf({ name, status, assertionResults }: FileResult): string[] {
  if (status === 'failed' && assertionResults.length === 0) return [name];
  return assertionResults
    .filter((test) => test.status === 'failed')
    .map(({ fullName }) => `${name} > ${fullName}`);
}

function countOf(files: readonly FileResult[], statuses: readonly string[]): number {
  return files
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => statuses.includes(status)).length;
}
