import { fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { State } from '../../authorization/check/index.ts';
import { Fault, messageOf } from '../../base/fault.ts';
import type { PolicyOptions } from '../../server/policy-of-folder.ts';
import { checkStalled, PATHS_DESCRIPTOR, watchStalls } from '../../server/stalls.ts';

/** One state is read in a process of its own: both at the same time, and each can be ended where a file takes too long. */
export interface StateJob {
  readonly folder: string;
  readonly options: StateOptions;
  /** Files that took too long in an earlier attempt. */
  readonly stalled: readonly string[];
}
export type StateOptions = Omit<PolicyOptions, 'onReading' | 'onProgress' | 'stalled'>;

export type StateReply =
  | { readonly type: 'state'; readonly state: State }
  | {
      readonly type: 'fault';
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
    };

const MAX_HEAP_MB = 4_096;

/** Reads a state; again without it where one file takes too long.
 *  @throws {Fault} as `readPolicy`, `scan/too-many-stalled`, `internal/ended` */
export async function readApart(
  folder: string,
  options: StateOptions,
  secondsPerFile: number,
  signal: AbortSignal,
): Promise<State> {
  const stalled: string[] = [];
  for (;;) {
    const before = stalled.length;
    try {
      return await attempt({ folder, options, stalled }, secondsPerFile, signal, stalled);
    } catch (thrown) {
      if (stalled.length === before) throw thrown;
      checkStalled(stalled);
    }
  }
}

function attempt(
  job: StateJob,
  secondsPerFile: number,
  signal: AbortSignal,
  stalled: string[],
): Promise<State> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./state-process.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: [
        `--max-old-space-size=${MAX_HEAP_MB}`,
        '--max-semi-space-size=16',
        '--disable-warning=ExperimentalWarning',
      ],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    const stop = (): void => void child.kill('SIGKILL');
    const unwatch = watchStalls(
      child.stdio[PATHS_DESCRIPTOR] as Readable,
      secondsPerFile,
      (path) => {
        stalled.push(path);
        stop();
      },
    );
    const end = (): void => {
      unwatch();
      signal.removeEventListener('abort', stop);
      stop();
    };
    signal.addEventListener('abort', stop);
    child.once('message', (reply: StateReply) => {
      end();
      if (reply.type === 'state') return resolve(reply.state);
      const { code, message, hint } = reply;
      reject(new Fault(code, message, hint === undefined ? {} : { hint }));
    });
    child.once('error', (thrown) => {
      end();
      reject(new Fault('internal/ended', messageOf(thrown)));
    });
    child.once('exit', (status, ended) => {
      end();
      reject(new Fault('internal/ended', `The process of the check ended (${ended ?? status})`));
    });
    if (signal.aborted) return stop();
    child.send(job, (error) => error && stop());
  });
}
