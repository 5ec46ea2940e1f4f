import { sql } from 'kysely';
import type { SqlWords } from '../engine.ts';

/** @see https://www.sqlite.org/json1.html */
export const sqliteWords: SqlWords = {
  // compared as bytes (the collation `binary`), which in UTF-8 is the order of code points
  keyType: sql`text`,
  sequenceType: sql`integer`,
  members: (json) => sql`json_each(${json})`,
  items: (json) => sql`json_each(${json})`,
  rows: (columns, json) => {
    const fields = columns.map(
      (column) => sql`value ->> ${sql.lit(`$."${column}"`)} as ${sql.id(column)}`,
    );
    return sql`(select ${sql.join(fields)} from json_each(${json}))`;
  },
  contains: (column, text) => sql<boolean>`instr(${sql.ref(column)}, ${text}) > 0`,
  earlier: 'min',
  later: 'max',
  // a transaction that writes is the only one from its beginning
  lock: () => Promise.resolve(),
};
