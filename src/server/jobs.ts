import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { JudgeOptions } from '../assurance/index.ts';
import type { OpaBundle } from '../authorization/enforcement/opa/index.ts';
import type { GuardrailReading } from '../authorization/guardrails/index.ts';
import type { Policy } from '../authorization/model/index.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { Fault, messageOf } from '../base/fault.ts';
import type {
  EndpointTraffic,
  Fact,
  JudgedEstate,
  PolicyFile,
  PolicySources,
  ServiceRecord,
} from '../estate/index.ts';
import type { BundleTerms } from './authorization/make-bundle.ts';
import { checkStalled, DEFAULT_SECONDS_PER_FILE, PATHS_DESCRIPTOR, watchStalls } from './stalls.ts';

/** Long computations, each in a process of its own: requests go on being answered, all memory that a
 *  job needs is given back when it ends, and a native parser that breaks takes only the job along.
 *  Lists travel in slices, because handing over a large one at once would stop everything as long as
 *  the job itself. */

export interface ScanJob {
  readonly kind: 'scan';
  readonly folder: string;
  readonly environment: string;
  readonly fingerprintKey: Uint8Array;
  /** Files that took too long in an earlier attempt. */
  readonly stalled?: readonly string[];
}

export interface JudgeJob {
  readonly kind: 'judge';
  readonly now: string;
  readonly options: JudgeOptions;
}

/** Guardrails are read by Cedar, which takes tens of megabytes. */
export interface GuardrailJob {
  readonly kind: 'guardrails';
  readonly files: readonly PolicyFile[];
}

/** A bundle for OPAs is made of all of a policy. */
export interface BundleJob extends BundleTerms {
  readonly kind: 'bundle';
}

export type Job = ScanJob | JudgeJob | GuardrailJob | BundleJob;

/** What is judged. */
export interface Known {
  readonly facts: readonly Fact[];
  readonly traffic: ReadonlyMap<string, EndpointTraffic>;
}

/** What a job may be given. */
export interface Given extends Known {
  readonly policy: Policy;
}

export interface ScanResult {
  readonly facts: readonly Fact[];
  /** At most the first 1,000. */
  readonly diagnostics: readonly Diagnostic[];
  readonly diagnosticCount: number;
  readonly fileCount: number;
  readonly policy: PolicySources;
}

export interface JudgeResult extends JudgedEstate {
  readonly known: readonly ServiceRecord[];
}

/** To the process: the job, what is to be judged, and then that there is no more. */
export type Handed =
  | { readonly type: 'job'; readonly job: Job }
  | { readonly type: 'facts'; readonly items: readonly Fact[] }
  | { readonly type: 'traffic'; readonly items: readonly (readonly [string, EndpointTraffic])[] }
  | {
      readonly type: 'policy';
      readonly list: keyof Policy;
      readonly items: readonly unknown[];
    }
  | { readonly type: 'end' };

/** From the process: parts of the result's lists, how far it is, and the rest of the result. */
export type Returned =
  | { readonly type: 'part'; readonly list: string; readonly items: readonly unknown[] }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly rest: Readonly<Record<string, unknown>> }
  | { readonly type: 'fault'; readonly code: string; readonly message: string };

const SLICE = 2_000;
const NO_POLICY: Policy = { services: [], endpoints: [], grants: [], guardrails: [] };
const NOTHING: Given = { facts: [], traffic: new Map(), policy: NO_POLICY };
const MAX_HEAP_MB = 4_096;

export interface JobOptions {
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the job; it then fails. */
  readonly signal?: AbortSignal;
  /** How long reading one file may take. */
  readonly secondsPerFile?: number;
}

interface RunOptions extends JobOptions {
  /** Told which file takes too long, before the job is ended. */
  readonly onStall?: (path: string) => void;
}

