import { compareText } from '../../../base/diagnostic.ts';
import { messageOf } from '../../../base/fault.ts';
import type { Guardrail } from '../../model/index.ts';
import { type CompiledPolicy, compilePolicy, UnusablePolicy } from '../evaluator/index.ts';

/** A guardrail, ready: its policy, or why there is none. */
export interface CompiledGuardrail {
  readonly id: string;
  readonly reason: string | undefined;
  readonly policy: CompiledPolicy | undefined;
  /** With a policy: empty. */
  readonly problem: string;
}

/** In the order of their ids. */
export function compileGuardrails(guardrails: readonly Guardrail[]): CompiledGuardrail[] {
  return guardrails.map(compile).sort((a, b) => compareText(a.id, b.id));
}

function compile({ id, reason, json, problem }: Guardrail): CompiledGuardrail {
  if (json === undefined) {
    return { id, reason, policy: undefined, problem: problem ?? 'it could not be read' };
  }
  try {
    return { id, reason, policy: compilePolicy(json), problem: '' };
  } catch (thrown) {
    if (!(thrown instanceof UnusablePolicy)) throw thrown;
    return { id, reason, policy: undefined, problem: messageOf(thrown) };
  }
}
