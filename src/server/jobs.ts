import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { JudgeOptions } from '../assurance/index.ts';
import type { GuardrailReading } from '../authorization/guardrails/index.ts';
import { codeCache } from '../base/code-cache.ts';
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

export type Job = ScanJob | JudgeJob | GuardrailJob;

/** What is judged. */
export interface Known {
  readonly facts: readonly Fact[];
  readonly traffic: ReadonlyMap<string, EndpointTraffic>;
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
  | { readonly type: 'end' };

/** From the process: parts of the result's lists, how far it is, and the rest of the result. */
export type Returned =
  | { readonly type: 'part'; readonly list: string; readonly items: readonly unknown[] }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly rest: Readonly<Record<string, unknown>> }
  | { readonly type: 'fault'; readonly code: string; readonly message: string };

const SLICE = 2_000;
const NOTHING: Known = { facts: [], traffic: new Map() };
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
  return run<JudgeResult>(job, lists, known, options);
}

export function readGuardrailsApart(
  job: GuardrailJob,
  options: JobOptions = {},
): Promise<GuardrailReading> {
  return run<GuardrailReading>(job, ['guardrails', 'diagnostics'], NOTHING, options);
}

async function run<Result>(
  job: Job,
  listNames: readonly string[],
  given: Known,
  { onProgress, signal, onStall, secondsPerFile = DEFAULT_SECONDS_PER_FILE }: RunOptions,
): Promise<Result> {
  const child = fork(new URL('./job-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${MAX_HEAP_MB}`, '--disable-warning=ExperimentalWarning'],
    env: jobEnvironment(),
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

async function handOver(child: ChildProcess, job: Job, { facts, traffic }: Known): Promise<void> {
  const give = (message: Handed): Promise<void> => hand(child, message);
  await give({ type: 'job', job });
  for (const items of slices(facts)) await give({ type: 'facts', items });
  for (const items of slices([...traffic])) await give({ type: 'traffic', items });
  await give({ type: 'end' });
}

/** A list as it travels: in parts that stop nobody for long. */
export function* slices<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += SLICE) yield items.slice(start, start + SLICE);
}

/** Resolves when the pipe has taken it; where the process is gone, its end says why. */
export function hand(child: ChildProcess, message: object): Promise<void> {
  return new Promise((resolve) => child.send(message, () => resolve()));
}

/** What renderers of charts and Node itself need, and nothing else of ours. */
export function jobEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, ...codeCache() };
  const names = ['PATH', 'HOME', 'TMPDIR', 'NODE_COMPILE_CACHE'];
  return Object.fromEntries(
    names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}
