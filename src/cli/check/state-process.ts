import { flushCompileCache } from 'node:module';
import { deserialize, serialize } from 'node:v8';
import { checkSettled, type SettledState, settle } from '../../authorization/check/index.ts';
import { Fault, messageOf } from '../../base/fault.ts';
import { toState } from '../../server/check-state.ts';
import { readPolicy } from '../../server/policy-of-folder.ts';
import { tellPath } from '../../server/stalls.ts';
import type { Answer, Ask, Asks } from './read-apart.ts';

/** The process that reads one state, and hands it over or compares it with the other. */
let kept: SettledState | undefined;

const ANSWERS: {
  readonly [Kind in keyof Asks]: (given: Asks[Kind]['given']) => Asks[Kind]['answer'];
} = {
  read: ({ folder, options, notes }) => {
    const state = toState(readPolicy(folder, { ...options, onReading: tellPath }));
    kept = settle({ ...state, diagnostics: [...state.diagnostics, ...notes] });
    return null;
  },
  state: () => serialize(own()),
  compare: ({ base, options }) => ({
    result: checkSettled(deserialize(base), own(), options),
    diagnostics: own().state.diagnostics,
  }),
};

function own(): SettledState {
  if (kept) return kept;
  throw new Fault('internal/check', 'nothing was read yet');
}

function answerTo({ kind, given }: Ask): Answer {
  try {
    return { type: 'answer', answer: ANSWERS[kind](given as never) };
  } catch (thrown) {
    const code = thrown instanceof Fault ? thrown.code : 'internal/check';
    const hint = thrown instanceof Fault ? thrown.hint : undefined;
    return { type: 'fault', code, message: messageOf(thrown), ...(hint && { hint }) };
  }
}

// Written now, as the process is ended rather than left: the next one starts in a third of the time.
flushCompileCache();

process.on('message', (ask: Ask) => process.send?.(answerTo(ask)));
// Without the command there is nobody to read for.
process.once('disconnect', () => process.exit());
