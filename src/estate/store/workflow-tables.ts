import { sql } from 'kysely';
import type { SqlWords } from './engine.ts';
import { createJudged, required } from './judged-table.ts';
import type { DatabaseTransaction } from './tables.ts';

/** The schema's second step: what traffic shows of endpoints, what people decide of them, who changed
 *  what, and lists of endpoints that can be filtered by it. */
export async function addWorkflow(
  transaction: DatabaseTransaction,
  words: SqlWords,
): Promise<void> {
  await createTraffic(transaction, words);
  await createDecisions(transaction, words);
  await createAudit(transaction, words);
  await createJudged(transaction, words, 'summaries', []);
  await widenEndpoints(transaction, words);
}

async function createTraffic({ schema }: DatabaseTransaction, words: SqlWords): Promise<void> {
  await schema
    .createTable('traffic')
    .addColumn('scope', words.keyType, required)
    .addColumn('id', words.keyType, required)
    .addColumn('body', 'text', required)
    .addPrimaryKeyConstraint('traffic_key', ['scope', 'id'])
    .execute();
}

async function createDecisions({ schema }: DatabaseTransaction, words: SqlWords): Promise<void> {
  await schema
    .createTable('decisions')
    .addColumn('id', words.keyType, (column) => column.primaryKey().notNull())
    .addColumn('kind', words.keyType, required)
    .addColumn('subject', words.keyType, required)
    .addColumn('action', words.keyType, required)
    .addColumn('at', words.keyType, required)
    .addColumn('fact', words.keyType)
    .addColumn('body', 'text', required)
    .execute();
  await schema
    .createIndex('decisions_subject')
    .on('decisions')
    .columns(['kind', 'subject'])
    .execute();
}

async function createAudit({ schema }: DatabaseTransaction, words: SqlWords): Promise<void> {
  await schema
    .createTable('audit')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey().notNull())
    .addColumn('change', words.keyType, required)
    .addColumn('at', words.keyType, required)
    .addColumn('actor', words.keyType, required)
    .addColumn('action', words.keyType, required)
    .addColumn('subject', words.keyType, required)
    .addColumn('body', 'text', required)
    .execute();
  for (const column of ['change', 'subject']) {
    const index = schema.createIndex(`audit_${column}`).on('audit');
    await index.columns([column, 'sequence']).execute();
  }
}

/** What endpoints had to say before they had traffic, decisions and reviews. */
const EARLIER_BODY =
  '"criticalityBecause":null,"visibility":"shown","traffic":null,"changes":[],"blocked":false,' +
  '"decisions":[],"review":null,"elsewhere":[]';

const KEPT_FILTERS = [
  'environment',
  'service',
  'protocol',
  'method',
  'status',
  'owner',
  'criticality',
];
const ADDED_FILTERS = ['visibility', 'review', 'blocked', 'observed'];
const KEPT = ['id', ...KEPT_FILTERS, 'position', 'search'];

/** Makes the table anew, so that its filters stand before the body. What it held is listed until it is
 *  judged again, which an empty digest sees to. */
async function widenEndpoints(transaction: DatabaseTransaction, words: SqlWords): Promise<void> {
  const { schema } = transaction;
  await schema.dropIndex('endpoints_list').execute();
  await schema.dropIndex('endpoints_service').execute();
  await schema.alterTable('endpoints').renameTo('endpoints_before').execute();
  await createJudged(transaction, words, 'endpoints', [...KEPT_FILTERS, ...ADDED_FILTERS]);
  // it is too wide for what lists mostly ask for
  await schema.dropIndex('endpoints_list').execute();
  const kept = sql.join(KEPT.map((column) => sql.id(column)));
  await sql`insert into endpoints (${kept}, digest, visibility, blocked, observed, body)
    select ${kept}, '', 'shown', 'false',
      case when ${words.contains('body', '"observed":true')} then 'true' else 'false' end,
      replace(substr(body, 1, 1), '{', ${sql.lit(`{${EARLIER_BODY},`)}) || substr(body, 2)
    from endpoints_before`.execute(transaction);
  await schema.dropTable('endpoints_before').execute();
  await createIndexes(transaction);
}

/** What is listed is in one index, and what is hidden in another: a list looks at nothing that it does
 *  not show. Short columns come first, for a row is decoded up to the last that is asked for. */
async function createIndexes({ schema }: DatabaseTransaction): Promise<void> {
  const short = ['status', 'method', 'protocol', 'environment', 'criticality', 'owner', 'service'];
  const listed = [...short, 'search', 'review', 'blocked', 'observed'];
  await schema
    .createIndex('endpoints_shown')
    .on('endpoints')
    .columns(['position', ...listed])
    .where(sql.ref('visibility'), '=', sql.lit('shown'))
    .execute();
  await schema
    .createIndex('endpoints_hidden')
    .on('endpoints')
    .columns(['position', 'visibility', ...listed])
    .where(sql.ref('visibility'), '<>', sql.lit('shown'))
    .execute();
  await schema
    .createIndex('endpoints_service')
    .on('endpoints')
    .columns(['service', 'visibility', 'position'])
    .execute();
  await schema
    .createIndex('endpoints_review')
    .on('endpoints')
    .columns(['review', 'owner', 'visibility', 'position'])
    .where(sql.ref('review'), 'is not', null)
    .execute();
}
