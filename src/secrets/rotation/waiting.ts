import type { RotationPlan, RotationRun, Secret } from '../model/index.ts';
import type { RotationPolicy } from './config.ts';
import type { Moment } from './model.ts';
import { LONGEST_CLOSED, nextOpening } from './windows.ts';

/** How far clocks of processes may be apart. */
const TOLERANCE = 60_000;
const SECOND = 1_000;
/** Of those that are overdue when they get their plan: they begin within this time, not all at once. */
const SPREAD = 600_000;
/** The longest that a value that was set waits before it is used. */
const LONGEST_SETTLING = 86_400_000;

/** What the waiting of a secret depends on. */
export interface Waiting {
  readonly taken: Secret['taken'];
  readonly run: Pick<RotationRun, 'step' | 'nextAt' | 'waits'> | null;
  readonly plan: Pick<RotationPlan, 'everySeconds' | 'windows' | 'overlapSeconds'> | null;
  readonly nextRotation: string | null;
  readonly versions: readonly {
    readonly revocation: { readonly nextAt: string; readonly waits: boolean } | null;
  }[];
}

/** The wait after so many failures: twice as long each time, up to a bound, and up to half shorter by lot. */
export function backoff(failures: number, lot: number, policy: RotationPolicy): number {
  const doubled = policy.retryFirst * 2 ** Math.min(Math.max(failures - 1, 0), 30);
  return Math.round(Math.min(policy.retryLast, doubled) * (1 - lot / 2));
}

/** When a secret with a plan is to be renewed, as drawn by lot: so long after `since`, before its value ends by itself,
 *  and in a window. Overdue ones are spread over the time that comes. */
export function drawRotation(
  plan: RotationPlan,
  since: number,
  expiresAt: string | null,
  now: Moment,
): number {
  const every = plan.everySeconds * SECOND;
  const ends = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
  // two thirds of a certificate's life, as its issuers recommend, leave a third for failures
  const length = Math.min(every, Math.max(0, ((ends - since) * 2) / 3));
  const drawn = since + length * (1 - plan.jitter * now.lot);
  const overdue = now.wall + now.lot * Math.min(every / 10, SPREAD);
  return nextOpening(plan.windows, Math.round(drawn > now.wall ? drawn : overdue));
}

/** Longest that anything of this plan can have to wait for `length`, by a clock that goes right. */
const longest = (plan: Waiting['plan'], length: number): number =>
  length + (plan !== null && plan.windows.length > 0 ? LONGEST_CLOSED : 0);

const overlapOf = (plan: Waiting['plan']): number => (plan?.overlapSeconds ?? 0) * SECOND;

function longestOfRun({ run, plan }: Waiting, { retryLast }: RotationPolicy): number {
  if (run?.step === 'promote') return LONGEST_SETTLING;
  return longest(plan, run?.step === 'finish' ? Math.max(overlapOf(plan), retryLast) : retryLast);
}

const longestOfRevocation = ({ plan }: Waiting, policy: RotationPolicy): number =>
  longest(plan, Math.max(overlapOf(plan), policy.retryLast));

/** Sets what only a clock can have brought about that was set back meanwhile: something waits for longer than it ever
 *  does. Whatever waited for its time begins anew to do so: nothing comes too early, and nothing waits for ever. */
export function heedClock(secret: Secret, now: Moment, policy: RotationPolicy): void {
  const isTooFar = (at: string, most: number) => Date.parse(at) - now.wall > most + TOLERANCE;
  const { run, plan } = secret;
  if (run && isTooFar(run.nextAt, longestOfRun(secret, policy))) {
    run.nextAt = toTime(now.wall + (run.step === 'finish' ? overlapOf(plan) : 0));
    // how long it has to wait is what its test tells
    if (run.step === 'promote') run.step = 'test';
  }
  for (const { revocation } of secret.versions) {
    if (revocation && isTooFar(revocation.nextAt, longestOfRevocation(secret, policy))) {
      revocation.nextAt = toTime(now.wall + overlapOf(plan));
    }
  }
  if (!plan || secret.nextRotation === null) return;
  if (isTooFar(secret.nextRotation, longest(plan, plan.everySeconds * SECOND))) {
    secret.nextRotation = toTime(drawRotation(plan, now.wall, null, now));
  }
}

/** Whether another process is at the target. A claim that lasts for longer than any does is none. */
export function isTakenByOther(
  { taken }: Pick<Secret, 'taken'>,
  holder: string,
  now: number,
  { claim }: RotationPolicy,
): boolean {
  if (taken === null || taken.by === holder) return false;
  const left = Date.parse(taken.until) - now;
  return left > 0 && left <= claim + TOLERANCE;
}

/** Whether a rotation is to begin by itself. */
export function isRotationDue({ run, plan, nextRotation }: Waiting, now: number): boolean {
  if (run !== null || plan === null || nextRotation === null) return false;
  return Date.parse(nextRotation) <= now && nextOpening(plan.windows, now) <= now;
}

/** Milliseconds until something is to be done for a secret; undefined: nothing is, until somebody wants something. Never
 *  longer than a clock that goes right makes it wait. */
export function waitOf(
  secret: Waiting,
  holder: string,
  now: number,
  policy: RotationPolicy,
): number | undefined {
  const waits = [...waitsOf(secret, now, policy)];
  if (waits.length === 0) return undefined;
  const wait = Math.max(0, Math.min(...waits));
  if (secret.taken === null || !isTakenByOther(secret, holder, now, policy)) return wait;
  return Math.max(wait, Date.parse(secret.taken.until) - now);
}

function* waitsOf(secret: Waiting, now: number, policy: RotationPolicy): Generator<number> {
  const { run, plan, nextRotation, versions } = secret;
  // what is too far away is for `heedClock` to set, at once
  const until = (at: string, most: number) => {
    const wait = Date.parse(at) - now;
    return wait > most + TOLERANCE ? 0 : wait;
  };
  if (run && !run.waits) yield until(run.nextAt, longestOfRun(secret, policy));
  for (const { revocation } of versions) {
    if (revocation && !revocation.waits) {
      yield until(revocation.nextAt, longestOfRevocation(secret, policy));
    }
  }
  if (run || !plan || nextRotation === null) return;
  const most = longest(plan, plan.everySeconds * SECOND);
  yield Math.max(until(nextRotation, most), nextOpening(plan.windows, now) - now);
}

const toTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
