import type { GuardContext, GuardedCall } from '../../model/index.ts';
import { loadCedar } from '../language/cedar.ts';
import { CALL, ENTITY_TYPES } from '../names.ts';
import {
  endpointEntityJson,
  guardedEndpointId,
  serviceEntityJson,
  toGuardedEndpoint,
} from '../schema/index.ts';

/** What Cedar itself says of each policy: satisfied, failed, or neither. */
export interface Outcome {
  readonly satisfied: readonly string[];
  readonly failed: readonly string[];
}

/** Cedar's own answer; every one of the policies forbids. */
export function askOracle(
  policies: Readonly<Record<string, unknown>>,
  call: GuardedCall,
  context: GuardContext,
): Outcome {
  const id = guardedEndpointId(call.callee, call.endpoint);
  const services = new Set([call.caller, call.callee]);
  const answer = loadCedar().isAuthorized({
    principal: { type: ENTITY_TYPES.service, id: call.caller.id },
    action: { type: ENTITY_TYPES.action, id: CALL },
    resource: { type: ENTITY_TYPES.endpoint, id },
    context: { ...context },
    policies: { staticPolicies: policies as Record<string, string> },
    entities: [
      ...[...services].map(serviceEntityJson),
      endpointEntityJson(id, toGuardedEndpoint(call, context)),
    ] as never,
  });
  if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
  const { reason, errors } = answer.response.diagnostics;
  return { satisfied: reason.sort(), failed: errors.map(({ policyId }) => policyId).sort() };
}
