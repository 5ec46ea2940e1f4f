import { Fault } from '../../base/fault.ts';
import { Frontier, leafHash, TILE_LEVELS } from '../../base/merkle/index.ts';
import type { AuditHead, AuditRow, AuditSeal, AuditText } from '../audit-log.ts';
import type { AuditEntry } from '../decision.ts';
import type { SqlWords } from './engine.ts';
import { required } from './judged-table.ts';
import { toKey } from './key.ts';
import type { DatabaseTransaction, Tables } from './tables.ts';

/** There is one head. */
const HEAD = 1;
const BATCH_SIZE = 500;

/** Where nobody signs. */
export const NO_SEAL: AuditSeal = { sign: () => '', accepts: () => true };

/** The schema's fourth step: the tree over the entries that there are. */
export async function addAuditTree(
  transaction: DatabaseTransaction,
  words: SqlWords,
): Promise<void> {
  await createTables(transaction, words);
  for (let first = 1; ; first += BATCH_SIZE) {
    const texts = await readTexts(transaction, first, BATCH_SIZE);
    if (texts.length === 0) return;
    const bodies = texts.map(({ text }) => text);
    await growTree(transaction, await openTree(transaction, NO_SEAL), bodies, NO_SEAL);
  }
}

async function createTables(transaction: DatabaseTransaction, words: SqlWords): Promise<void> {
  await transaction.schema
    .createTable('audit_roots')
    .addColumn('level', 'integer', required)
    .addColumn('position', 'bigint', required)
    .addColumn('hash', words.keyType, required)
    .addPrimaryKeyConstraint('audit_roots_key', ['level', 'position'])
    .execute();
  await transaction.schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('size', 'bigint', required)
    .addColumn('root', 'text', required)
    .addColumn('edge', 'text', required)
    .addColumn('checkpoint', 'text', required)
    .execute();
  const empty = toRow(Frontier.empty(), NO_SEAL);
  await transaction
    .insertInto('audit_head')
    .values({ id: HEAD, ...empty })
    .execute();
}

/** The tree as it stands, to go on from.
 *  @throws {Fault} `estate/damaged` where it is not as it was vouched for */
export async function openTree(
  transaction: DatabaseTransaction,
  seal: AuditSeal,
): Promise<Frontier> {
  const row = await transaction.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow();
  const head = toHead(row);
  const frontier = edgeOf(head.size, row.edge);
  if (frontier?.root().equals(head.root) && seal.accepts(head)) return frontier;
  throw new Fault(
    'estate/damaged',
    `The audit log of ${head.size} entries is not the one that was signed: somebody else has written to the database`,
    {
      hint:
        '`reeve audit verify` says what differs; bring the database back from a backup, or move the file ' +
        '`audit-signing.key` away: a new key then vouches for the log as it stands',
    },
  );
}

function edgeOf(size: number, edge: string): Frontier | undefined {
  try {
    return Frontier.fromText(size, edge);
  } catch {
    return undefined;
  }
}

/** Adds entries to the tree, and vouches for what it has become. */
export async function growTree(
  transaction: DatabaseTransaction,
  frontier: Frontier,
  texts: readonly string[],
  seal: AuditSeal,
): Promise<void> {
  const roots: Tables['audit_roots'][] = [];
  for (const text of texts) {
    frontier.append(leafHash(text), (level, position, hash) => {
      if (level % TILE_LEVELS !== 0) return;
      roots.push({ level: level / TILE_LEVELS, position, hash: hash.toString('base64') });
    });
  }
  for (let start = 0; start < roots.length; start += BATCH_SIZE) {
    const batch = roots.slice(start, start + BATCH_SIZE);
    await transaction.insertInto('audit_roots').values(batch).execute();
  }
  await transaction.updateTable('audit_head').set(toRow(frontier, seal)).execute();
}

/** Vouches for the log as it stands: where nobody has, or somebody else did. */
export async function sealTree(transaction: DatabaseTransaction, seal: AuditSeal): Promise<void> {
  const frontier = await openTree(transaction, seal);
  await transaction.updateTable('audit_head').set(toRow(frontier, seal)).execute();
}

function toRow(frontier: Frontier, seal: AuditSeal): Omit<Tables['audit_head'], 'id'> {
  const { size } = frontier;
  const root = frontier.root();
  const checkpoint = seal.sign(size, root);
  return { size, root: root.toString('base64'), edge: frontier.toText(), checkpoint };
}

export async function readHead(transaction: DatabaseTransaction): Promise<AuditHead> {
  return toHead(await transaction.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow());
}

function toHead({ size, root, checkpoint }: Tables['audit_head']): AuditHead {
  return { size: Number(size), root: Buffer.from(root, 'base64'), checkpoint };
}

export async function readTexts(
  transaction: DatabaseTransaction,
  first: number,
  count: number,
): Promise<AuditText[]> {
  const rows = await fromFirst(transaction, first, count).select(['sequence', 'body']).execute();
  return rows.map(({ sequence, body }) => ({ sequence: Number(sequence), text: body }));
}

export async function readRows(
  transaction: DatabaseTransaction,
  first: number,
  count: number,
): Promise<AuditRow[]> {
  const rows = await fromFirst(transaction, first, count)
    .select(['sequence', 'body', ...INDEXED])
    .execute();
  return rows.map((row) => {
    return { sequence: Number(row.sequence), text: row.body, isIndexed: isIndexed(row) };
  });
}

const fromFirst = (transaction: DatabaseTransaction, first: number, count: number) =>
  transaction.selectFrom('audit').where('sequence', '>=', first).orderBy('sequence').limit(count);

const INDEXED = ['at', 'actor', 'action', 'subject'] as const;

/** Whether a row is found by what its entry says. */
function isIndexed(row: Omit<Tables['audit'], 'change'>): boolean {
  try {
    const entry: AuditEntry = JSON.parse(row.body);
    return INDEXED.every((column) => row[column] === toKey(entry[column]));
  } catch {
    return false;
  }
}

export async function readRoots(
  transaction: DatabaseTransaction,
  level: number,
  first: number,
  count: number,
): Promise<Buffer[]> {
  const rows = await transaction
    .selectFrom('audit_roots')
    .select('hash')
    .where('level', '=', level)
    .where('position', '>=', first)
    .where('position', '<', first + count)
    .orderBy('position')
    .execute();
  return rows.map(({ hash }) => Buffer.from(hash, 'base64'));
}
