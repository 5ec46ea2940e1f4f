import { withoutSecrets } from '../../audit/index.ts';
import type { Revocation, RotationRun } from '../model/index.ts';
import type { Draft } from './draft.ts';
import type { Answer, Call } from './model.ts';
import { revoked } from './revocation.ts';
import { endRun, endWithout, finishAt, goTo, opening } from './run.ts';
import { backoff } from './waiting.ts';
import { isAwaited } from './work.ts';

const LONGEST_PROBLEM = 500;

/** Takes what came of a call, where that is waited for. */
export function answered(draft: Draft, answer: Answer): void {
  const { secret } = draft;
  const { call, holder } = answer;
  if (!isAwaited(secret, holder, call)) return;
  if (answer.event === 'failed') {
    failed(draft, answer);
    return;
  }
  if (call.call === 'revoke') {
    const version = draft.find(call.version ?? 0);
    if (version) revoked(draft, version);
    return;
  }
  const { run } = secret;
  if (run === null) return;
  if (answer.event === 'made') made(draft, run, answer);
  else done(draft, run, answer);
}

/** The pending version stands in the store before the target hears of it. */
function made(draft: Draft, run: RotationRun, { call, value }: Answer & { event: 'made' }): void {
  if (call.call !== 'make') return;
  const { secret, now } = draft;
  secret.versions.push({
    ...value,
    fingerprints: [...value.fingerprints],
    ...{ createdAt: draft.time(), revokedAt: null, leakedAt: null, revocation: null },
  });
  secret.labels.pending = value.number;
  goTo(draft, run, 'set', opening(draft, run, now.wall));
  tellStep(draft, run, call);
}

function done(
  draft: Draft,
  run: RotationRun,
  { call, isRefused, settles = 0 }: Answer & { event: 'done' },
): void {
  if (call.call !== 'finish') tellStep(draft, run, call);
  switch (call.call) {
    case 'set':
      goTo(draft, run, 'test');
      break;
    case 'test':
      goTo(draft, run, 'promote', draft.now.wall + (isUrgent(draft, run) ? 0 : settles));
      break;
    case 'deliver':
      if (draft.secret.labels.previous === undefined) endRun(draft);
      else goTo(draft, run, 'finish', finishAt(draft, run));
      break;
    case 'finish':
      finished(draft, run, isRefused);
      break;
    case 'undo':
      undone(draft, run);
  }
}

/** Whether waiting would leave its users with a value that others know, or with none. */
const isUrgent = ({ secret }: Draft, { why }: RotationRun): boolean =>
  why === 'leak' || secret.labels.current === undefined;

/** Whether the version before is still taken is for its rotator to say: some leave it until it ends by itself. What others
 *  know is revoked in any case, for sessions may have begun with it. */
function finished(draft: Draft, run: RotationRun, isRefused: boolean): void {
  const version = draft.find(draft.secret.labels.previous);
  delete draft.secret.labels.previous;
  draft.tell('secret.finish', { run: run.token, version: version?.number, revoked: isRefused });
  if (version && version.leakedAt === null && isRefused) version.revokedAt = draft.time();
  endRun(draft);
}

function undone(draft: Draft, run: RotationRun): void {
  const { secret, now, policy } = draft;
  const version = draft.find(secret.labels.pending);
  delete secret.labels.pending;
  if (version) {
    Object.assign(version, { envelope: null, revokedAt: draft.time() });
    draft.tell('secret.destroy', { versions: [version.number] });
  }
  if (run.isGivenUp) {
    endWithout(draft);
    return;
  }
  const { problem, hint, refusals } = run;
  const wait = refusals === 0 ? 0 : backoff(refusals, now.lot, policy);
  goTo(draft, run, 'make', opening(draft, run, now.wall + wait));
  if (refusals < policy.maxRefusals) return;
  waitForPerson(draft, run, problem ?? 'the target took none of the values', hint);
}

function failed(draft: Draft, answer: Answer & { event: 'failed' }): void {
  const { call, trouble, message, hint } = answer;
  const { secret, now, policy } = draft;
  const work = call.call === 'revoke' ? draft.find(call.version ?? 0)?.revocation : secret.run;
  if (!work) return;
  const problem = withoutSecrets(message).slice(0, LONGEST_PROBLEM);
  work.failures++;
  Object.assign(work, { problem, hint: hint === undefined ? null : withoutSecrets(hint) });
  const isAnotherMade = trouble === 'refused' && (call.call === 'set' || call.call === 'test');
  if (trouble === 'unreachable') {
    const at = now.wall + backoff(work.failures, now.lot, policy);
    work.nextAt = draft.time(isRun(work) && changesTarget(call) ? opening(draft, work, at) : at);
  } else if (!isAnotherMade) {
    work.waits = true;
  }
  tellFailure(draft, answer, work);
  if (isAnotherMade && isRun(work)) refuse(draft, work);
  else if (work.waits) waitForPerson(draft, work, problem, work.hint);
}

/** The value may have been taken in part: it is taken away before another one is made. */
function refuse(draft: Draft, run: RotationRun): void {
  const { problem, hint } = run;
  run.refusals++;
  goTo(draft, run, 'undo');
  Object.assign(run, { problem, hint });
}

function waitForPerson(
  draft: Draft,
  work: RotationRun | Revocation,
  problem: string,
  hint: string | null,
): void {
  Object.assign(work, { waits: true, problem, hint });
  draft.effect({ effect: 'waits', problem, hint });
}

const isRun = (work: RotationRun | Revocation): work is RotationRun => 'step' in work;
const changesTarget = ({ call }: Call): boolean => call === 'set' || call === 'finish';

function tellStep(draft: Draft, { token }: RotationRun, { call, version }: Call): void {
  draft.tell('secret.step', { run: token, step: call, version: version ?? undefined });
}

function tellFailure(
  draft: Draft,
  { call, trouble }: Answer & { event: 'failed' },
  { problem, failures, waits }: RotationRun | Revocation,
): void {
  draft.tell('secret.fail', {
    run: call.token,
    step: call.call,
    version: call.version ?? undefined,
    ...{ trouble, problem, attempt: failures, waits },
  });
}
