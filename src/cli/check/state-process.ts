import { Fault, messageOf } from '../../base/fault.ts';
import { tellPath } from '../../server/stalls.ts';
import type { StateJob, StateReply } from './read-apart.ts';
import { stateOfFolder } from './state-of-folder.ts';

/** The process that reads one state. Without the command there is nobody to read for. */
process.once('disconnect', () => process.exit());
process.once('message', ({ folder, options }: StateJob) => {
  const reply = read();
  process.send?.(reply);

  function read(): StateReply {
    try {
      const state = stateOfFolder(folder, { ...options, onReading: tellPath });
      return { type: 'state', state };
    } catch (thrown) {
      const code = thrown instanceof Fault ? thrown.code : 'internal/check';
      const hint = thrown instanceof Fault ? thrown.hint : undefined;
      return { type: 'fault', code, message: messageOf(thrown), ...(hint && { hint }) };
    }
  }
});
