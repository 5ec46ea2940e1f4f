import { z } from 'zod';
import { connectionShape, nameOf, turns } from '../config.ts';

/** MySQL's bound; MariaDB's is 80, and later 128. */
const User = nameOf(32);

/** How accounts of a MariaDB or MySQL server are rotated. */
export const MysqlRotation = z.strictObject({
  ...connectionShape,
  port: z.int().min(1).max(65_535).default(3_306),
  database: nameOf(64).describe('What values are for, and what is connected to'),
  /** The second part of each account's name. */
  from: nameOf(255)
    .default('%')
    .describe('From where the accounts log in: the host in ‘user’@‘host’'),
  accounts: turns(User),
});
export type MysqlRotation = z.infer<typeof MysqlRotation>;
