import { sql } from 'kysely';
import type { LockName, SqlWords } from '../engine.ts';

/** Advisory locks are numbers that all programs of a database share: ours begin with `reev`. */
const LOCKS: Readonly<Record<LockName, number>> = { migrate: 1, replace: 2, publish: 3 };
const LOCK_CLASS = 0x72656576;

/** @see https://www.postgresql.org/docs/15/functions-json.html */
export const postgresWords: SqlWords = {
  // the database's own collation differs from machine to machine
  keyType: sql`text collate "C"`,
  sequenceType: sql`bigint generated always as identity`,
  members: (json) => sql`json_each_text(cast(${json} as json))`,
  items: (json) => sql`json_array_elements_text(cast(${json} as json))`,
  rows: (columns, json) => {
    const fields = columns.map((column) => sql`${sql.id(column)} text`);
    return sql`(select * from json_to_recordset(cast(${json} as json)) as field(${sql.join(fields)}))`;
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
