import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** What is measured gets the first core, and what puts load on it stays away from that. */
const canPin =
  availableParallelism() > 1 && spawnSync('taskset', ['--version']).error === undefined;

/** Keeps this process away from the first core; says what it did. */
export function leaveFirstCore(): string {
  if (!canPin) return 'not pinned to a core: there is no taskset, or only one core';
  const others = `1-${availableParallelism() - 1}`;
  const pin = ['-acp', others, String(process.pid)];
  // A thread that ends just then makes it fail.
  for (let tries = 0; tries < 5; tries++) {
    if (spawnSync('taskset', pin, { stdio: 'ignore' }).status === 0) break;
  }
  return 'pinned to one core; the load comes from the others';
}

/** Starts a program on the first core alone. */
export function spawnOnFirstCore(
  command: string,
  args: readonly string[],
  options: Parameters<typeof spawn>[2],
): ChildProcess {
  return canPin
    ? spawn('taskset', ['-c', '0', command, ...args], options)
    : spawn(command, [...args], options);
}
