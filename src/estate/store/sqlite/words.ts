import { sql } from 'kysely';
import type { SqlWords, TextRow } from '../engine.ts';

/** @see https://www.sqlite.org/json1.html */
export const sqliteWords: SqlWords = {
  // compared as bytes (the collation `binary`), which in UTF-8 is the order of code points
  keyType: sql`text`,
  sequenceType: sql`integer`,
  pairs: (pairs) => sql<{ key: string; value: string }>`json_each(${toObject(pairs)})`.as('item'),
  texts: (texts) => sql<{ value: string }>`json_each(${JSON.stringify(texts)})`.as('item'),
  rows: (columns, rows) => {
    const fields = columns.map(
      (column) => sql`value ->> ${sql.lit(`$."${column}"`)} as ${sql.id(column)}`,
    );
    return sql<TextRow>`(select ${sql.join(fields)} from json_each(${JSON.stringify(rows)}))`.as(
      'item',
    );
  },
  contains: (column, text) => sql<boolean>`instr(${sql.ref(column)}, ${text}) > 0`,
  earlier: 'min',
  later: 'max',
  // a transaction that writes is the only one from its beginning
  lock: () => Promise.resolve(),
};

/** The values are JSON already, and are put in as they are: twice as fast as a text that holds JSON. */
function toObject(pairs: ReadonlyMap<string, string>): string {
  const members = Iterator.from(pairs).map(([key, value]) => `${JSON.stringify(key)}:${value}`);
  return `{${[...members].join(',')}}`;
}
