import { BACKDATE_SECONDS } from '../x509/index.ts';
import type { AuthorityConfig } from './config.ts';
import type { AuthorityKind, SigningAuthority } from './model.ts';

const DAY = 86_400_000;

/** Every length of time that decides about authorities, in milliseconds. */
export interface AuthorityPolicy {
  readonly lifetimes: Readonly<Record<AuthorityKind, { readonly authority: number }>>;
  /** How long an authority is in the bundle before it signs. */
  readonly publishAhead: number;
  /** How far clocks may be apart. */
  readonly skew: number;
  /** How long those have who hold what a tainted authority signed, once its successor signs. */
  readonly reissue: number;
}

/** The policy that a configuration means. */
export function policyOf(config: AuthorityConfig): AuthorityPolicy {
  const skew = config.skewSeconds * 1_000;
  return {
    lifetimes: {
      x509: { authority: config.x509.authorityTtlSeconds * 1_000 },
      jwt: { authority: config.jwt.authorityTtlSeconds * 1_000 },
    },
    publishAhead: config.refreshHintSeconds * 1_000 + skew,
    skew,
    reissue: config.taintedReissueSeconds * 1_000,
  };
}

/** What SPIRE does: a successor is made when half of the lifetime is left, or 30 days. */
export function prepareBefore(lifetime: number): number {
  return Math.min(lifetime / 2, 30 * DAY);
}

/** It signs when a sixth is left, or 7 days. No SVID may live longer than that, for it would outlive
 *  what signed it, or be cut short. */
export function activateBefore(lifetime: number): number {
  return Math.min(lifetime / 6, 7 * DAY);
}

/** When the successor of an authority is made. */
export function prepareAt({ preparedAt, notAfter }: SigningAuthority): number {
  return notAfter - prepareBefore(notAfter - preparedAt);
}

/** When the successor of an authority signs. */
export function activateAt({ preparedAt, notAfter }: SigningAuthority): number {
  return notAfter - activateBefore(notAfter - preparedAt);
}

/** How long before it is made an authority begins: long enough that whatever it signs, backdated
 *  itself, begins after it. */
export const AUTHORITY_BACKDATE = 2 * BACKDATE_SECONDS * 1_000;

/** How long a retired authority stays in the bundle: until whatever it may have signed has expired,
 *  by a clock that is as far behind as clocks may be. What was issued by a clock that was ahead is
 *  accepted for the time that it is backdated, too. */
export function keepRetired(authority: SigningAuthority, policy: AuthorityPolicy): number {
  return longestTtlOf(authority) + BACKDATE_SECONDS * 1_000 + 2 * policy.skew;
}

/** Whether an authority can sign at this time of day. */
export function isUsable(
  { notBefore, notAfter, preparedAt }: SigningAuthority,
  wall: number,
  { skew }: AuthorityPolicy,
): boolean {
  return notBefore <= wall && wall < notAfter - Math.min(skew, (notAfter - preparedAt) / 12);
}

/** The longest lifetime of what an authority signs, in milliseconds. */
export function longestTtlOf({ preparedAt, notAfter }: SigningAuthority): number {
  return activateBefore(notAfter - preparedAt);
}
