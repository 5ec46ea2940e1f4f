import { type PolicyParts, policyOf } from '../../authorization/build/index.ts';
import { readGuardrails, resolveGroups } from '../../authorization/guardrails/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { PolicySources } from '../../estate/index.ts';

export interface MadePolicy {
  readonly policy: Policy;
  /** What is wrong with guardrails and groups. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The policy of an estate, with what files say of guardrails and groups. Cedar is loaded where there are guardrails. */
export function makePolicy(
  sources: PolicySources,
  parts: Omit<PolicyParts, 'groups' | 'guardrails'>,
): MadePolicy {
  const { groups, diagnostics } = resolveGroups(sources.groups, parts.estate.services);
  const read = sources.guardrails.length === 0 ? NONE : readGuardrails(sources.guardrails);
  const policy = policyOf({ ...parts, groups, guardrails: read.guardrails });
  return { policy, diagnostics: [...diagnostics, ...read.diagnostics] };
}

const NONE = { guardrails: [], diagnostics: [] };
