import { Fault, quote } from '../../base/fault.ts';
import type { Asking } from '../../tracing/incidents/index.ts';
import type { SecretsDomain } from '../secrets/domain.ts';

type Keeping = SecretsDomain['secrets']['keeping'];
export type Secret = NonNullable<Awaited<ReturnType<Keeping['read']>>>;

/** Secrets, as far as it takes to say that somebody has read one. */
export interface LeakedSecrets {
  readonly read: (id: string) => Promise<Pick<Secret, 'versions' | 'labels' | 'plan'> | undefined>;
  readonly change: Keeping['change'];
}

/** What readers are given of a secret is known to somebody who should not have it: it is replaced, and the old values are
 *  revoked without waiting for who still uses them. What is being replaced for that already is not replaced again.
 *  @returns a sentence: what comes of it
 *  @throws {Fault} `secrets/secret-not-found`; `secrets/plan-not-found` where only people can replace it */
export async function replaceLeaked(
  secrets: LeakedSecrets,
  id: string,
  by: Asking,
): Promise<string> {
  const secret = await secrets.read(id);
  if (secret === undefined) {
    throw new Fault('secrets/secret-not-found', `There is no secret ${quote(id, 120)}`);
  }
  const { current, previous } = secret.labels;
  const given = secret.versions.filter(({ number }) => number === current || number === previous);
  if (given.length === 0) return `${id} has no value that somebody could have read.`;
  const versions = given
    .filter(({ leakedAt, revokedAt }) => leakedAt === null && revokedAt === null)
    .map(({ number }) => number);
  const isKnown = given.some(({ leakedAt }) => leakedAt !== null);
  // a current value that came after the one that had leaked is what took its place
  if (!isKnown && versions.length > 0) await secrets.change(id, { event: 'leak', versions, by });
  if (secret.plan === null) {
    throw new Fault(
      'secrets/plan-not-found',
      `What is known of ${quote(id, 120)} counts as leaked, but no plan says how it is renewed`,
      { hint: 'have its target refuse the value, and give the secret another one' },
    );
  }
  return isKnown
    ? `${id} is being replaced already, and its old value is revoked.`
    : `A new value of ${id} is being made, and what was given to readers is revoked.`;
}
