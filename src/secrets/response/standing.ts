import type { SecretMetadata } from '../keeping/index.ts';
import { isOfItem, type LeakItem, type LeakStanding } from './model.ts';

const NOTHING = { at: null, problem: null, hint: null };

/** What has become of a version of a secret that others know. Pure.
 *  @param secret undefined: it has been removed, which nothing that is under way allows */
export function standingOf(item: LeakItem, secret: SecretMetadata | undefined): LeakStanding {
  const version = secret?.versions.find(
    ({ number, createdAt }) => number === item.version && isOfItem(item, createdAt),
  );
  if (version?.revokedAt) return { ...NOTHING, state: 'revoked', at: version.revokedAt };
  if (item.done) return { ...NOTHING, state: 'done', at: item.done.at };
  if (!secret || !version) {
    return byHand('Reeve no longer keeps the secret', 'see that its target refuses the value');
  }
  if (version.revocation) {
    const { waits, problem, hint } = version.revocation;
    return { ...NOTHING, state: waits ? 'waits' : 'working', problem, hint };
  }
  if (!version.isKept) {
    return byHand('Reeve no longer has the value', 'see that its target refuses the value');
  }
  if (secret.run) {
    const { waits, problem, hint } = secret.run;
    return { ...NOTHING, state: waits ? 'waits' : 'working', problem, hint };
  }
  if (secret.plan) return { ...NOTHING, state: 'working' };
  return byHand('nothing rotates it', 'give it a plan, or put another value and revoke this one');
}

/** What nobody but a person can take away. */
export function byHand(problem: string, hint: string): LeakStanding {
  return { state: 'waits', at: null, problem, hint };
}
