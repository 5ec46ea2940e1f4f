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

/** What a process is asked, one after the other, and what it answers. */
export interface Asks {
  /** Reads a state and keeps it. */
  readonly read: {
    readonly given: {
      readonly folder: string;
      readonly options: Omit<PolicyOptions, 'onReading' | 'onProgress'>;
      readonly notes: readonly Diagnostic[];
    };
    readonly answer: null;
  };
  /** Hands over the state that it has read, for another process. */
  readonly state: { readonly given: null; readonly answer: Uint8Array };
  /** Compares the state that it has read, as the head, with that of another process. */
  readonly compare: {
    readonly given: { readonly base: Uint8Array; readonly options: CheckOptions };
    readonly answer: Compared;
  };
}

/** What came of a comparison. */
export interface Compared {
  readonly result: CheckResult;
  /** Of the head. */
  readonly diagnostics: readonly Diagnostic[];
}

export type Ask = {
  readonly [Kind in keyof Asks]: { readonly kind: Kind; readonly given: Asks[Kind]['given'] };
}[keyof Asks];

export type Answer =
  | { readonly type: 'answer'; readonly answer: Asks[keyof Asks]['answer'] }
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

  /** @throws {Fault} what the process fails with, `internal/ended` */
  ask<Kind extends keyof Asks>(
    kind: Kind,
    given: Asks[Kind]['given'],
  ): Promise<Asks[Kind]['answer']> {
    return answerOf(this.#child, { kind, given } as Ask);
  }

  /** Reads a state; again without it where one file takes too long.
   *  @throws {Fault} as `readPolicy`, `scan/too-many-stalled`, `internal/ended` */
  async read(
    { folder, notes = [], ...place }: StatePlace,
    options: StateOptions,
    secondsPerFile: number,
  ): Promise<void> {
    const stalled: string[] = [];
    for (;;) {
      const before = stalled.length;
      const paths = this.#child.stdio[PATHS_DESCRIPTOR] as Readable;
      const unwatch = watchStalls(paths, secondsPerFile, (path) => {
        stalled.push(path);
        this.close();
      });
      try {
        const given = { folder, notes, options: { ...options, ...place, stalled: [...stalled] } };
        await this.ask('read', given);
        return;
      } catch (thrown) {
        if (stalled.length === before) throw thrown;
        checkStalled(stalled);
        this.#child = start();
      } finally {
        unwatch();
      }
    }
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

function answerOf<Kind extends keyof Asks>(
  child: ChildProcess,
  ask: Ask,
): Promise<Asks[Kind]['answer']> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      child.off('message', answered).off('error', failed).off('exit', ended);
      finish();
    };
    const answered = (answer: Answer): void =>
      settle(() => {
        if (answer.type === 'answer') return resolve(answer.answer);
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
