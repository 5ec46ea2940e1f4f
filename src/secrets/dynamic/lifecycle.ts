import { type AuditAction, auditEntryOf, withoutSecrets } from '../../audit/index.ts';
import { toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { NewAuditEntry } from '../../estate/index.ts';
import { type Asking, backoff, isTakenByOther, type Moment } from '../rotation/index.ts';
import type { LeasePolicy } from './config.ts';
import type { Lease, LeaseEnd, LeaseEvent, LeaseStep } from './model.ts';
import { isClaimed, isRemovalDue } from './waiting.ts';

const ITSELF: Asking = { actor: 'reeve', reason: '' };
const LONGEST_PROBLEM = 500;

/** Actions of the audit log that leases bring about. */
export type LeaseAction = Extract<AuditAction, `lease.${string}`>;

/** A lease on its way to what it is next. */
interface Draft {
  /** A copy, to be changed. */
  readonly lease: Lease;
  readonly now: Moment;
  readonly policy: LeasePolicy;
  readonly entries: NewAuditEntry[];
  isForgotten: boolean;
}

/** What an event makes of a lease. Pure.
 *  @throws {Fault} `secrets/lease-conflict` where a person, or its holder, asks for what cannot be done any more */
export function step(
  before: Lease,
  event: LeaseEvent,
  now: Moment,
  policy: LeasePolicy,
): LeaseStep {
  const lease = structuredClone(before);
  const draft: Draft = { lease, now, policy, entries: [], isForgotten: false };
  const isTaken = take(draft, event);
  const isSame = JSON.stringify(lease) === JSON.stringify(before);
  const after = isSame ? before : lease;
  return { lease: draft.isForgotten ? undefined : after, isTaken, entries: draft.entries };
}

/** @returns whether somebody goes to the target now */
function take(draft: Draft, event: LeaseEvent): boolean {
  switch (event.event) {
    case 'take':
      return claimed(draft, event.holder);
    case 'made':
      made(draft, event.holder);
      break;
    case 'unmade':
      if (draft.lease.state === 'pending') endNow(draft, 'failed', ITSELF, event.problem);
      break;
    case 'renew':
      renewed(draft, event.expiresAt, event.by);
      break;
    case 'end':
      if (isLive(draft.lease)) endNow(draft, event.why, event.by);
      break;
    case 'due':
      due(draft, event.expired);
      break;
    case 'release':
      if (draft.lease.taken?.by === event.holder) draft.lease.taken = null;
      break;
    case 'removed':
      if (isAwaited(draft.lease, event.holder)) removed(draft);
      break;
    case 'failed':
      if (isAwaited(draft.lease, event.holder)) failed(draft, event);
      break;
    case 'retry':
      retried(draft, event.by);
      break;
    case 'abandon':
      abandoned(draft, event.by);
  }
  return false;
}

/** Whether a lease may have a user that works. */
export const isLive = ({ state }: Pick<Lease, 'state'>): boolean =>
  state === 'pending' || state === 'active';

const isAwaited = ({ state, taken }: Lease, holder: string): boolean =>
  state === 'ending' && taken?.by === holder;

function made(draft: Draft, holder: string): void {
  const { lease } = draft;
  if (lease.state !== 'pending' || lease.taken?.by !== holder) {
    throw conflict(lease, 'was ended while its user was made', 'ask for another');
  }
  Object.assign(lease, { state: 'active', taken: null });
  tell(draft, 'lease.start', {});
}

function renewed(draft: Draft, expiresAt: number, by: Asking): void {
  const { lease } = draft;
  if (lease.state !== 'active') throw conflict(lease, 'has ended', 'ask for another');
  lease.expiresAt = toTimestamp(expiresAt);
  lease.renewals++;
  tell(draft, 'lease.renew', { until: lease.expiresAt }, by);
}

function due(draft: Draft, expired: string | undefined): void {
  const { lease, now, policy } = draft;
  if (lease.state === 'pending' && !isClaimed(lease, now.wall, policy)) {
    endNow(draft, 'failed', ITSELF, 'Whoever asked for it never got it');
  } else if (lease.state === 'active' && lease.expiresAt === expired) {
    endNow(draft, 'expired', ITSELF);
  } else if (lease.state === 'ended') {
    draft.isForgotten = isLongEnded(lease, now.wall, policy);
  }
}

/** One that has ended in a time to come has ended by a clock that was set back since: that is long enough, too. */
function isLongEnded({ endedAt }: Lease, now: number, { endedKept }: LeasePolicy): boolean {
  const since = now - Date.parse(endedAt ?? '');
  return since < 0 || since >= endedKept;
}

/** What was sent to a target to make a user may still arrive there for as long as whoever sent it may be at the target: it
 *  is not taken away before, or it would come back. */
const freeAt = (lease: Lease, now: number, policy: LeasePolicy): string =>
  lease.taken !== null && isClaimed(lease, now, policy) ? lease.taken.until : toTimestamp(now);

/** From now on the user is to go. */
function endNow(draft: Draft, why: LeaseEnd, by: Asking, problem: string | null = null): void {
  const { lease, now, policy } = draft;
  const nextAt = freeAt(lease, now.wall, policy);
  lease.state = 'ending';
  lease.why = why;
  lease.removal = {
    since: toTimestamp(now.wall),
    by: by.actor,
    reason: withoutSecrets(by.reason).slice(0, LONGEST_PROBLEM),
    ...{ failures: 0, nextAt, hint: null, waits: false },
    problem: problem === null ? null : withoutSecrets(problem).slice(0, LONGEST_PROBLEM),
  };
  tell(draft, 'lease.end', { why, problem: lease.removal.problem ?? undefined }, by);
}

function claimed(draft: Draft, holder: string): boolean {
  const { lease, now, policy } = draft;
  if (lease.state !== 'ending' || isTakenByOther(lease, holder, now.wall, policy)) return false;
  if (!isRemovalDue(lease, now.wall, policy)) return false;
  lease.taken = { by: holder, until: toTimestamp(now.wall + policy.claim) };
  return true;
}

function removed(draft: Draft): void {
  const { lease, now } = draft;
  const endedAt = toTimestamp(now.wall);
  Object.assign(lease, { state: 'ended', endedAt, taken: null, removal: null });
  tell(draft, 'lease.ended', {});
}

function failed(
  draft: Draft,
  { trouble, problem, hint }: LeaseEvent & { readonly event: 'failed' },
): void {
  const { lease, now, policy } = draft;
  const { removal } = lease;
  lease.taken = null;
  if (removal === null) return;
  removal.failures++;
  removal.problem = withoutSecrets(problem).slice(0, LONGEST_PROBLEM);
  removal.hint = hint === undefined ? null : withoutSecrets(hint).slice(0, LONGEST_PROBLEM);
  removal.waits = trouble !== 'unreachable';
  removal.nextAt = toTimestamp(now.wall + backoff(removal.failures, now.lot, policy));
  const { failures: attempt, waits } = removal;
  tell(draft, 'lease.fail', { trouble, problem: removal.problem, attempt, waits });
}

function retried(draft: Draft, by: Asking): void {
  const { lease, now, policy } = draft;
  const { removal } = lease;
  if ((lease.state !== 'ending' && lease.state !== 'abandoned') || removal === null) {
    throw conflict(lease, `is ${lease.state}`, 'only what could not be taken away is tried again');
  }
  const nextAt = freeAt(lease, now.wall, policy);
  lease.state = 'ending';
  Object.assign(removal, { waits: false, failures: 0, nextAt });
  tell(draft, 'lease.retry', {}, by);
}

function abandoned(draft: Draft, by: Asking): void {
  const { lease } = draft;
  if (lease.state !== 'ending') {
    throw conflict(
      lease,
      `is ${lease.state}`,
      'end it first; only what cannot be ended is abandoned',
    );
  }
  Object.assign(lease, { state: 'abandoned', taken: null });
  tell(draft, 'lease.abandon', { username: lease.username }, by);
}

function conflict({ id }: Lease, why: string, hint: string): Fault {
  return new Fault('secrets/lease-conflict', `The lease ${quote(id)} ${why}`, { hint });
}

function tell(
  { lease, now, entries }: Draft,
  action: LeaseAction,
  said: Readonly<Record<string, unknown>>,
  { actor, reason }: Asking = ITSELF,
): void {
  const { role, service } = lease;
  const asking = { actor, reason, now: now.wall };
  entries.push(auditEntryOf(action, lease.id, { role, service, ...said }, asking));
}
