import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { DeliveryPorts } from './place.ts';

/** The system that Reeve runs on. */
export const systemPorts: Pick<DeliveryPorts, 'sleep' | 'run' | 'kill'> = {
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),

  run: (program, words, signal) =>
    new Promise((resolve) => {
      // no variable of ours reaches it, and what it says is not kept
      const env = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' };
      execFile(program, [...words], { env, signal }, (failure) => resolve(failure ? 1 : 0));
    }),

  kill: (pid, signal) => {
    try {
      return process.kill(pid, signal);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw thrown;
    }
  },
};
