import { Fault, quote } from '../../base/fault.ts';
import { stableId } from '../../base/ids.ts';
import type { RotationRun, RotationStep } from '../model/index.ts';
import type { Draft } from './draft.ts';
import type { Asking } from './model.ts';
import { askRevocation } from './revocation.ts';
import { drawRotation } from './waiting.ts';
import { nextOpening } from './windows.ts';

const SECOND = 1_000;

/** Begins a rotation. What stands in the store then is the intent: the target knows nothing of it.
 *  @throws {Fault} `secrets/plan-not-found`, `secrets/rotation-conflict` */
export function begin(draft: Draft, why: RotationRun['why'], by?: Asking): void {
  const { secret, now } = draft;
  if (secret.plan === null) {
    const message = `No plan says how the secret ${quote(secret.id, 120)} is rotated`;
    throw new Fault('secrets/plan-not-found', message, {
      hint: 'give it a plan, or another value',
    });
  }
  if (secret.run !== null) {
    throw draft.conflict(
      'is being rotated already',
      'wait for that, have it tried again, or cancel it',
    );
  }
  secret.run = {
    token: stableId('run', secret.id, draft.time(), String(now.lot)),
    why: secret.labels.current === undefined && why !== 'leak' ? 'first' : why,
    step: 'make',
    startedAt: draft.time(),
    ...{ failures: 0, nextAt: draft.time(), problem: null, hint: null, waits: false },
    ...{ refusals: 0, isGivenUp: false },
  };
  draft.tell('secret.rotate', { run: secret.run.token, why: secret.run.why }, by);
}

/** Goes to another step, which is due at `nextAt`. */
export function goTo(draft: Draft, run: RotationRun, step: RotationStep, nextAt?: number): void {
  const due = { failures: 0, nextAt: draft.time(nextAt), waits: false };
  Object.assign(run, { step, problem: null, hint: null, ...due });
}

/** When a run may change its target: one that began by itself keeps to the plan's windows. */
export function opening({ secret }: Draft, { why }: RotationRun, at: number): number {
  const isBound = why === 'due' || why === 'first';
  return isBound && secret.plan ? nextOpening(secret.plan.windows, at) : at;
}

/** Makes the pending version current, and the current one previous. */
export function promote(draft: Draft): void {
  const { secret, now } = draft;
  const { run, plan, labels } = secret;
  const promoted = draft.find(labels.pending);
  if (run === null || plan === null || promoted === undefined) return;
  displacePrevious(draft);
  const previous = labels.current;
  secret.labels = { current: promoted.number };
  if (previous !== undefined) secret.labels.previous = previous;
  secret.lastRotated = draft.time();
  secret.nextRotation = draft.time(drawRotation(plan, now.wall, promoted.expiresAt, now));
  goTo(draft, run, 'deliver');
  draft.tell('secret.promote', { run: run.token, version: promoted.number, previous });
  draft.effect({ effect: 'promoted', version: promoted.number });
}

/** The version that stops being the previous one, because there is another, has nobody left to take it away. */
export function displacePrevious(draft: Draft, at?: number): void {
  const version = draft.find(draft.secret.labels.previous);
  delete draft.secret.labels.previous;
  if (draft.secret.plan && version) askRevocation(draft, version, ITS_PLACE, at);
}
const ITS_PLACE: Asking = { actor: 'reeve', reason: 'another version has taken its place' };

/** When the version before is taken away: after the overlap, unless it is known to others. */
export function finishAt(draft: Draft, run: RotationRun): number {
  const { secret, now } = draft;
  if (draft.find(secret.labels.previous)?.leakedAt) return now.wall;
  return opening(draft, run, now.wall + (secret.plan?.overlapSeconds ?? 0) * SECOND);
}

export function endRun(draft: Draft): void {
  const { run } = draft.secret;
  if (run === null) return;
  draft.secret.run = null;
  draft.effect({ effect: 'ended', token: run.token, why: run.why });
}

/** A run that ends without another value: the next begins when it would have after this one. */
export function endWithout(draft: Draft): void {
  const { secret, now } = draft;
  if (secret.plan) {
    const ends = draft.find(secret.labels.current)?.expiresAt ?? null;
    secret.nextRotation = draft.time(drawRotation(secret.plan, now.wall, ends, now));
  }
  endRun(draft);
}

/** Gives a run up. Before its value is current, that is taken away; a second time, it is left to the list of what is to
 *  be revoked, and holds nothing up. After that, what is left of the run is: the version before goes to that list.
 *  @throws {Fault} `secrets/rotation-not-found` */
export function cancel(draft: Draft, by: Asking): void {
  const run = runOf(draft);
  draft.tell('secret.cancel', { run: run.token, step: run.step }, by);
  switch (run.step) {
    case 'make':
      endWithout(draft);
      break;
    case 'deliver':
    case 'finish':
      leaveToList(draft, run);
      break;
    case 'undo':
      if (run.isGivenUp) leavePending(draft, by);
      else Object.assign(run, { isGivenUp: true, waits: false, nextAt: draft.time() });
      break;
    default:
      run.isGivenUp = true;
      goTo(draft, run, 'undo');
  }
}

/** The end of a run whose value is current: whoever uses the version before keeps it for the overlap. */
export function leaveToList(draft: Draft, run: RotationRun): void {
  displacePrevious(draft, run.step === 'finish' ? Date.parse(run.nextAt) : finishAt(draft, run));
  endRun(draft);
}

function leavePending(draft: Draft, by: Asking): void {
  const version = draft.find(draft.secret.labels.pending);
  delete draft.secret.labels.pending;
  if (version) askRevocation(draft, version, by);
  endWithout(draft);
}

/** Has whatever failed, or waits for a person, tried again at once.
 *  @throws {Fault} `secrets/rotation-not-found` */
export function retry(draft: Draft, by: Asking): void {
  const { secret } = draft;
  const again = { failures: 0, nextAt: draft.time(), waits: false };
  const stopped = [secret.run ?? [], secret.versions.map(({ revocation }) => revocation ?? [])]
    .flat(2)
    .filter(({ waits, failures }) => waits || failures > 0);
  if (stopped.length === 0) throw noRun(draft);
  for (const one of stopped) Object.assign(one, again);
  if (secret.run) secret.run.refusals = 0;
  const versions = secret.versions.filter(({ revocation }) => revocation);
  draft.tell(
    'secret.retry',
    { run: secret.run?.token, versions: versions.map(({ number }) => number) },
    by,
  );
}

function runOf(draft: Draft): RotationRun {
  if (draft.secret.run === null) throw noRun(draft);
  return draft.secret.run;
}

const noRun = ({ secret }: Draft): Fault =>
  new Fault(
    'secrets/rotation-not-found',
    `Nothing is under way for the secret ${quote(secret.id, 120)}`,
    { hint: 'it may have ended already: look at the secret' },
  );
