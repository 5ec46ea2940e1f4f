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

/** The entity id of a known endpoint. */
export function endpointIdOf({
  service,
  protocol,
  method,
  template,
}: Pick<GuardedEndpoint, 'service' | 'protocol' | 'method' | 'template'>): string {
  return `${service} ${protocol} ${method} ${template}`;
}

/** The entity id of all endpoints of a service that are not known, which no known one can have. */
export function unknownEndpointId({ id }: PolicyService): string {
  return `${id} unknown`;
}

/** The entity id of what is called. */
export function guardedEndpointId(
  callee: PolicyService,
  endpoint: GuardedCall['endpoint'],
): string {
  return endpoint === undefined ? unknownEndpointId(callee) : endpointIdOf(endpoint);
}