/** Scans; again without it where one file takes too long. */
export async function scanApart(job: ScanJob, options: JobOptions = {}): Promise<ScanResult> {
  const stalled: string[] = [];
  for (;;) {
    const before = stalled.length;
    const onStall = (path: string) => stalled.push(path);
    try {
      return await run({ ...job, stalled }, ['facts', 'diagnostics'], NOTHING, {
        ...options,
        onStall,
      });
    } catch (thrown) {
      if (stalled.length === before) throw thrown;
      checkStalled(stalled);
    }
  }
}

export function judgeApart(
  job: JudgeJob,
  known: Known,
  options: JobOptions = {},
): Promise<JudgeResult> {
  const lists = ['services', 'endpoints', 'calls', 'credentials', 'findings', 'known'];
  return run<JudgeResult>(job, lists, { ...NOTHING, ...known }, options);
}

export function readGuardrailsApart(
  job: GuardrailJob,
  options: JobOptions = {},
): Promise<GuardrailReading> {
  return run<GuardrailReading>(job, ['guardrails', 'diagnostics'], NOTHING, options);
}

export function makeBundleApart(
  job: BundleJob,
  policy: Policy,
  options: JobOptions = {},
): Promise<OpaBundle> {
  return run<OpaBundle>(job, [], { ...NOTHING, policy }, options);
}

async function run<Result>(
  job: Job,
  listNames: readonly string[],
  given: Given,
  { onProgress, signal, onStall, secondsPerFile = DEFAULT_SECONDS_PER_FILE }: RunOptions,
): Promise<Result> {
  const child = fork(new URL('./job-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${MAX_HEAP_MB}`, '--disable-warning=ExperimentalWarning'],
    // What renderers of charts and Node itself need, and nothing else of ours.
    env: pickEnvironment(['PATH', 'HOME', 'TMPDIR', 'NODE_COMPILE_CACHE']),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
  });
  const lists = new Map<string, unknown[]>(listNames.map((name) => [name, []]));
  const result = new Promise<Result>((resolve, reject) => {
    child.on('message', (message: Returned) => {
      if (message.type === 'progress') onProgress?.(message.done, message.total);
      else if (message.type === 'part') append(lists.get(message.list), message.items);
      else if (message.type === 'fault') reject(new Fault(message.code, message.message));
      else resolve({ ...Object.fromEntries(lists), ...message.rest } as Result);
    });
    child.on('error', (thrown) => reject(new Fault('job/failed', messageOf(thrown))));
    child.on('exit', (status, ended) => {
      reject(new Fault('job/failed', `The process of the job ended (${ended ?? status})`));
    });
  });
  const stop = (): void => void child.kill('SIGKILL');
  const unwatch = watchStalls(child.stdio[PATHS_DESCRIPTOR] as Readable, secondsPerFile, (path) => {
    onStall?.(path);
    stop();
  });
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted) stop();
    await Promise.race([result, handOver(child, job, given)]);
    return await result;
  } finally {
    signal?.removeEventListener('abort', stop);
    unwatch();
    stop();
  }
}

function append(list: unknown[] | undefined, items: readonly unknown[]): void {
  for (const item of items) list?.push(item);
}

async function handOver(
  child: ChildProcess,
  job: Job,
  { facts, traffic, policy }: Given,
): Promise<void> {
  await hand(child, { type: 'job', job });
  for (const items of slices(facts)) await hand(child, { type: 'facts', items });
  for (const items of slices([...traffic])) await hand(child, { type: 'traffic', items });
  for (const list of Object.keys(NO_POLICY) as (keyof Policy)[]) {
    for (const items of slices<unknown>(policy[list])) {
      await hand(child, { type: 'policy', list, items });
    }
  }
  await hand(child, { type: 'end' });
}

/** A list as it travels: in parts that stop nobody for long. */
export function* slices<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += SLICE) yield items.slice(start, start + SLICE);
}

/** Resolves when the pipe has taken it; where the process is gone, its end says why. */
function hand(child: ChildProcess, message: Handed): Promise<void> {
  return new Promise((resolve) => child.send(message, () => resolve()));
}

function pickEnvironment(names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
