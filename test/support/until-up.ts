import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Only what hangs takes this long to start, on a busy machine too. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 50;

/** Resolves when a program that was started answers for the first time.
 *  @param name as a person calls it: `Redis`
 *  @param answers whether it does; what this throws means that it does not yet
 *  @param said what it has logged, which tells why it does not
 *  @throws {Error} where it ends before, or has had a minute */
export async function untilUp(
  name: string,
  child: ChildProcess,
  answers: () => Promise<unknown>,
  said = () => '',
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const { exitCode, signalCode } = child;
    const hasEnded = exitCode !== null || signalCode !== null;
    if (hasEnded)
      throw new Error(`${name} ended at its start (${exitCode ?? signalCode}) ${said()}`);
    if (await answers().catch(() => false)) return;
    await sleep(PAUSE_MS);
  }
  throw new Error(`${name} did not start within ${PATIENCE_MS / 1_000} s ${said()}`);
}
