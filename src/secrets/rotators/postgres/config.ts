import { z } from 'zod';
import { connectionShape, nameOf, turns } from '../sql/config.ts';

/** PostgreSQL cuts longer names (NAMEDATALEN). */
const Name = nameOf(63);

/** How roles of a PostgreSQL server are rotated. */
export const PostgresRotation = z.strictObject({
  ...connectionShape,
  port: z.int().min(1).max(65_535).default(5_432),
  database: Name,
  accounts: turns(Name),
});
export type PostgresRotation = z.infer<typeof PostgresRotation>;
