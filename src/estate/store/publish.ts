import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { canonicalJson } from '../fact.ts';
import type { Answers } from '../model.ts';
import type { JudgedEstate } from '../store.ts';
import type { SqlWords } from './engine.ts';
import { type Row, rowsOf } from './rows.ts';
import type { DatabaseTransaction, JudgedTable } from './tables.ts';

/** Rows written or deleted by one statement. */
const BATCH_SIZE = 500;
/** Rows whose digests are read by one query. */
const READ_SIZE = 10_000;

interface Publication {
  readonly transaction: DatabaseTransaction;
  readonly words: SqlWords;
  readonly at: string;
}

/** Makes the judged tables equal to `judged`, writing only the rows that differ. */
export async function publishJudged(
  transaction: DatabaseTransaction,
  words: SqlWords,
  judged: JudgedEstate,
  at: string,
  summaries?: Readonly<Record<string, unknown>>,
): Promise<void> {
  await words.lock(transaction, 'publish');
  const publication = { transaction, words, at };
  const rows = rowsOf(judged, summaries);
  for (const table of Object.keys(rows) as JudgedTable[]) {
    await updateTable(publication, table, rows[table]);
  }
  await addAnswers(publication, judged.answers);
}

async function updateTable(
  publication: Publication,
  table: JudgedTable,
  rows: Iterable<Row>,
): Promise<void> {
  const left = await digestsOf(publication.transaction, table);
  const changed = new Map<string, Row>();
  const flush = async () => {
    await upsertRows(publication, table, [...changed.values()]);
    changed.clear();
    await setImmediate();
  };
  let seen = 0;
  for (const row of rows) {
    if (left.get(row.id) !== row.digest) changed.set(row.id, row);
    left.delete(row.id);
    if (changed.size >= BATCH_SIZE) await flush();
    // making rows takes time too, even where none has changed
    else if (++seen % READ_SIZE === 0) await setImmediate();
  }
  if (changed.size > 0) await flush();
  const gone = [...left.keys()];
  for (let start = 0; start < gone.length; start += BATCH_SIZE) {
    await dropRows(publication, table, gone.slice(start, start + BATCH_SIZE));
  }
}

/** Digests of what is listed, by id; resolved findings are not. */
async function digestsOf(
  transaction: DatabaseTransaction,
  table: JudgedTable,
): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  let after = '';
  for (;;) {
    const rows = await transaction
      .selectFrom(table as 'findings')
      .select(['id', 'digest'])
      .where('id', '>', after)
      .$if(table === 'findings', (query) => query.where('state', '=', 'open'))
      .orderBy('id')
      .limit(READ_SIZE)
      .execute();
    for (const { id, digest } of rows) digests.set(id, digest);
    if (rows.length < READ_SIZE) return digests;
    after = rows.at(-1)?.id ?? '';
    await setImmediate();
  }
}

async function upsertRows(
  { transaction, words, at }: Publication,
  table: JudgedTable,
  rows: readonly Row[],
): Promise<void> {
  const judged = Object.keys(rows[0] ?? {});
  const opened =
    table === 'findings'
      ? { state: 'open', first_seen: at, last_seen: null, resolved_at: null }
      : {};
  const columns = [...judged, ...Object.keys(opened)];
  const updated = columns.filter((column) => column !== 'id' && column !== 'first_seen');
  const list = sql.join(columns.map((column) => sql.id(column)));
  const values = sql.join([
    ...judged.map((column) => sql.ref(`item.${column}`)),
    ...Object.values(opened).map((value) => sql`cast(${value} as text)`),
  ]);
  const changes = sql.join(
    updated.map((column) => sql`${sql.id(column)} = ${sql.ref(`excluded.${column}`)}`),
  );
  const source = words.rows(judged, rows);
  await sql`insert into ${sql.table(table)} (${list}) select ${values} from ${source} where true
    on conflict (id) do update set ${changes}`.execute(transaction);
}

/** What is gone is deleted; a finding that is gone is resolved. */
async function dropRows(
  { transaction, words, at }: Publication,
  table: JudgedTable,
  ids: readonly string[],
): Promise<void> {
  const items = words.texts(ids);
  if (table !== 'findings') {
    await transaction
      .deleteFrom(table as 'services')
      .where('id', 'in', (build) => build.selectFrom(items).select('value'))
      .execute();
    return;
  }
  const latest = await latestAnswers(transaction);
  await transaction
    .updateTable('findings')
    .set({ state: 'resolved', last_seen: latest?.at ?? at, resolved_at: at })
    .where('id', 'in', (build) => build.selectFrom(items).select('value'))
    .execute();
}

/** Adds to the history, except that a third equal answer in a row moves the second forward. */
async function addAnswers({ transaction, at }: Publication, answers: Answers): Promise<void> {
  const body = canonicalJson(answers);
  const [latest, before] = await transaction
    .selectFrom('answers')
    .selectAll()
    .orderBy('sequence', 'desc')
    .limit(2)
    .execute();
  if (latest?.body === body && (before?.body === body || latest.at === at)) {
    await transaction
      .updateTable('answers')
      .set({ at })
      .where('sequence', '=', latest.sequence)
      .execute();
    return;
  }
  await transaction.insertInto('answers').values({ at, body }).execute();
}

/** The answers of the latest publication, and its time. */
export function latestAnswers(transaction: Pick<DatabaseTransaction, 'selectFrom'>) {
  return transaction
    .selectFrom('answers')
    .select(['at', 'body'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
}
