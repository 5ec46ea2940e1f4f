import { compareText, toPlace } from '../../base/diagnostic.ts';
import type { Decision, PolicyService } from '../model/index.ts';
import { type Inspection, operationOf, worstDenial } from './inspection.ts';
import { messageOf } from './message.ts';

/** What an inspection comes to. */
export function toDecision(inspection: Inspection): Decision {
  const { reason, callee, callers, covering, verdicts } = inspection;
  const denial = worstDenial(verdicts);
  const isGuarded = reason === 'guardrail-forbids' || reason === 'guardrail-failed';
  const isAllowed = reason === 'declared';
  const places = new Set(isAllowed ? covering.map(({ source }) => toPlace(source)) : []);
  return {
    allowed: isAllowed,
    mode: callee?.mode ?? 'enforce',
    reason,
    message: messageOf(inspection, denial),
    callers: idsOf(callers, isGuarded ? denial?.call.caller : undefined),
    operation: operationOf(inspection),
    because: isGuarded && denial ? [denial.verdict.id] : [...places].sort(compareText),
  };
}

function idsOf(callers: readonly PolicyService[], first: PolicyService | undefined): string[] {
  const ids = callers.map(({ id }) => id);
  return first ? [first.id, ...ids.filter((id) => id !== first.id)] : ids;
}
