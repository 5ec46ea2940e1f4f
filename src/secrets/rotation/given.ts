import { type RotationPlan, toPlace } from '../model/index.ts';
import type { Draft } from './draft.ts';
import type { Asking, SealedValue } from './model.ts';
import { displacePrevious } from './run.ts';
import { drawRotation } from './waiting.ts';

/** A person gives another value, which the target takes already: it is current at once.
 *  @throws {Fault} `secrets/rotation-conflict` while a rotation is at work */
export function put(draft: Draft, value: SealedValue, by: Asking): void {
  const { secret, now } = draft;
  const { run, plan } = secret;
  const isAtWork = run !== null && (!run.waits || run.step === 'deliver' || run.step === 'finish');
  if (isAtWork) throw draft.conflict('is being rotated', 'wait for that, or cancel it');
  if (value.number !== (secret.versions.at(-1)?.number ?? 0) + 1) {
    throw draft.conflict('has another version meanwhile', 'look at it, and give the value again');
  }
  secret.versions.push({
    ...value,
    fingerprints: [...value.fingerprints],
    ...{ createdAt: draft.time(), revokedAt: null, leakedAt: null, revocation: null },
  });
  const previous = secret.labels.current;
  if (previous !== undefined) displacePrevious(draft);
  secret.labels = { ...secret.labels, current: value.number };
  if (previous !== undefined) secret.labels.previous = previous;
  secret.lastRotated = draft.time();
  if (plan) secret.nextRotation = draft.time(drawRotation(plan, now.wall, value.expiresAt, now));
  draft.tell('secret.put', { version: value.number, previous }, by);
}

/** Says anew how the secret is renewed, and draws when: at once where there is no value yet.
 *  @throws {Fault} `secrets/rotation-conflict` while a rotation may have touched the target of the plan before */
export function changePlan(draft: Draft, plan: RotationPlan | null, by: Asking): void {
  const { secret } = draft;
  if (secret.run !== null && (secret.run.step !== 'make' || plan === null)) {
    throw draft.conflict('is being rotated', 'wait for that, or cancel it');
  }
  secret.plan = plan;
  secret.nextRotation = plan === null ? null : draft.time(firstRotation(draft, plan));
  const { rotator = 'none', admin, everySeconds, overlapSeconds } = plan ?? {};
  const deliver = plan && plan.deliver.length > 0 ? plan.deliver.map(toPlace) : undefined;
  const said = { rotator, admin: admin ?? undefined, everySeconds, overlapSeconds, deliver };
  draft.tell('secret.plan', said, by);
}

function firstRotation(draft: Draft, plan: RotationPlan): number {
  const { secret, now } = draft;
  const current = draft.find(secret.labels.current);
  if (current === undefined) return now.wall;
  const since = Math.min(now.wall, Date.parse(secret.lastRotated ?? current.createdAt));
  return drawRotation(plan, since, current.expiresAt, now);
}
