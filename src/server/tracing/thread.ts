import { randomInt } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../base/clock.ts';
import type { FromTracing, ToTracing, TracingThreadData } from './messages.ts';
import { TracingThread } from './tracing-thread.ts';

/** The thread that follows traces; started by `Tracing`. */
const port = parentPort;
if (port === null) throw new RangeError('this is no thread');
const tell = (message: FromTracing): void => port.postMessage(message);

const starting = TracingThread.start({
  data: workerData as TracingThreadData,
  clock: systemClock,
  seed: randomInt(2 ** 31),
  tell,
  // the main thread writes the log
  log: (level, thrown, sentence) => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown ?? ''));
    const { message, stack = '' } = error;
    tell({ type: 'log', level, sentence, message, stack });
  },
});
// messages that come meanwhile wait for it, in their order
port.on('message', async (message: ToTracing) => {
  const thread = await starting;
  if (message.type === 'close') void thread.close().finally(() => port.close());
  else thread.hear(message);
});
await starting;
tell({ type: 'ready' });
