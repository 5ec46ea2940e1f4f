import type { Grant, Policy, PolicyService } from '../model/index.ts';
import type { Coverage } from './covers.ts';
import type { Operation } from './model.ts';
import { operationsByService } from './operations.ts';

export interface Granted {
  readonly caller: PolicyService | undefined;
  readonly callee: PolicyService | undefined;
  /** The endpoints that the grant is about; the operation itself where nobody knows one. */
  readonly operations: readonly Pick<Operation, 'text' | 'endpoint'>[];
}

/** What grants speak of, whatever guardrails say. */
export function grantedOperations(policy: Policy, coverage: Coverage): (grant: Grant) => Granted {
  const services = new Map(policy.services.map((service) => [service.id, service]));
  const byService = operationsByService(policy);
  return ({ from, to, operation }) => {
    const known = (byService.get(to) ?? []).filter((one) => coverage.byGrant(operation, one));
    return {
      caller: services.get(from),
      callee: services.get(to),
      operations: known.length > 0 ? known : [{ text: operation, endpoint: undefined }],
    };
  };
}
