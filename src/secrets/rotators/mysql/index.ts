import type { Rotator } from '../../rotation/rotator.ts';
import { sqlRotator } from '../sql/rotator.ts';
import { mysqlAccounts } from './accounts.ts';
import { MysqlRotation } from './config.ts';

export { MysqlRotation } from './config.ts';

/** Renews passwords of accounts in MariaDB and MySQL. */
export const mysqlRotator: Rotator<MysqlRotation> = sqlRotator(
  'mysql',
  MysqlRotation,
  mysqlAccounts,
);
