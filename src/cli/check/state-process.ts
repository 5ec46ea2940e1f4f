import { flushCompileCache } from 'node:module';
import { check, type State } from '../../authorization/check/index.ts';
import { Fault, messageOf } from '../../base/fault.ts';
import { toState } from '../../server/check-state.ts';
import { readPolicy } from '../../server/policy-of-folder.ts';
import { tellPath } from '../../server/stalls.ts';
import { SharedFiles } from '../../sources/index.ts';
import type { Answer, Ask, Side, StateAsk } from './read-apart.ts';

/** The process that reads both states, and compares them. What they share is parsed once. */
const shared = new SharedFiles();

function stateOf(side: Side, { folder, options, notes }: StateAsk): State {
  const onReading = (path: string | undefined) => tellPath(path && `${side}/${path}`);
  const state = toState(readPolicy(folder, { ...options, onReading, shared }));
  return { ...state, diagnostics: [...state.diagnostics, ...notes] };
}

function answerTo({ base, head, options }: Ask): Answer {
  try {
    const states = { head: stateOf('head', head), base: stateOf('base', base) };
    return {
      type: 'answer',
      result: check(states.base, states.head, options),
      diagnostics: states.head.diagnostics,
    };
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
