import type { LeasePolicy } from './config.ts';
import type { Lease } from './model.ts';

const SECOND = 1_000;

/** What can be wrong with short-lived users. */
export const LEASE_PROBLEMS = {
  unrevoked: 'A user has outlasted its lease: it could not be taken away yet',
  waiting: 'A user could not be taken away, and waits for a person',
  abandoned: 'A user is no longer tried to be taken away, and may still be there',
  orphan: 'A user of the target is named by no lease',
} as const;
export type LeaseProblemId = keyof typeof LEASE_PROBLEMS;

export interface LeaseProblem {
  readonly problem: LeaseProblemId;
  readonly lease: string | null;
  readonly role: string;
  readonly service: string;
  readonly username: string;
  readonly ageSeconds: number;
  /** Why, and what to do, where something is known of it. */
  readonly why: string | null;
  readonly hint: string | null;
}

/** What a person should know of a lease; undefined: nothing. Where the clock was set back, ages are 0 at least. Pure.
 *  @param now milliseconds since 1970 */
export function leaseProblem(
  { id, role, service, username, state, removal }: Lease,
  now: number,
  { unrevokedAfter }: LeasePolicy,
): LeaseProblem | undefined {
  if (removal === null || (state !== 'ending' && state !== 'abandoned')) return undefined;
  const age = Math.max(0, now - Date.parse(removal.since));
  const isLate = removal.failures > 0 || age > unrevokedAfter;
  if (state === 'ending' && !removal.waits && !isLate) return undefined;
  const ending = removal.waits ? 'waiting' : 'unrevoked';
  return {
    problem: state === 'abandoned' ? 'abandoned' : ending,
    ...{ lease: id, role, service, username },
    ageSeconds: Math.floor(age / SECOND),
    why: removal.problem,
    hint: removal.hint,
  };
}
