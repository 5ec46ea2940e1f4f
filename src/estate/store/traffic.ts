import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { canonicalJson } from '../fact.ts';
import type { EndpointTraffic } from '../model.ts';
import type { TrafficOf } from '../store.ts';
import { sumTraffic } from '../traffic-sum.ts';
import type { SqlWords } from './engine.ts';
import { toKey } from './key.ts';
import type { DatabaseTransaction } from './tables.ts';

/** Rows written or deleted by one statement. */
const BATCH_SIZE = 1_000;
/** Rows read by one query. */
const READ_SIZE = 5_000;

/** Makes `traffic` all that the scope has seen of endpoints; only rows that differ are written. Of
 *  several rows of one endpoint the last counts. */
export async function replaceTraffic(
  transaction: DatabaseTransaction,
  words: SqlWords,
  scope: string,
  traffic: readonly TrafficOf[],
): Promise<void> {
  const left = await knownIds(transaction, scope);
  for (let start = 0; start < traffic.length; start += BATCH_SIZE) {
    if (start > 0) await setImmediate();
    const bodies = new Map<string, string>();
    for (const seen of traffic.slice(start, start + BATCH_SIZE)) {
      const id = toKey(seen.id);
      bodies.set(id, canonicalJson(seen));
      left.delete(id);
    }
    await upsertTraffic(transaction, words, scope, bodies);
  }
  await dropTraffic(transaction, words, scope, [...left]);
}

async function knownIds(transaction: DatabaseTransaction, scope: string): Promise<Set<string>> {
  const rows = await transaction
    .selectFrom('traffic')
    .select('id')
    .where('scope', '=', toKey(scope))
    .execute();
  return new Set(rows.map((row) => row.id));
}

async function upsertTraffic(
  transaction: DatabaseTransaction,
  words: SqlWords,
  scope: string,
  bodies: ReadonlyMap<string, string>,
): Promise<void> {
  await transaction
    .insertInto('traffic')
    .columns(['scope', 'id', 'body'])
    .expression((build) =>
      build
        .selectFrom(words.pairs(bodies))
        .select([sql<string>`${toKey(scope)}`.as('scope'), 'item.key as id', 'item.value as body'])
        // keeps SQLite from reading `on conflict` as a join's condition
        .where(sql<boolean>`true`),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['scope', 'id'])
        .doUpdateSet({ body: (build) => build.ref('excluded.body') })
        .whereRef('traffic.body', '<>', 'excluded.body'),
    )
    .execute();
}

async function dropTraffic(
  transaction: DatabaseTransaction,
  words: SqlWords,
  scope: string,
  gone: readonly string[],
): Promise<void> {
  for (let start = 0; start < gone.length; start += BATCH_SIZE) {
    const ids = gone.slice(start, start + BATCH_SIZE);
    await transaction
      .deleteFrom('traffic')
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
  await transaction.deleteFrom('facts').where('scope', '=', toKey(scope)).execute();
  await transaction.deleteFrom('traffic').where('scope', '=', toKey(scope)).execute();
}

/** What was seen of each endpoint, summed up over the scopes. */
export async function readTraffic(
  transaction: DatabaseTransaction,
): Promise<ReadonlyMap<string, EndpointTraffic>> {
  const found = new Map<string, EndpointTraffic>();
  let after = { scope: '', id: '' };
  for (;;) {
    const rows = await transaction
      .selectFrom('traffic')
      .selectAll()
      .where((build) =>
        build(build.refTuple('scope', 'id'), '>', build.tuple(after.scope, after.id)),
      )
      .orderBy('scope')
      .orderBy('id')
      .limit(READ_SIZE)
      .execute();
    for (const row of rows) {
      const { id, ...traffic } = JSON.parse(row.body) as TrafficOf;
      const other = found.get(id);
      found.set(id, other ? sumTraffic(other, traffic) : traffic);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < READ_SIZE) return found;
    after = last;
    await setImmediate();
  }
}
