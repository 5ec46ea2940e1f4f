import { compareDiagnostics, type Diagnostic } from '../../../base/diagnostic.ts';
import type { GuardrailJudge, Policy } from '../../model/index.ts';
import { toContext } from './context.ts';
import { forbiddenGrants } from './forbidden.ts';
import { redundantGrants, unknownOperations, unreadableOperations } from './operations.ts';
import {
  bareCallees,
  confusableServices,
  sharedIdentities,
  unknownServices,
  unprovableCallers,
} from './services.ts';

/** Diagnostics of a policy beyond these are counted, not listed. */
const MAX_DIAGNOSTICS = 10_000;

const LINTS = [
  unknownServices,
  bareCallees,
  unprovableCallers,
  sharedIdentities,
  confusableServices,
  unreadableOperations,
  unknownOperations,
  redundantGrants,
  forbiddenGrants,
] as const;

/** What of a policy contradicts itself, is superfluous, or never matches, with the lines that declare it: sorted by
 *  place. None of it changes a decision. */
export function lintPolicy(policy: Policy, judge: GuardrailJudge): Diagnostic[] {
  const context = toContext(policy);
  const found = LINTS.flatMap((lint) => lint(context, judge)).sort(compareDiagnostics);
  if (found.length <= MAX_DIAGNOSTICS) return found;
  return [
    ...found.slice(0, MAX_DIAGNOSTICS),
    {
      severity: 'warning',
      code: 'authorization/too-many',
      message: `${found.length - MAX_DIAGNOSTICS} further diagnostics are not listed; at most ${MAX_DIAGNOSTICS} are`,
    },
  ];
}
