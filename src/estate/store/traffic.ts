import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { canonicalJson } from '../fact.ts';
import type { EndpointTraffic } from '../model.ts';
import type { TrafficOf } from '../store.ts';
import { sumTraffic } from '../traffic-sum.ts';
import type { SqlWords } from './engine.ts';
import { toKey } from './key.ts';
import { dropRows, idsOf, pagesOf } from './scope-rows.ts';
import type { DatabaseTransaction } from './tables.ts';

/** Rows written by one statement. */
const BATCH_SIZE = 1_000;

/** Makes `traffic` all that the scope has seen of endpoints; only rows that differ are written. Of
 *  several rows of one endpoint the last counts. */
export async function replaceTraffic(
  transaction: DatabaseTransaction,
  words: SqlWords,
  scope: string,
  traffic: readonly TrafficOf[],
): Promise<void> {
  const left = await idsOf(transaction, 'traffic', scope);
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
  await dropRows(transaction, words, 'traffic', scope, [...left]);
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

/** What was seen of each endpoint, summed up over the scopes. */
export async function readTraffic(
  transaction: DatabaseTransaction,
): Promise<ReadonlyMap<string, EndpointTraffic>> {
  const found = new Map<string, EndpointTraffic>();
  for await (const rows of pagesOf(transaction, 'traffic')) {
    for (const row of rows) {
      const { id, ...traffic } = JSON.parse(row.body) as TrafficOf;
      const other = found.get(id);
      found.set(id, other ? sumTraffic(other, traffic) : traffic);
    }
  }
  return found;
}
