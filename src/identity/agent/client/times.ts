/** When an agent tries again: pure. */

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 60_000;

/** How long to wait after so many failures in a row: each time longer, up to a minute, and never all agents at once.
 *  @returns milliseconds */
export function backoffOf(failures: number, random: number): number {
  const longest = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
  return longest * (1 - random / 2);
}
