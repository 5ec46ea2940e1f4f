import { z } from 'zod';
import { connectionShape, nameOf, turns } from '../config.ts';

/** PostgreSQL cuts longer names (NAMEDATALEN). */
const Name = nameOf(63);

/** A PostgreSQL server, and the database that values are for. */
export const postgresShape = {
  ...connectionShape,
  port: z.int().min(1).max(65_535).default(5_432),
  database: Name.describe('What values are for, and what is connected to'),
};

/** How roles of a PostgreSQL server are rotated. */
export const PostgresRotation = z.strictObject({ ...postgresShape, accounts: turns(Name) });
export type PostgresRotation = z.infer<typeof PostgresRotation>;

/** What is needed to connect. */
export type PostgresServer = Omit<PostgresRotation, 'accounts'>;
