import { isTakenByOther } from '../rotation/index.ts';
import type { LeasePolicy } from './config.ts';
import type { Lease } from './model.ts';

/** How far clocks of processes may be apart. */
const TOLERANCE = 60_000;
const SECOND = 1_000;
/** No process has this name: to it, every claim is another's. */
const NOBODY = '';

/** Milliseconds until something is to be done for a lease; undefined: nothing is, until somebody wants something. Never
 *  longer than a clock that goes right makes it wait: one that was set back does not keep a user for longer. */
export function waitOf(
  lease: Lease,
  holder: string,
  now: number,
  policy: LeasePolicy,
): number | undefined {
  switch (lease.state) {
    case 'pending':
      return isClaimed(lease, now, policy) ? untilFree(lease, now) : 0;
    case 'active':
      return bounded(Date.parse(lease.expiresAt) - now, lease.maxTtlSeconds * SECOND);
    case 'ending':
      return waitOfRemoval(lease, holder, now, policy);
    case 'ended':
      return bounded(Date.parse(lease.endedAt ?? '') + policy.endedKept - now, policy.endedKept);
    case 'abandoned':
      return undefined;
  }
}

function waitOfRemoval(
  lease: Lease,
  holder: string,
  now: number,
  policy: LeasePolicy,
): number | undefined {
  const { removal } = lease;
  if (removal === null || removal.waits) return undefined;
  const wait = Math.max(0, isRemovalDue(lease, now, policy) ? 0 : Date.parse(removal.nextAt) - now);
  return isTakenByOther(lease, holder, now, policy) ? Math.max(wait, untilFree(lease, now)) : wait;
}

/** Whether its user is to be taken away now. A wait that is longer than any is, is none: the clock was set back. */
export function isRemovalDue({ removal }: Lease, now: number, policy: LeasePolicy): boolean {
  if (removal === null || removal.waits) return false;
  const wait = Date.parse(removal.nextAt) - now;
  return wait <= 0 || wait > Math.max(policy.retryLast, policy.claim) + TOLERANCE;
}

/** Whether the user may be being made right now, by whichever process: also one that was killed has sent what it has sent. */
export const isClaimed = (lease: Lease, now: number, policy: LeasePolicy): boolean =>
  isTakenByOther(lease, NOBODY, now, policy);

const untilFree = ({ taken }: Lease, now: number): number =>
  taken === null ? 0 : Math.max(0, Date.parse(taken.until) - now);

const bounded = (wait: number, most: number): number => Math.min(most, Math.max(0, wait));
