import type { Rotator } from '../../rotation/rotator.ts';
import { DATABASES } from '../accounts/databases.ts';
import { accountRotator } from '../accounts/rotator.ts';
import { postgresAccounts } from './accounts.ts';
import { PostgresRotation } from './config.ts';

export { PostgresRotation } from './config.ts';

/** Renews passwords of roles in PostgreSQL. */
export const postgresRotator: Rotator<PostgresRotation> = accountRotator(
  'postgres',
  PostgresRotation,
  postgresAccounts,
  DATABASES,
);
