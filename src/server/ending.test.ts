import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { endWithin } from './ending.ts';

/** Longer than a test may take. */
const FOREVER_MS = 600_000;
const never = () => new Promise<void>(() => undefined);

it('waits for what ends by itself', async () => {
  const ended: string[] = [];
  const opened = new AsyncDisposableStack();
  opened.defer(() => void ended.push('first'));
  opened.defer(async () => void ended.push('last'));
  await endWithin(FOREVER_MS, opened);
  expect(ended).toEqual(['last', 'first']);
});

it('gives up what hangs, and what would have ended after it', async () => {
  const ended: string[] = [];
  const opened = new AsyncDisposableStack();
  opened.defer(() => void ended.push('first'));
  opened.defer(never);
  await endWithin(10, opened);
  expect(ended).toEqual([]);
});

it('throws what ending throws', async () => {
  const opened = new AsyncDisposableStack();
  opened.defer(() => {
    throw new Error('it is stuck');
  });
  await expect(endWithin(FOREVER_MS, opened)).rejects.toThrow('it is stuck');
});

it('a process that something keeps alive ends with the status that was set', async () => {
  const module = JSON.stringify(new URL('./ending.ts', import.meta.url).href);
  const code = `const { leaveWithin } = await import(${module});
    setInterval(() => undefined, 1_000);
    leaveWithin(50);
    process.exitCode = 7;`;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  await expect(run).rejects.toMatchObject({ code: 7 });
});
