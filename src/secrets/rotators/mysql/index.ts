import type { Rotator } from '../../rotation/rotator.ts';
import { DATABASES } from '../accounts/databases.ts';
import { accountRotator } from '../accounts/rotator.ts';
import { mysqlAccounts } from './accounts.ts';
import { MysqlRotation } from './config.ts';

export { MysqlRotation } from './config.ts';

/** Renews passwords of accounts in MariaDB and MySQL. */
export const mysqlRotator: Rotator<MysqlRotation> = accountRotator(
  'mysql',
  MysqlRotation,
  mysqlAccounts,
  DATABASES,
);
