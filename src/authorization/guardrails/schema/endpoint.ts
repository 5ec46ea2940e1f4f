import { endpointId } from '../../../estate/words.ts';
import type { GuardContext, GuardedCall, PolicyService } from '../../model/index.ts';
import type { GuardedEndpoint } from './attributes.ts';

/** The endpoint of a call as guardrails see it; where none is known, one that has what its service has, and else what
 *  the request has. */
export function toGuardedEndpoint(
  { callee, endpoint }: Omit<GuardedCall, 'caller'>,
  request: Pick<GuardContext, 'protocol' | 'method' | 'path'>,
): GuardedEndpoint {
  if (endpoint !== undefined) return { ...endpoint, known: true };
  const { id, owner, criticality, sensitivity } = callee;
  return {
    service: id,
    protocol: request.protocol,
    method: request.method,
    template: request.path,
    owner,
    criticality,
    sensitivity,
    deprecated: false,
    blocked: false,
    known: false,
  };
}

/** The entity id of an endpoint. All that are not known have one of their service, which no known one can have. */
export function guardedEndpointId(
  callee: PolicyService,
  endpoint: GuardedCall['endpoint'],
): string {
  if (endpoint === undefined) return `${callee.id} unknown`;
  return endpointId(endpoint.service, endpoint.protocol, endpoint.method, endpoint.template);
}
