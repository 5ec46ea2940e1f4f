import { addAuditTree } from './audit-tree.ts';
import type { SqlWords } from './engine.ts';
import { createJudged, required } from './judged-table.ts';
import type { DatabaseTransaction } from './tables.ts';
import { addWorkflow } from './workflow-tables.ts';

/** One step of the schema. It runs in a transaction and may not be changed once it is released. */
export interface Migration {
  readonly name: string;
  apply(transaction: DatabaseTransaction, words: SqlWords): Promise<void>;
}

/** The schema's history, oldest first. A database's version is the number of steps it has taken. */
export const MIGRATIONS: readonly Migration[] = [
  { name: 'facts, judged entities, findings and answers', apply: createTables },
  { name: 'traffic, decisions and the audit log', apply: addWorkflow },
  { name: 'documents', apply: addDocuments },
  { name: 'the tree of the audit log', apply: addAuditTree },
];

/** Columns that lists filter by, for each judged table of the first version. */
const FILTER_COLUMNS = {
  environments: [],
  owners: [],
  services: ['environment', 'namespace', 'kind', 'owner', 'exposure', 'criticality'],
  endpoints: ['environment', 'service', 'protocol', 'method', 'status', 'owner', 'criticality'],
  calls: ['environment', 'from', 'to', 'authentication'],
  credentials: ['environment', 'service', 'kind', 'owner'],
  findings: ['state', 'environment', 'control', 'severity', 'subject'],
} as const;

/** Filters that leave so few rows that an index of their own is worth its upkeep. */
const SELECTIVE_COLUMNS = {
  endpoints: ['service'],
  calls: ['from', 'to'],
  credentials: ['service'],
  findings: ['subject'],
} as const;

async function createTables(transaction: DatabaseTransaction, words: SqlWords): Promise<void> {
  const { schema } = transaction;
  await schema
    .createTable('facts')
    .addColumn('scope', words.keyType, required)
    .addColumn('id', words.keyType, required)
    .addColumn('body', 'text', required)
    .addColumn('first_seen', words.keyType, required)
    .addColumn('last_seen', words.keyType, required)
    .addPrimaryKeyConstraint('facts_key', ['scope', 'id'])
    .execute();
  for (const [table, filters] of Object.entries(FILTER_COLUMNS)) {
    await createJudged(transaction, words, table, filters);
  }
  for (const [table, columns] of Object.entries(SELECTIVE_COLUMNS)) {
    for (const column of columns) {
      const index = schema.createIndex(`${table}_${column}`).on(table);
      await index.columns([column, 'position']).execute();
    }
  }
  await schema
    .createTable('answers')
    .addColumn('sequence', words.sequenceType, (column) => column.primaryKey())
    .addColumn('at', words.keyType, required)
    .addColumn('body', 'text', required)
    .execute();
}

async function addDocuments(transaction: DatabaseTransaction, words: SqlWords): Promise<void> {
  await transaction.schema
    .createTable('documents')
    .addColumn('kind', words.keyType, required)
    .addColumn('id', words.keyType, required)
    .addColumn('version', 'integer', required)
    .addColumn('change', words.keyType, required)
    .addColumn('body', 'text', required)
    .addPrimaryKeyConstraint('documents_key', ['kind', 'id'])
    .execute();
}

/** The table of migrations itself, which is there before the first of them. */
export async function createMigrationsTable(
  transaction: DatabaseTransaction,
  words: SqlWords,
): Promise<void> {
  await transaction.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('version', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', required)
    .addColumn('applied_at', words.keyType, required)
    .execute();
}
