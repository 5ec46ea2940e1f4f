import type { CreateTableBuilder } from 'kysely';
import type { SqlWords } from './engine.ts';
import type { DatabaseTransaction } from './tables.ts';

/** Creates a judged table. Bodies stand last and the index holds everything that is filtered, searched
 *  or sorted by: a list is found in the index alone, whatever its filters, and only its page reads
 *  rows. Migrations are built on this: what it makes does not change. */
export async function createJudged(
  transaction: DatabaseTransaction,
  words: SqlWords,
  table: string,
  filters: readonly string[],
): Promise<void> {
  let builder: CreateTableBuilder<string, string> = transaction.schema
    .createTable(table)
    .addColumn('id', words.keyType, (column) => column.primaryKey().notNull())
    .addColumn('digest', words.keyType, required);
  for (const filter of filters) builder = builder.addColumn(filter, words.keyType);
  if (table === 'findings') {
    builder = builder
      .addColumn('first_seen', words.keyType, required)
      .addColumn('last_seen', words.keyType)
      .addColumn('resolved_at', words.keyType);
  }
  await builder
    .addColumn('position', words.keyType, required)
    .addColumn('search', words.keyType, required)
    .addColumn('body', 'text', required)
    .execute();
  await transaction.schema
    .createIndex(`${table}_list`)
    .on(table)
    .columns(['position', ...filters, 'search'])
    .execute();
}

/** For a column that always holds something. */
export function required<Column extends { notNull(): Column }>(column: Column): Column {
  return column.notNull();
}
