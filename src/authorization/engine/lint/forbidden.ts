import type { Diagnostic } from '../../../base/diagnostic.ts';
import { quote } from '../../../base/fault.ts';
import type { GuardrailJudge, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import { EVERY_METHOD, isWide } from '../../operations/index.ts';
import { aboutGrant, type KnownOperation, type LintContext, type ReadEndpoint } from './context.ts';

/** Grants of one operation that can never be allowed: its endpoint is blocked, or a guardrail denies whatever is
 *  requested. */
export function forbiddenGrants(
  { services, grants, alike }: LintContext,
  judge: GuardrailJudge,
): Diagnostic[] {
  return grants.flatMap(({ grant, operation }) => {
    const [caller, callee] = [services.get(grant.from), services.get(grant.to)];
    if (!caller || !callee || !operation || operation.kind === 'every' || isWide(operation)) {
      return [];
    }
    const endpoints = alike(grant.to, operation).filter((one) => isOf(one, operation));
    const why = denialOf(
      judge,
      caller,
      callee,
      endpoints.map(({ endpoint }) => endpoint),
    );
    return why === undefined
      ? []
      : [
          aboutGrant(grant, {
            severity: 'warning',
            code: 'authorization/grant-forbidden',
            message: `${quote(grant.operation)} of ${quote(grant.to)} is declared, but never allowed: ${why}`,
          }),
        ];
  });
}

function denialOf(
  judge: GuardrailJudge,
  caller: PolicyService,
  callee: PolicyService,
  endpoints: readonly PolicyEndpoint[],
): string | undefined {
  if (endpoints.some(({ blocked }) => blocked)) return 'the endpoint is blocked';
  for (const endpoint of endpoints) {
    const verdict = judge.standing({ caller, callee, endpoint });
    if (verdict.kind === 'forbids') return `guardrail ${quote(verdict.id)} forbids it`;
    if (verdict.kind === 'failed')
      return `guardrail ${quote(verdict.id)} fails: ${verdict.problem}`;
    if (verdict.kind === 'depends' && verdict.denies) {
      return `guardrail ${quote(verdict.ids[0])} or another forbids it`;
    }
  }
  return undefined;
}

/** Of one that is alike, whether it is the same also by its method. */
function isOf({ operation: known }: ReadEndpoint, operation: KnownOperation): boolean {
  return (
    known.kind === operation.kind &&
    (known.method === operation.method || known.method === EVERY_METHOD)
  );
}
