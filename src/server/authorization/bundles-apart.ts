import { type ChildProcess, fork } from 'node:child_process';
import type { OpaBundle } from '../../authorization/enforcement/opa/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import { changedCallees, onlyOf } from '../../authorization/targets/opa/index.ts';
import { Fault, messageOf } from '../../base/fault.ts';
import { hand, jobEnvironment, slices } from '../jobs.ts';
import type { BundleTerms } from './make-bundle.ts';

/** To the process: what has changed of a policy, and then that a bundle is to be made. */
export type BundleHanded =
  | { readonly type: 'policy'; readonly list: keyof Policy; readonly items: readonly unknown[] }
  | {
      readonly type: 'make';
      readonly terms: BundleTerms;
      /** Ids of the callees that have changed; undefined: all. */
      readonly changed: readonly string[] | undefined;
    };

export type BundleReturned =
  | { readonly type: 'made'; readonly bundle: OpaBundle }
  | { readonly type: 'failed'; readonly message: string };

const MAX_HEAP_MB = 4_096;

/** Makes bundles in a process of its own, which stays: of a policy that differs in little from the one before, it is told
 *  that little. One bundle is made at a time. */
export class BundlesApart {
  #child: ChildProcess | undefined;
  /** What the process remembers. */
  #made: Policy | undefined;
  #isClosed = false;

  /** @throws {Fault} `job/failed`; what was remembered is then forgotten */
  async make(policy: Policy, terms: BundleTerms): Promise<OpaBundle> {
    if (this.#isClosed) throw new Fault('job/failed', 'No bundles are made any more');
    const changed = this.#made && changedCallees(this.#made, policy);
    this.#made = undefined;
    this.#child ??= start();
    try {
      const bundle = await making(
        this.#child,
        changed ? onlyOf(policy, changed) : policy,
        terms,
        changed,
      );
      this.#made = policy;
      return bundle;
    } catch (thrown) {
      this.#end();
      throw thrown;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#end();
  }

  #end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

function start(): ChildProcess {
  return fork(new URL('./bundle-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [
      `--max-old-space-size=${MAX_HEAP_MB}`,
      // Half of what the first bundle costs is collecting, with less.
      '--max-semi-space-size=64',
      '--disable-warning=ExperimentalWarning',
    ],
    env: jobEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function making(
  child: ChildProcess,
  policy: Policy,
  terms: BundleTerms,
  changed: ReadonlySet<string> | undefined,
): Promise<OpaBundle> {
  const { promise, resolve, reject } = Promise.withResolvers<OpaBundle>();
  const answered = (returned: BundleReturned): void => {
    if (returned.type === 'made') resolve(returned.bundle);
    else reject(new Fault('job/failed', returned.message));
  };
  const failed = (thrown: unknown): void => reject(new Fault('job/failed', messageOf(thrown)));
  const ended = (status: number | null, signal: NodeJS.Signals | null): void =>
    reject(new Fault('job/failed', `The process that makes bundles ended (${signal ?? status})`));
  child.on('message', answered).on('error', failed).on('exit', ended);
  try {
    await Promise.race([promise, handOver(child, policy, terms, changed)]);
    return await promise;
  } finally {
    child.off('message', answered).off('error', failed).off('exit', ended);
  }
}

async function handOver(
  child: ChildProcess,
  policy: Policy,
  terms: BundleTerms,
  changed: ReadonlySet<string> | undefined,
): Promise<void> {
  for (const list of ['services', 'endpoints', 'grants', 'guardrails'] as const) {
    for (const items of slices<unknown>(policy[list])) {
      await hand(child, { type: 'policy', list, items });
    }
  }
  await hand(child, { type: 'make', terms, changed: changed && [...changed] });
}
