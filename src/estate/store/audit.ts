import type { SelectQueryBuilder } from 'kysely';
import { Fault, quote } from '../../base/fault.ts';
import type { AuditSeal } from '../audit-log.ts';
import type { AuditEntry } from '../decision.ts';
import { canonicalJson } from '../fact.ts';
import type { AuditQuery, NewAuditEntry, Page } from '../store.ts';
import { growTree, openTree } from './audit-tree.ts';
import { toKey } from './key.ts';
import { checkLimit } from './list.ts';
import type { DatabaseTransaction, Tables } from './tables.ts';

const BATCH_SIZE = 500;

/** Appends entries with the next numbers, and has the log that they make vouched for. The caller holds the lock
 *  `decide`. */
export type AppendAudit = (
  transaction: DatabaseTransaction,
  change: string,
  entries: readonly NewAuditEntry[],
) => Promise<readonly AuditEntry[]>;

export const auditAppender =
  (seal: AuditSeal): AppendAudit =>
  async (transaction, change, entries) => {
    if (entries.length === 0) return [];
    const tree = await openTree(transaction, seal);
    const { size } = tree;
    const numbered = entries.map((entry, index) => ({ sequence: size + 1 + index, ...entry }));
    const rows = numbered.map((entry) => toRow(change, entry));
    for (let start = 0; start < rows.length; start += BATCH_SIZE) {
      const batch = rows.slice(start, start + BATCH_SIZE);
      await transaction.insertInto('audit').values(batch).execute();
    }
    const texts = rows.map(({ body }) => body);
    await growTree(transaction, tree, texts, seal);
    return numbered;
  };

function toRow(change: string, entry: AuditEntry): Tables['audit'] {
  return {
    sequence: entry.sequence,
    change,
    at: toKey(entry.at),
    actor: toKey(entry.actor),
    action: toKey(entry.action),
    subject: toKey(entry.subject),
    body: canonicalJson(entry),
  };
}

/** The entries that one change brought, in order; none where it has not been made. */
export async function readChange(
  transaction: DatabaseTransaction,
  change: string,
): Promise<readonly AuditEntry[]> {
  const rows = await transaction
    .selectFrom('audit')
    .select('body')
    .where('change', '=', change)
    .orderBy('sequence')
    .execute();
  return rows.map(toEntry);
}

/** Newest first.
 *  @throws {Fault} `estate/limit-invalid`, `estate/page-malformed` */
export async function readAudit(
  transaction: DatabaseTransaction,
  query: AuditQuery,
): Promise<Page<AuditEntry>> {
  checkLimit(query.limit);
  const before = query.after === undefined ? undefined : parseSequence(query.after);
  const rows = await matching(transaction, query)
    .select(['sequence', 'body'])
    .$if(before !== undefined, (select) => select.where('sequence', '<', before ?? 0))
    .orderBy('sequence', 'desc')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const hasMore = rows.length > query.limit;
  const { total } = await matching(transaction, query)
    .select((build) => build.fn.countAll().as('total'))
    .executeTakeFirstOrThrow();
  return {
    items: page.map(toEntry),
    next: hasMore ? String(page.at(-1)?.sequence) : undefined,
    total: Number(total),
  };
}

type AuditSelect = SelectQueryBuilder<Tables, 'audit', object>;

function matching(transaction: DatabaseTransaction, query: AuditQuery): AuditSelect {
  let select: AuditSelect = transaction.selectFrom('audit');
  for (const column of ['actor', 'action', 'subject'] as const) {
    const value = query[column];
    if (value !== undefined) select = select.where(column, '=', toKey(value));
  }
  return select;
}

function parseSequence(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Fault('estate/page-malformed', `${quote(text)} is not the end of a page`, {
    hint: 'pass `next` of the page before',
  });
}

function toEntry(row: { body: string }): AuditEntry {
  return JSON.parse(row.body) as AuditEntry;
}
