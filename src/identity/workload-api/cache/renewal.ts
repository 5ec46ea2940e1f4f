/** When SVIDs are renewed: pure. Times are milliseconds since 1970. */

const HALF = 0.5;
/** By which share of the lifetime renewals are spread, so that what was issued together is not renewed together. */
const SPREAD = 0.1;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

export interface Lifetime {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Half of the lifetime after the issue, or up to a tenth of it earlier. `random` is from 0 to 1. */
export function renewalOf({ issuedAt, expiresAt }: Lifetime, random: number): number {
  return issuedAt + (expiresAt - issuedAt) * (HALF - SPREAD * random);
}

/** When to try again after so many attempts in a row have failed: each time later, and never after the SVID that is
 *  still held has expired, because that has to be told then. */
export function retryOf(
  now: number,
  failures: number,
  random: number,
  expiresAt = Number.POSITIVE_INFINITY,
): number {
  const longest = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
  const retry = now + longest * (1 - random / 2);
  return expiresAt > now ? Math.min(retry, expiresAt) : retry;
}
