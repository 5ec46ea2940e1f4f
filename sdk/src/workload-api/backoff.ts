/** How long to wait before a try, in milliseconds, after so many that failed: twice as long each time
 *  up to `maxMs`, of which a half is drawn by chance, so that many workloads do not come at once. */
export function backoffMs(failures: number, random: () => number, maxMs = 5_000): number {
  const most = Math.min(maxMs, 100 * 2 ** Math.min(failures, 16));
  return most / 2 + (random() * most) / 2;
}

/** Waits, unless the signal is aborted.
 *  @throws what the signal was aborted with */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
