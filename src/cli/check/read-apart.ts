import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { CheckOptions, CheckResult } from '../../authorization/check/index.ts';
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

export type StateOptions = Pick<
  PolicyOptions,
  'environment' | 'trustDomains' | 'fingerprintKey' | 'now'
>;

export type Side = 'base' | 'head';

/** One state, as the process is asked for it. */
export interface StateAsk {
  readonly folder: string;
  readonly options: Omit<PolicyOptions, 'onReading' | 'onProgress' | 'shared'>;
  readonly notes: readonly Diagnostic[];
}

/** What the process is asked: to read two states and to compare them. Of the files that it reads it tells paths with
 *  their side in front. */
export interface Ask {
  readonly base: StateAsk;
  readonly head: StateAsk;
  readonly options: CheckOptions;
}

/** What came of a comparison. */
export interface Compared {
  readonly result: CheckResult;
  /** Of the head. */
  readonly diagnostics: readonly Diagnostic[];
}

export type Answer =
  | ({ readonly type: 'answer' } & Compared)
  | {
      readonly type: 'fault';
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
    };

const MAX_HEAP_MB = 6_144;

/** A process that reads both states, which can be ended where a file takes too long. It loads what it needs before it is
 *  told what to read. */
export class StateReader {
  #child: ChildProcess = start();

  close(): void {
    this.#child.kill('SIGKILL');
  }

  /** Reads and compares two states; again without it where one file takes too long in one of them.
   *  @throws {Fault} as `readPolicy`, `scan/too-many-stalled`, `internal/ended` */
  async compare(
    places: Readonly<Record<Side, StatePlace>>,
    options: StateOptions,
    checkOptions: CheckOptions,
    secondsPerFile: number,
  ): Promise<Compared> {
    const stalled: Record<Side, string[]> = { base: [], head: [] };
    const askFor = (side: Side): StateAsk => {
      const { folder, notes = [], ...place } = places[side];
      return { folder, notes, options: { ...options, ...place, stalled: [...stalled[side]] } };
    };
    for (;;) {
      let hasStalled = false;
      const paths = this.#child.stdio[PATHS_DESCRIPTOR] as Readable;
      const unwatch = watchStalls(paths, secondsPerFile, (told) => {
        hasStalled = true;
        const { side, path } = fromTold(told);
        stalled[side].push(path);
        this.close();
      });
      try {
        const ask = { base: askFor('base'), head: askFor('head'), options: checkOptions };
        return await answerOf(this.#child, ask);
      } catch (thrown) {
        if (!hasStalled) throw thrown;
        checkStalled(stalled.head);
        checkStalled(stalled.base);
        this.#child = start();
      } finally {
        unwatch();
      }
    }
  }
}

/** `head/a.py` */
function fromTold(told: string): { readonly side: Side; readonly path: string } {
  const slash = told.indexOf('/');
  const side = told.slice(0, slash) === 'base' ? 'base' : 'head';
  return { side, path: told.slice(slash + 1) };
}

function start(): ChildProcess {
  return fork(new URL('./state-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [
      `--max-old-space-size=${MAX_HEAP_MB}`,
      // It lives for seconds: collecting less often is worth the memory, from the beginning.
      '--min-semi-space-size=64',
      '--max-semi-space-size=64',
      '--disable-warning=ExperimentalWarning',
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
  });
}

function answerOf(child: ChildProcess, ask: Ask): Promise<Compared> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      child.off('message', answered).off('error', failed).off('exit', ended);
      finish();
    };
    const answered = (answer: Answer): void =>
      settle(() => {
        if (answer.type === 'answer') {
          return resolve({ result: answer.result, diagnostics: answer.diagnostics });
        }
        const { code, message, hint } = answer;
        reject(new Fault(code, message, hint === undefined ? {} : { hint }));
      });
    const failed = (thrown: unknown): void =>
      settle(() => reject(new Fault('internal/ended', messageOf(thrown))));
    const ended = (status: number | null, signal: NodeJS.Signals | null): void => {
      const message = `The process of the check ended (${signal ?? status})`;
      settle(() => reject(new Fault('internal/ended', message)));
    };
    if (child.exitCode !== null || child.signalCode !== null) {
      return ended(child.exitCode, child.signalCode);
    }
    child.on('message', answered).on('error', failed).on('exit', ended);
    child.send(ask, (error) => {
      if (error) child.kill('SIGKILL');
    });
  });
}
