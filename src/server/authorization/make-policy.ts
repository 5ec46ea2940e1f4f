import { type PolicyParts, policyOf } from '../../authorization/build/index.ts';
import {
  type GuardrailReading,
  readGuardrails,
  resolveGroups,
} from '../../authorization/guardrails/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { PolicySources } from '../../estate/index.ts';

export interface MadePolicy {
  readonly policy: Policy;
  /** What is wrong with guardrails and groups. */
  readonly diagnostics: readonly Diagnostic[];
}

export const NO_GUARDRAILS: GuardrailReading = { guardrails: [], diagnostics: [] };

/** The policy of an estate, with what files say of guardrails and groups.
 *  @param read the guardrails of the sources; read here if undefined, which loads Cedar */
export function makePolicy(
  sources: PolicySources,
  parts: Omit<PolicyParts, 'groups' | 'guardrails'>,
  read: GuardrailReading = readHere(sources),
): MadePolicy {
  const { groups, guardrails, diagnostics } = resolveGroups(
    sources,
    parts.estate.services,
    read.guardrails,
  );
  const policy = policyOf({ ...parts, groups, guardrails });
  return { policy, diagnostics: [...diagnostics, ...read.diagnostics] };
}

function readHere({ guardrails }: PolicySources): GuardrailReading {
  return guardrails.length === 0 ? NO_GUARDRAILS : readGuardrails(guardrails);
}
