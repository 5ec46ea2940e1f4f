import type { Diagnostic } from '../../../base/diagnostic.ts';
import { quote } from '../../../base/fault.ts';
import type { GuardrailJudge, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import { isWide, type OperationPattern, sameShape } from '../../operations/index.ts';
import { aboutGrant, type LintContext, type ReadEndpoint } from './context.ts';

/** Grants of one operation that can never be allowed: its endpoint is blocked, or a guardrail denies whatever is
 *  requested. */
export function forbiddenGrants(
  { services, grants, endpointsOf }: LintContext,
  judge: GuardrailJudge,
): Diagnostic[] {
  return grants.flatMap(({ grant, operation }) => {
    const [caller, callee] = [services.get(grant.from), services.get(grant.to)];
    if (!caller || !callee || !operation || isWide(operation)) return [];
    const endpoints = (endpointsOf.get(grant.to) ?? []).filter((one) => isOf(one, operation));
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

function isOf({ operation: known }: ReadEndpoint, operation: OperationPattern): boolean {
  if (known.kind === 'named' && operation.kind === 'named') {
    return known.method === operation.method && known.name === operation.name;
  }
  return (
    known.kind === 'http' &&
    operation.kind === 'http' &&
    [operation.method, '*'].includes(known.method) &&
    sameShape(known.path, operation.path)
  );
}
