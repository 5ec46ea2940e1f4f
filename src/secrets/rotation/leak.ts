import type { Draft } from './draft.ts';
import type { Asking } from './model.ts';
import { askRevocation } from './revocation.ts';
import { begin, endRun, goTo, leaveToList } from './run.ts';

const LEAKED: Asking = { actor: 'reeve', reason: 'it has leaked' };

/** Versions have become known to others: what is current is replaced at once, all else is revoked.
 *  @throws {Fault} `secrets/version-not-found` */
export function leak(draft: Draft, numbers: readonly number[], by: Asking): void {
  const { secret } = draft;
  const leaked = numbers.map((number) => draft.versionOf(number));
  for (const version of leaked) version.leakedAt ??= draft.time();
  if (leaked.length > 0) draft.tell('secret.leak', { versions: [...numbers] }, by);
  const { run, labels } = secret;
  if (run === null) return;
  const isLeaked = (number: number | undefined) => leaked.some((one) => one.number === number);
  if (isPromoted(draft)) {
    if (isLeaked(labels.current)) leaveToList(draft, run);
    else if (isLeaked(labels.previous)) hurry(draft);
  } else if (isLeaked(labels.pending)) {
    goTo(draft, run, 'undo');
  } else if (isLeaked(labels.current)) {
    hurry(draft);
  }
}

/** What others know is taken away as soon as no reader is given it any longer. Nobody waits for who still uses it, as
 *  `finish` may: that may be whoever has found it. */
export function revokeLeaked(draft: Draft): void {
  const { labels, run, versions } = draft.secret;
  if (run?.step === 'finish' && draft.find(labels.previous)?.leakedAt) {
    delete labels.previous;
    endRun(draft);
  }
  const { current, pending, previous } = labels;
  const spared = [current, pending, isPromoted(draft) ? previous : undefined];
  for (const version of versions) {
    if (version.leakedAt === null || version.revocation !== null) continue;
    if (!spared.includes(version.number)) askRevocation(draft, version, LEAKED);
  }
}

/** A current value that others know is replaced as soon as nothing else is under way. */
export function renewLeaked(draft: Draft): void {
  const { plan, run, labels } = draft.secret;
  if (plan && run === null && draft.find(labels.current)?.leakedAt) begin(draft, 'leak');
}

/** Nothing waits any longer for its time, or for a person. */
function hurry(draft: Draft): void {
  const { run } = draft.secret;
  if (run) Object.assign(run, { why: 'leak', nextAt: draft.time(), waits: false });
}

/** Whether readers are given the new value: then the version before is about to be taken away. */
function isPromoted({ secret: { run } }: Draft): boolean {
  return run?.step === 'deliver' || run?.step === 'finish';
}
