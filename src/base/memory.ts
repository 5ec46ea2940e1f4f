import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Below this there is nothing worth a pause. */
const WORTH_IT_BYTES = 300 * 1024 * 1024;
/** A thread that uses this much of its heap pauses for a tenth of a second. */
const MAX_RELEASED_BYTES = 64 * 1024 * 1024;

/** Gives back what a finished phase has left behind before the next one adds to it. The collector by
 *  itself waits, since it does not know that the files of a scan will not be needed again. */
export function collectGarbage(): void {
  if (process.memoryUsage.rss() < WORTH_IT_BYTES) return;
  collector()();
}

/** Gives the system back what starting took of this thread's memory: a server that then has little to
 *  do would keep it, since the collector only looks again when more is asked for. Answers whether it
 *  did; a heap in use of more than `maxBytes` is left alone, because that would hold up the thread. */
export async function releaseMemory(maxBytes = MAX_RELEASED_BYTES): Promise<boolean> {
  if (getHeapStatistics().used_heap_size > maxBytes) return false;
  await collector()({ type: 'major', execution: 'async', flavor: 'last-resort' });
  return true;
}

function collector(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as NodeJS.GCFunction;
}
