import { Worker } from 'node:worker_threads';
import type { CheckOptions, State, Violation } from '../../authorization/check/index.ts';
import { SEVERITIES } from '../../estate/index.ts';
import type { Standing } from '../cluster-messages.ts';

export interface AuditBounds {
  /** Of each attempt. */
  readonly maxMs: number;
  readonly maxHeapMb: number;
}

const BOUNDS: AuditBounds = { maxMs: 60_000, maxHeapMb: 2_048 };
const MAX_VIOLATIONS = 1_000;
const WITHOUT_NETWORK =
  'who reaches whom on the network took too much time or memory to judge for all workloads at once';
const NOTHING = 'judging what is there took too much time or memory';

/** Judges what a cluster has already, in a thread of its own so that reviews go on being answered; without the network
 *  where all of it is too much. */
export async function auditApart(
  state: State,
  options: CheckOptions,
  bounds: AuditBounds = BOUNDS,
): Promise<Standing> {
  const begunAt = performance.now();
  const attempts = [
    { state, leftOut: '' },
    { state: { ...state, network: undefined }, leftOut: WITHOUT_NETWORK },
  ];
  for (const { state: judged, leftOut } of attempts) {
    const violations = await runOnce(judged, options, bounds);
    if (violations) return toStanding(violations, leftOut, begunAt);
  }
  return toStanding([], NOTHING, begunAt);
}

function toStanding(violations: readonly Violation[], leftOut: string, begunAt: number): Standing {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0]));
  for (const { severity } of violations) counts[severity] = (counts[severity] ?? 0) + 1;
  return {
    violations: violations.slice(0, MAX_VIOLATIONS),
    counts,
    leftOut,
    seconds: (performance.now() - begunAt) / 1_000,
  };
}

/** Undefined where it does not come to an end within its bounds. */
async function runOnce(
  state: State,
  { sensitive, maxBlast }: CheckOptions,
  { maxMs, maxHeapMb }: AuditBounds,
): Promise<readonly Violation[] | undefined> {
  const worker = new Worker(new URL('./audit-worker.ts', import.meta.url), {
    workerData: { state, options: { sensitive, maxBlast } },
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  });
  const timer = setTimeout(() => void worker.terminate(), maxMs);
  try {
    return await new Promise((resolve) => {
      worker.once('message', resolve);
      worker.once('error', () => resolve(undefined));
      worker.once('exit', () => resolve(undefined));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
