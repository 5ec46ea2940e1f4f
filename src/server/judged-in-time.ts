import { setTimeout } from 'node:timers/promises';

/** Longest that an answer waits for the estate to be judged with what was changed. */
const WAIT_MS = 2_000;

/** Whether the estate was judged before whoever asks has waited too long.
 *  @param judge judges the estate at once; false where that failed */
export async function judgedInTime(
  judge: () => Promise<boolean>,
  waitMs: number = WAIT_MS,
): Promise<boolean> {
  const stop = new AbortController();
  const late = setTimeout(waitMs, false, { signal: stop.signal }).catch(() => false);
  try {
    return await Promise.race([judge(), late]);
  } finally {
    stop.abort();
  }
}
