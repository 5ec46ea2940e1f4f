import type { Authorization } from '../../../authorization/authorization.ts';
import type { Operation } from '../../operation.ts';
import { opaOperations } from './opa.ts';
import { policyOperations } from './policy.ts';

/** Who may call whom: as it is in force, and for those who enforce it. */
export function authorizationOperations(
  authorization: Authorization,
  clock: () => number,
): Operation[] {
  return [...policyOperations(authorization, clock), ...opaOperations(authorization)];
}
