import type { ServerSecrets } from '../../../secrets/secrets.ts';
import type { Operation } from '../../operation.ts';
import { driftOperations } from './drift.ts';
import { secretListOperations } from './lists.ts';
import { rotationOperations } from './rotations.ts';
import { secretValueOperations } from './values.ts';
import { vaultOperations } from './vault.ts';
import { rotationWorkOperations } from './work.ts';

/** Secrets, as people see, make, renew and revoke them. */
export function secretOperations(secrets: ServerSecrets): Operation[] {
  return [
    ...secretListOperations(secrets),
    ...secretValueOperations(secrets),
    ...rotationOperations(secrets),
    ...rotationWorkOperations(secrets),
    ...driftOperations(secrets),
    ...vaultOperations(secrets),
  ];
}
