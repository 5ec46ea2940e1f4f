import type { RotationStep, Secret } from '../model/index.ts';
import type { Draft } from './draft.ts';
import type { Call, TargetCall } from './model.ts';
import { begin, promote } from './run.ts';
import { heedClock, isRotationDue, isTakenByOther } from './waiting.ts';

/** Does what is due, as far as the store alone is needed; then claims the secret for the call that comes next, or lets
 *  go of it. Where another process is at the target, nothing happens. */
export function goOn(draft: Draft, holder: string): void {
  const { secret, now, policy } = draft;
  if (isTakenByOther(secret, holder, now.wall, policy)) return;
  heedClock(secret, now, policy);
  if (isRotationDue(secret, now.wall)) begin(draft, 'due');
  if (isPromotionDue(secret, now.wall)) promote(draft);
  const call = dueCall(secret, now.wall);
  secret.taken =
    call === undefined ? null : { by: holder, until: draft.time(now.wall + policy.claim) };
  if (call) draft.effect({ effect: 'call', ...call });
}

/** Whether the pending version has waited long enough to be used. */
const isPromotionDue = ({ run }: Secret, now: number): boolean =>
  run?.step === 'promote' && Date.parse(run.nextAt) <= now;

/** Whether this is the call whose answer is waited for from this process. */
export function isAwaited(secret: Secret, holder: string, { call, version, token }: Call): boolean {
  if (secret.taken?.by !== holder) return false;
  if (call === 'revoke') {
    return secret.versions.some(({ number, revocation }) => number === version && revocation);
  }
  const { run } = secret;
  return run?.token === token && run.step === call && versionOf(secret, run.step) === version;
}

function dueCall(secret: Secret, now: number): Call | undefined {
  const { run } = secret;
  const isDue = (work: { readonly waits: boolean; readonly nextAt: string }) =>
    !work.waits && Date.parse(work.nextAt) <= now;
  if (run && isDue(run)) {
    const call = run.step as TargetCall & RotationStep; // never `promote`: one that is due was done before
    return { call, version: versionOf(secret, run.step), token: run.token };
  }
  const revoked = secret.versions.find(({ revocation }) => revocation && isDue(revocation));
  if (revoked === undefined) return undefined;
  const { number } = revoked;
  return { call: 'revoke', version: number, token: `revoke-${number}` };
}

/** The version that a step is about. */
function versionOf({ labels, versions }: Secret, step: RotationStep): number | null {
  switch (step) {
    case 'make':
      return (versions.at(-1)?.number ?? 0) + 1;
    case 'deliver':
      return labels.current ?? null;
    case 'finish':
      return labels.previous ?? null;
    default:
      return labels.pending ?? null;
  }
}
