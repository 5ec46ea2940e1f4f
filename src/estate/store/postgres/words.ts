import { sql } from 'kysely';
import type { LockName, SqlWords, TextRow } from '../engine.ts';

/** Advisory locks are numbers that all programs of a database share: ours begin with `reev`. */
const LOCKS: Readonly<Record<LockName, number>> = {
  migrate: 1,
  replace: 2,
  publish: 3,
  decide: 4,
};
const LOCK_CLASS = 0x72656576;

/** Arrays rather than JSON, whose functions refuse `\\u0000`.
 *  @see https://www.postgresql.org/docs/15/functions-array.html */
export const postgresWords: SqlWords = {
  // the database's own collation differs from machine to machine
  keyType: sql`text collate "C"`,
  sequenceType: sql`bigint generated always as identity`,
  pairs: (pairs) =>
    sql<{ key: string; value: string }>`${unnest([[...pairs.keys()], [...pairs.values()]])}`.as(
      sql<'item'>`item(key, value)`,
    ),
  texts: (texts) => sql<{ value: string }>`${unnest([texts])}`.as(sql<'item'>`item(value)`),
  rows: (columns, rows) => {
    const names = sql.join(columns.map((column) => sql.id(column)));
    const values = columns.map((column) => rows.map((row) => row[column] ?? null));
    return sql<TextRow>`${unnest(values)}`.as(sql<'item'>`item(${names})`);
  },
  contains: (column, text) => sql<boolean>`strpos(${sql.ref(column)}, ${text} collate "C") > 0`,
  earlier: 'least',
  later: 'greatest',
  lock: async (transaction, name) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK_CLASS)}, ${sql.lit(LOCKS[name])})`.execute(
      transaction,
    );
  },
};

function unnest(columns: readonly (readonly (string | null)[])[]) {
  return sql`unnest(${sql.join(columns.map((values) => sql`cast(${sql.val(values)} as text[])`))})`;
}
