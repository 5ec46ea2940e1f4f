import type { Rotator } from '../../rotation/rotator.ts';
import { sqlRotator } from '../sql/rotator.ts';
import { postgresAccounts } from './accounts.ts';
import { PostgresRotation } from './config.ts';

export { PostgresRotation } from './config.ts';

/** Renews passwords of roles in PostgreSQL. */
export const postgresRotator: Rotator<PostgresRotation> = sqlRotator(
  'postgres',
  PostgresRotation,
  postgresAccounts,
);
