import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Fault } from '../base/fault.ts';
import { checkStalled, PATHS_DESCRIPTOR, watchStalls } from '../server/stalls.ts';

const STALLED_VARIABLE = 'REEVE_SCAN_STALLED';

/** Whether this process is the one that a supervisor started. */
export function isSupervised(): boolean {
  return process.env[STALLED_VARIABLE] !== undefined;
}

/** The files that earlier attempts gave up. */
export function stalledBefore(): readonly string[] {
  return JSON.parse(process.env[STALLED_VARIABLE] ?? '[]') as string[];
}

/** Runs this command again in a process of its own, and once more without it for each file that takes
 *  too long. A report is written only when all is read, so none is written twice.
 *  @returns the exit status
 *  @throws {Fault} `scan/too-many-stalled`, `internal/ended` */
export async function supervise(secondsPerFile: number): Promise<number> {
  const stalled: string[] = [];
  for (;;) {
    const before = stalled.length;
    const { status, signal } = await attempt(stalled, secondsPerFile);
    if (stalled.length > before) checkStalled(stalled);
    else if (status !== null) return status;
    else throw new Fault('internal/ended', `The process of the scan was ended by ${signal}`);
  }
}

interface End {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

function attempt(stalled: string[], secondsPerFile: number): Promise<End> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      // Descriptor 3 is left to what process managers hand down.
      stdio: ['inherit', 'inherit', 'inherit', 'ignore', 'pipe'],
      env: { ...process.env, [STALLED_VARIABLE]: JSON.stringify(stalled) },
    });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    const unwatch = watchStalls(
      child.stdio[PATHS_DESCRIPTOR] as Readable,
      secondsPerFile,
      (path) => {
        stalled.push(path);
        child.kill('SIGKILL');
      },
    );
    child.once('error', reject);
    child.once('exit', (status, signal) => {
      unwatch();
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve({ status, signal });
    });
  });
}
