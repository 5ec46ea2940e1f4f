import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../base/clock.ts';
import { Fault, messageOf } from '../../base/fault.ts';
import { releaseMemory } from '../../base/memory.ts';
import { IntakeThread } from './intake-thread.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';

/** The thread that takes traffic in; started by `TrafficIntake`. */
const port = parentPort;
if (port === null) throw new RangeError('this is no thread');
const tell = (message: FromThread): void => port.postMessage(message);
const data = workerData as ThreadData;

/** The main thread writes the log. */
function tellLog(level: 'warn' | 'error') {
  return ({ err }: { err: unknown }, sentence: string): void => {
    const { message, stack = '' } = err instanceof Error ? err : new Error(String(err));
    tell({ type: 'log', level, sentence, message, stack });
  };
}

try {
  const thread = await IntakeThread.start({
    data,
    clock: systemClock,
    log: { warn: tellLog('warn'), error: tellLog('error') },
    tell,
  });
  port.on('message', (message: ToThread) => {
    if (message.type === 'close') void thread.close().finally(() => port.close());
    else thread.hear(message);
  });
  tell({ type: 'ready', addresses: thread.addresses });
  await releaseMemory();
} catch (thrown) {
  const { code, hint } =
    thrown instanceof Fault ? thrown : { code: 'internal/intake', hint: undefined };
  tell({ type: 'fault', code, message: messageOf(thrown), ...(hint !== undefined && { hint }) });
  port.close();
}
