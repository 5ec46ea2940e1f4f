import { Fault, quote } from '../../base/fault.ts';
import type { AuditEntry } from '../decision.ts';
import type { DocumentChange, StoredDocument } from '../document.ts';
import type { NewAuditEntry } from '../store.ts';
import { type AppendAudit, readChange } from './audit.ts';
import type { SqlWords } from './engine.ts';
import { toKey } from './key.ts';
import type { Database, DatabaseTransaction } from './tables.ts';

/** Documents to change and entries to append, named as a whole by `change`. */
interface Amendment {
  readonly changes: readonly DocumentChange[];
  readonly entries: readonly NewAuditEntry[];
  readonly change: string;
}

/** All documents of one kind, by id. */
export async function readDocuments(
  transaction: DatabaseTransaction,
  kind: string,
): Promise<readonly StoredDocument[]> {
  const rows = await transaction
    .selectFrom('documents')
    .select(['version', 'body'])
    .where('kind', '=', toKey(kind))
    .orderBy('id')
    .execute();
  return rows.map(({ version, body }) => {
    const kept: { id: string; body: unknown } = JSON.parse(body);
    return { kind, id: kept.id, version, body: kept.body };
  });
}

/** One document, as it is now. */
export async function readDocument(
  transaction: DatabaseTransaction,
  kind: string,
  id: string,
): Promise<StoredDocument | undefined> {
  const row = await transaction
    .selectFrom('documents')
    .select(['version', 'body'])
    .where('kind', '=', toKey(kind))
    .where('id', '=', toKey(id))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { body }: { body: unknown } = JSON.parse(row.body);
  return { kind, id, version: row.version, body };
}

/** The versions of those that are there, by id. */
export async function readVersions(
  database: Database,
  kind: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const keys = new Map(ids.map((id) => [toKey(id), id]));
  const versions = new Map<string, number>();
  for (const batch of batches([...keys.keys()])) {
    const rows = await database
      .selectFrom('documents')
      .select(['id', 'version'])
      .where('kind', '=', toKey(kind))
      .where('id', 'in', batch)
      .execute();
    for (const { id, version } of rows) versions.set(keys.get(id) ?? id, version);
  }
  return versions;
}

/** Ids that one query asks for. */
const BATCH_SIZE = 500;

function* batches<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    yield items.slice(start, start + BATCH_SIZE);
  }
}

/** Makes all changes or none. Made a second time, as after a lost acknowledgement, they change nothing
 *  and give the entries of the first time.
 *  @throws {Fault} `estate/document-conflict` */
export async function amendDocuments(
  transaction: DatabaseTransaction,
  { words, append }: { readonly words: SqlWords; readonly append: AppendAudit },
  amendment: Amendment,
): Promise<readonly AuditEntry[]> {
  const { changes, entries, change } = amendment;
  await words.lock(transaction, 'decide');
  if (await isMade(transaction, amendment)) return readChange(transaction, change);
  for (const one of changes) {
    if (!(await makeChange(transaction, one, change))) throw conflict(one);
  }
  return append(transaction, change, entries);
}

/** A change that only removes leaves nothing to find it by but its entries. */
async function isMade(
  transaction: DatabaseTransaction,
  { change, changes }: Amendment,
): Promise<boolean> {
  const entry = await transaction
    .selectFrom('audit')
    .select('sequence')
    .where('change', '=', change)
    .limit(1)
    .executeTakeFirst();
  if (entry) return true;
  const written = changes.find(({ body }) => body !== undefined);
  if (written === undefined) return false;
  const row = await transaction
    .selectFrom('documents')
    .select('change')
    .where('kind', '=', toKey(written.kind))
    .where('id', '=', toKey(written.id))
    .executeTakeFirst();
  return row?.change === change;
}

/** Whether the document was as the change expects it. */
async function makeChange(
  transaction: DatabaseTransaction,
  { kind, id, version, body }: DocumentChange,
  change: string,
): Promise<boolean> {
  const key = { kind: toKey(kind), id: toKey(id) };
  if (body === undefined) {
    const { numDeletedRows } = await transaction
      .deleteFrom('documents')
      .where('kind', '=', key.kind)
      .where('id', '=', key.id)
      .where('version', '=', version)
      .executeTakeFirstOrThrow();
    return numDeletedRows === 1n;
  }
  const row = { version: version + 1, change, body: JSON.stringify({ id, body }) };
  if (version === 0) {
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('documents')
      .values({ ...key, ...row })
      .onConflict((conflict) => conflict.columns(['kind', 'id']).doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }
  const { numUpdatedRows } = await transaction
    .updateTable('documents')
    .set(row)
    .where('kind', '=', key.kind)
    .where('id', '=', key.id)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

const conflict = ({ kind, id, version }: DocumentChange) =>
  new Fault(
    'estate/document-conflict',
    `The document ${quote(`${kind} ${id}`)} is no longer of version ${version}: another process has changed it`,
    { hint: 'read it again, and make the change anew' },
  );
