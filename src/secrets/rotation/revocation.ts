import type { SecretVersion } from '../model/index.ts';
import type { Draft } from './draft.ts';
import type { Asking } from './model.ts';

/** What is remembered of versions whose values are destroyed: that many, so that old values are still recognised. */
const MAX_VERSIONS = 100;
const WITHOUT_PLAN = 'no plan says at which target it would be revoked';

/** Has a version taken away from its target from `at` on, as often as it takes. It stays on the list until then; where
 *  it is on it already, nothing changes. */
export function askRevocation(
  draft: Draft,
  version: SecretVersion,
  { actor, reason }: Asking,
  at = draft.now.wall,
): void {
  if (version.revokedAt !== null || version.envelope === null || version.revocation) return;
  const isPlanned = draft.secret.plan !== null;
  version.revocation = {
    ...{ since: draft.time(), by: actor, reason },
    ...{ failures: 0, nextAt: draft.time(at), waits: !isPlanned },
    problem: isPlanned ? null : WITHOUT_PLAN,
    hint: isPlanned ? null : 'revoke it by hand, or give the secret a plan and have it tried again',
  };
}

export function revoked(draft: Draft, version: SecretVersion): void {
  Object.assign(version, { revokedAt: draft.time(), revocation: null });
  draft.tell('secret.revoked', { version: version.number });
}

/** @throws {Fault} `secrets/version-not-found`, `secrets/rotation-conflict` */
export function revoke(draft: Draft, numbers: readonly number[] | 'all', by: Asking): void {
  const { pending } = draft.secret.labels;
  const { versions } = draft.secret;
  const asked =
    numbers === 'all'
      ? versions.filter(({ number, envelope }) => number !== pending && envelope !== null)
      : numbers.map((number) => draft.versionOf(number));
  if (asked.some(({ number }) => number === pending)) {
    throw draft.conflict('has that version pending', 'cancel its rotation');
  }
  const open = asked.filter(({ revokedAt }) => revokedAt === null);
  if (open.some(({ envelope }) => envelope === null)) {
    throw draft.conflict('no longer has that value', 'change it at its target');
  }
  for (const version of open) {
    version.revocation = null;
    askRevocation(draft, version, by);
  }
  if (open.length > 0) {
    draft.tell('secret.revoke', { versions: open.map(({ number }) => number) }, by);
  }
}

/** @throws {Fault} `secrets/version-not-found`, `secrets/rotation-conflict` */
export function abandon(draft: Draft, number: number, by: Asking): void {
  const { revocation } = draft.versionOf(number);
  if (revocation === null) {
    throw draft.conflict('has nothing to be revoked there', 'look at its versions');
  }
  Object.assign(revocation, { waits: true, problem: `abandoned by ${by.actor}` });
  draft.tell('secret.abandon', { version: number }, by);
}

/** A person answers for what Reeve could not see: the target refuses the version.
 *  @throws {Fault} `secrets/version-not-found`, `secrets/rotation-conflict` where Reeve is at it, or nobody has asked for
 *  its revocation */
export function settle(draft: Draft, number: number, by: Asking): void {
  const version = draft.versionOf(number);
  const { envelope, revocation, revokedAt } = version;
  if (revokedAt !== null) return;
  if (revocation === null && envelope !== null) {
    throw draft.conflict(
      'may still need that version',
      'give it another value, and revoke this one',
    );
  }
  if (revocation?.waits === false) {
    throw draft.conflict(
      'is being revoked there',
      'wait until it is, or until it waits for a person',
    );
  }
  Object.assign(version, { revokedAt: draft.time(), revocation: null });
  draft.tell('secret.revoked', { version: number }, by);
}

/** Destroys values that nobody needs any longer: their envelopes are gone with this write.
 *  @throws {Fault} `secrets/version-not-found`, `secrets/rotation-conflict` */
export function destroy(draft: Draft, numbers: readonly number[], by: Asking): void {
  const asked = numbers.map((number) => draft.versionOf(number));
  if (asked.some((version) => isNeeded(draft, version))) {
    throw draft.conflict('still needs one of these values', 'rotate it, or revoke them first');
  }
  const kept = asked.filter(({ envelope }) => envelope !== null);
  for (const version of kept) version.envelope = null;
  if (kept.length > 0) {
    draft.tell('secret.destroy', { versions: kept.map(({ number }) => number) }, by);
  }
}

/** Destroys the oldest values beyond those that are kept, and forgets versions that nothing is left of. */
export function prune(draft: Draft): void {
  const { secret, policy } = draft;
  const kept = secret.versions.filter(({ envelope }) => envelope !== null);
  const old = kept
    .slice(0, Math.max(0, kept.length - policy.keptVersions))
    .filter((version) => !isNeeded(draft, version));
  for (const version of old) version.envelope = null;
  if (old.length > 0) draft.tell('secret.destroy', { versions: old.map(({ number }) => number) });
  let surplus = secret.versions.length - MAX_VERSIONS;
  if (surplus <= 0) return;
  secret.versions = secret.versions.filter(({ envelope }) => envelope !== null || surplus-- <= 0);
}

function isNeeded({ secret }: Draft, { number, revocation, revokedAt }: SecretVersion): boolean {
  if (revocation !== null) return true;
  return revokedAt === null && Object.values(secret.labels).includes(number);
}
