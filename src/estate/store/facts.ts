import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Fact, nameFact, type StoredFact } from '../fact.ts';
import type { SqlWords } from './engine.ts';
import { toKey } from './key.ts';
import { dropRows, idsOf, pagesOf } from './scope-rows.ts';
import type { DatabaseTransaction } from './tables.ts';

/** Facts written by one statement. */
const BATCH_SIZE = 2_000;

/** What one scope has seen at one time. */
export interface Sighting {
  readonly scope: string;
  readonly facts: readonly Fact[];
  /** RFC 3339 in UTC with milliseconds, so that times compare as texts. */
  readonly at: string;
}

/** Adds facts; known ones keep their earliest and latest time. Gives their names. */
export async function foldFacts(
  transaction: DatabaseTransaction,
  words: SqlWords,
  { scope, facts, at }: Sighting,
): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  for (let start = 0; start < facts.length; start += BATCH_SIZE) {
    // an embedded database works in this thread: others get their turn between two batches
    if (start > 0) await setImmediate();
    const bodies = new Map<string, string>();
    for (const fact of facts.slice(start, start + BATCH_SIZE)) {
      const { id, body } = nameFact(fact);
      bodies.set(id, body);
      seen.add(id);
    }
    await upsertFacts(transaction, words, toKey(scope), bodies, at);
  }
  return seen;
}

function upsertFacts(
  transaction: DatabaseTransaction,
  words: SqlWords,
  scope: string,
  bodies: ReadonlyMap<string, string>,
  at: string,
): Promise<unknown> {
  // in one order everywhere, so that two writers cannot wait for each other's rows
  const pairs = new Map([...bodies].sort(([a], [b]) => (a < b ? -1 : 1)));
  return transaction
    .insertInto('facts')
    .columns(['scope', 'id', 'body', 'first_seen', 'last_seen'])
    .expression((build) =>
      build
        .selectFrom(words.pairs(pairs))
        .select([
          sql<string>`${scope}`.as('scope'),
          'item.key as id',
          'item.value as body',
          sql<string>`${at}`.as('first_seen'),
          sql<string>`${at}`.as('last_seen'),
        ])
        // keeps SQLite from reading `on conflict` as a join's condition
        .where(sql<boolean>`true`),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['scope', 'id'])
        .doUpdateSet({
          first_seen: earliest(words),
          last_seen: latest(words),
        })
        .where((build) =>
          build.or([
            build('facts.first_seen', '>', build.ref('excluded.first_seen')),
            build('facts.last_seen', '<', build.ref('excluded.last_seen')),
          ]),
        ),
    )
    .execute();
}

function earliest(words: SqlWords) {
  return sql<string>`${sql.raw(words.earlier)}(facts.first_seen, excluded.first_seen)`;
}

function latest(words: SqlWords) {
  return sql<string>`${sql.raw(words.later)}(facts.last_seen, excluded.last_seen)`;
}

/** Makes `facts` the scope's whole truth. */
export async function replaceFacts(
  transaction: DatabaseTransaction,
  words: SqlWords,
  sighting: Sighting,
): Promise<void> {
  await words.lock(transaction, 'replace');
  const kept = await foldFacts(transaction, words, sighting);
  const known = await idsOf(transaction, 'facts', sighting.scope);
  const gone = [...known].filter((id) => !kept.has(id));
  await dropRows(transaction, words, 'facts', sighting.scope, gone);
}

/** Every fact, or those of one entity, once, with the span over all scopes that bring it. */
export async function readFacts(
  transaction: DatabaseTransaction,
  entity?: Fact['entity'],
): Promise<readonly StoredFact[]> {
  const found = new Map<string, StoredFact>();
  // the name of a fact begins with its entity
  const prefix = entity && `${entity}-`;
  for await (const rows of pagesOf(transaction, 'facts', prefix)) {
    for (const row of rows) {
      const other = found.get(row.id);
      found.set(row.id, {
        fact: other?.fact ?? (JSON.parse(row.body) as Fact),
        firstSeen: other && other.firstSeen < row.first_seen ? other.firstSeen : row.first_seen,
        lastSeen: other && other.lastSeen > row.last_seen ? other.lastSeen : row.last_seen,
      });
    }
  }
  return [...found.values()];
}
