import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { State } from '../../authorization/check/index.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { Fault, messageOf } from '../../base/fault.ts';
import type { PolicyOptions } from '../../server/policy-of-folder.ts';
import { checkStalled, PATHS_DESCRIPTOR, watchStalls } from '../../server/stalls.ts';

/** Where one state is, see `ScanOptions`. */
export interface StatePlace {
  readonly folder: string;
  readonly over?: string;
  readonly leftOut?: readonly string[];
  readonly credentialsIn?: readonly string[];
  /** What is to be said of it besides. */
  readonly notes?: readonly Diagnostic[];
}

export interface StateJob {
  readonly folder: string;
  readonly options: Omit<PolicyOptions, 'onReading' | 'onProgress'>;
}
export type StateOptions = Pick<
  PolicyOptions,
  'environment' | 'trustDomains' | 'fingerprintKey' | 'now'
>;

export type StateReply =
  | { readonly type: 'state'; readonly state: State }
  | {
      readonly type: 'fault';
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
    };

const MAX_HEAP_MB = 4_096;

/** A process that reads one state: both states are read at the same time, and each can be ended where a file takes too
 *  long. It loads what it needs before it is told what to read. */
export class StateReader {
  #child: ChildProcess = start();

  close(): void {
    this.#child.kill('SIGKILL');
  }

  /** @throws {Fault} as `readPolicy`, `internal/ended` */
  async read(
    job: StateJob,
    secondsPerFile: number,
    onStall: (path: string) => void,
  ): Promise<State> {
    const child = this.#child;
    const paths = child.stdio[PATHS_DESCRIPTOR] as Readable;
    const unwatch = watchStalls(paths, secondsPerFile, (path) => {
      onStall(path);
      this.close();
    });
    try {
      return await replyOf(child, job);
    } finally {
      unwatch();
      this.close();
    }
  }

  /** For another attempt. */
  restart(): void {
    this.close();
    this.#child = start();
  }
}

function start(): ChildProcess {
  return fork(new URL('./state-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [
      `--max-old-space-size=${MAX_HEAP_MB}`,
      // It lives for seconds: collecting less often is worth the memory.
      '--max-semi-space-size=64',
      '--disable-warning=ExperimentalWarning',
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
  });
}

function replyOf(child: ChildProcess, job: StateJob): Promise<State> {
  return new Promise((resolve, reject) => {
    child.once('message', (reply: StateReply) => {
      if (reply.type === 'state') return resolve(reply.state);
      const { code, message, hint } = reply;
      reject(new Fault(code, message, hint === undefined ? {} : { hint }));
    });
    child.once('error', (thrown) => reject(new Fault('internal/ended', messageOf(thrown))));
    const ended = (status: number | null, signal: NodeJS.Signals | null) => {
      const message = `The process of the check ended (${signal ?? status})`;
      reject(new Fault('internal/ended', message));
    };
    if (child.exitCode !== null || child.signalCode !== null) {
      return ended(child.exitCode, child.signalCode);
    }
    child.once('exit', ended);
    child.send(job, (error) => {
      if (error) child.kill('SIGKILL');
    });
  });
}

/** Reads a state; again without it where one file takes too long.
 *  @throws {Fault} as `readPolicy`, `scan/too-many-stalled`, `internal/ended` */
export async function readApart(
  reader: StateReader,
  { folder, notes = [], ...place }: StatePlace,
  options: StateOptions,
  secondsPerFile: number,
): Promise<State> {
  const stalled: string[] = [];
  for (;;) {
    const before = stalled.length;
    try {
      const job = { folder, options: { ...options, ...place, stalled: [...stalled] } };
      const state = await reader.read(job, secondsPerFile, (path) => stalled.push(path));
      return { ...state, diagnostics: [...state.diagnostics, ...notes] };
    } catch (thrown) {
      if (stalled.length === before) throw thrown;
      checkStalled(stalled);
      reader.restart();
    }
  }
}
