import { lintPolicy } from '../../authorization/engine/index.ts';
import { CedarJudge, lintGuardrails } from '../../authorization/guardrails/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import { compareDiagnostics, type Diagnostic, toPlace } from '../../base/diagnostic.ts';
import type { PolicySources } from '../../estate/index.ts';

/** What of a policy and its guardrails contradicts itself, is superfluous, or never matches; by file, line and column. */
export function lint(policy: Policy, { groups }: Pick<PolicySources, 'groups'>): Diagnostic[] {
  const ofGuardrails = lintGuardrails(
    policy,
    groups.map(({ name }) => name),
  );
  const forbidden = new Set(ofGuardrails.filter(isForbiddenCall).map(toPlace));
  return [
    ...ofGuardrails,
    // said better of guardrails, which know their reason
    ...lintPolicy(policy, new CedarJudge(policy.guardrails)).filter(
      (one) => one.code !== 'authorization/grant-forbidden' || !forbidden.has(toPlace(one)),
    ),
  ].sort(compareDiagnostics);
}

function isForbiddenCall({ code }: Diagnostic): boolean {
  return code === 'guardrail/forbids-declared';
}
