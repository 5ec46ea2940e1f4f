/** When an agent acts: pure. Times are milliseconds since 1970, and shares from 0 to 1. */

const HALF = 0.5;
/** By which share of the lifetime renewals are spread, so that agents that joined together do not renew together. */
const SPREAD = 0.1;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 60_000;

/** At half of the lifetime, or up to a tenth of it earlier. */
export function renewAt(
  { issuedAt, expiresAt }: { readonly issuedAt: number; readonly expiresAt: number },
  random: number,
): number {
  return issuedAt + (expiresAt - issuedAt) * (HALF - SPREAD * random);
}

/** How long to wait after so many failures in a row: each time longer, up to a minute, and never all agents at once.
 *  @returns milliseconds */
export function backoffOf(failures: number, random: number): number {
  const longest = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
  return longest * (1 - random / 2);
}
