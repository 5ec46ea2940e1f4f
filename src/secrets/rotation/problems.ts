import type { RotationPlan, Secret, SecretVersion } from '../model/index.ts';
import type { RotationPolicy } from './config.ts';
import { nextOpening } from './windows.ts';

const SECOND = 1_000;

/** What can be wrong with how a secret is kept fresh. */
export const ROTATION_PROBLEMS = {
  missed: 'Its rotation is overdue',
  stuck: 'Its rotation has been under way for too long',
  waiting: 'Its rotation waits for a person',
  'no-plan': 'Nothing rotates it',
  'too-old': 'Its value is too old',
  expired: 'Its value has ended',
  leaked: 'Its current value is known to others',
  unrevoked: 'A value is to be revoked, and is not yet',
} as const;
export type RotationProblemId = keyof typeof ROTATION_PROBLEMS;

export interface RotationProblem {
  readonly problem: RotationProblemId;
  /** Since when it has been so, milliseconds since 1970, and how long that is. */
  readonly since: number;
  readonly ageSeconds: number;
  /** Why, and what to do, where something is known of it. */
  readonly why: string | null;
  readonly hint: string | null;
  /** The version that it is about, if one. */
  readonly version?: number;
}

/** What of a secret is judged: its metadata are enough. */
export interface JudgedSecret extends Pick<Secret, 'run' | 'labels' | 'lastRotated' | 'createdAt'> {
  readonly plan: Pick<RotationPlan, 'everySeconds' | 'windows' | 'overlapSeconds'> | null;
  readonly versions: readonly JudgedVersion[];
}
type JudgedVersion = Pick<
  SecretVersion,
  'number' | 'createdAt' | 'expiresAt' | 'leakedAt' | 'revocation'
>;

/** What a person or a control should know of a secret. Where the clock was set back, ages are 0 at least. Pure.
 *  @param now milliseconds since 1970 */
export function rotationProblems(
  secret: JudgedSecret,
  now: number,
  policy: RotationPolicy,
): readonly RotationProblem[] {
  return [...problemsOf(secret, now, policy)].map((problem) => ({
    ...problem,
    ageSeconds: Math.max(0, Math.floor((now - problem.since) / SECOND)),
  }));
}

type Found = Omit<RotationProblem, 'ageSeconds'>;

function* problemsOf(secret: JudgedSecret, now: number, policy: RotationPolicy): Generator<Found> {
  const { run, plan, labels, versions } = secret;
  const nothing = { why: null, hint: null };
  const current = versions.find(({ number }) => number === labels.current);
  const due = dueAt(secret);
  const isRenewed = run !== null && ['promote', 'deliver', 'finish'].includes(run.step);
  if (due !== undefined && !isRenewed && now > due + policy.missedAfter) {
    yield { problem: 'missed', since: due, why: run?.problem ?? null, hint: run?.hint ?? null };
  }
  if (run) {
    const said = { why: run.problem, hint: run.hint };
    const since = Date.parse(run.startedAt);
    const overlap = run.step === 'finish' ? (plan?.overlapSeconds ?? 0) * SECOND : 0;
    if (run.waits) yield { problem: 'waiting', since, ...said };
    else if (isLate(secret, now, since + overlap, policy))
      yield { problem: 'stuck', since, ...said };
  }
  if (plan === null) {
    yield { problem: 'no-plan', since: Date.parse(secret.createdAt), ...nothing };
  }
  if (current) yield* problemsOfCurrent(current, now, policy);
  for (const { number, revocation } of versions) {
    if (revocation === null) continue;
    const said = { why: revocation.problem, hint: revocation.hint, version: number };
    const isTried = revocation.waits || revocation.failures > 0;
    if (isTried) yield { problem: 'unrevoked', since: Date.parse(revocation.since), ...said };
  }
}

function* problemsOfCurrent(
  { number, createdAt, expiresAt, leakedAt }: JudgedVersion,
  now: number,
  { maxAge }: RotationPolicy,
): Generator<Found> {
  const said = { why: null, hint: null, version: number };
  const created = Date.parse(createdAt);
  if (now - created > maxAge) yield { problem: 'too-old', since: created, ...said };
  if (expiresAt !== null && Date.parse(expiresAt) <= now) {
    yield { problem: 'expired', since: Date.parse(expiresAt), ...said };
  }
  if (leakedAt !== null) yield { problem: 'leaked', since: Date.parse(leakedAt), ...said };
}

/** When its rotation has to be done by, whatever was drawn. */
function dueAt({ plan, lastRotated, createdAt }: JudgedSecret): number | undefined {
  if (plan === null) return undefined;
  const since = Date.parse(lastRotated ?? createdAt);
  return nextOpening(plan.windows, since + (lastRotated === null ? 0 : plan.everySeconds * SECOND));
}

/** A run that waits for its window, or for the overlap, is not late. */
function isLate(
  { run }: JudgedSecret,
  now: number,
  since: number,
  policy: RotationPolicy,
): boolean {
  const isBeforeItsTime = run?.failures === 0 && Date.parse(run.nextAt) > now;
  return !isBeforeItsTime && now - since > policy.stuckAfter;
}
