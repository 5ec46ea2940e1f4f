import { setImmediate } from 'node:timers/promises';
import type { SqlWords } from './engine.ts';
import { toKey } from './key.ts';
import type { DatabaseTransaction, Tables } from './tables.ts';

/** Tables of what scopes brought, by scope and id. */
const TABLES = ['facts', 'traffic'] as const;
type ScopeTable = (typeof TABLES)[number];

/** Rows deleted by one statement. */
const BATCH_SIZE = 1_000;
/** Rows read by one query. */
const READ_SIZE = 5_000;

/** All rows of a table, or those whose id begins so, a page at a time; others get their turn between two pages. */
export async function* pagesOf<Table extends ScopeTable>(
  transaction: DatabaseTransaction,
  table: Table,
  prefix?: string,
): AsyncGenerator<readonly Tables[Table][]> {
  let after = { scope: '', id: '' };
  for (;;) {
    const rows = await transaction
      .selectFrom<ScopeTable>(table)
      .selectAll()
      .where((build) =>
        build(build.refTuple('scope', 'id'), '>', build.tuple(after.scope, after.id)),
      )
      .$if(prefix !== undefined, (select) => select.where('id', 'like', `${prefix}%`))
      .orderBy('scope')
      .orderBy('id')
      .limit(READ_SIZE)
      .execute();
    yield rows as Tables[Table][]; // of all columns of this table
    const last = rows.at(-1);
    if (last === undefined || rows.length < READ_SIZE) return;
    after = last;
    await setImmediate();
  }
}

/** Ids of the rows that a scope has brought. */
export async function idsOf(
  transaction: DatabaseTransaction,
  table: ScopeTable,
  scope: string,
): Promise<Set<string>> {
  const rows = await transaction
    .selectFrom(table)
    .select('id')
    .where('scope', '=', toKey(scope))
    .execute();
  return new Set(rows.map((row) => row.id));
}

/** Removes some of the rows that a scope has brought. */
export async function dropRows(
  transaction: DatabaseTransaction,
  words: SqlWords,
  table: ScopeTable,
  scope: string,
  gone: readonly string[],
): Promise<void> {
  for (let start = 0; start < gone.length; start += BATCH_SIZE) {
    const ids = gone.slice(start, start + BATCH_SIZE);
    await transaction
      .deleteFrom(table)
      .where('scope', '=', toKey(scope))
      .where('id', 'in', (build) => build.selectFrom(words.texts(ids)).select('value'))
      .execute();
  }
}

/** Removes all that a scope has brought. */
export async function withdrawScope(
  transaction: DatabaseTransaction,
  words: SqlWords,
  scope: string,
): Promise<void> {
  await words.lock(transaction, 'replace');
  for (const table of TABLES) {
    await transaction.deleteFrom(table).where('scope', '=', toKey(scope)).execute();
  }
}
