import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Below this there is nothing worth a pause. */
const WORTH_IT_BYTES = 300 * 1024 * 1024;

/** Gives back what a finished phase has left behind before the next one adds to it. The collector by
 *  itself waits, since it does not know that the files of a scan will not be needed again. */
export function collectGarbage(): void {
  if (process.memoryUsage.rss() < WORTH_IT_BYTES) return;
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
