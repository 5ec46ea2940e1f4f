import type { SelectQueryBuilder } from 'kysely';
import { Fault, quote } from '../../base/fault.ts';
import type { AuditEntry } from '../decision.ts';
import type { AuditQuery, NewAuditEntry, Page } from '../store.ts';
import { toKey } from './key.ts';
import { checkLimit } from './list.ts';
import type { DatabaseTransaction, Tables } from './tables.ts';

const BATCH_SIZE = 500;

/** Appends entries with the next numbers. The caller holds the lock `decide`. */
export async function appendAudit(
  transaction: DatabaseTransaction,
  change: string,
  entries: readonly NewAuditEntry[],
): Promise<readonly AuditEntry[]> {
  let sequence = await lastSequence(transaction);
  const numbered = entries.map((entry) => ({ sequence: ++sequence, ...entry }));
  for (let start = 0; start < numbered.length; start += BATCH_SIZE) {
    const rows = numbered.slice(start, start + BATCH_SIZE).map((entry) => toRow(change, entry));
    await transaction.insertInto('audit').values(rows).execute();
  }
  return numbered;
}

async function lastSequence(transaction: DatabaseTransaction): Promise<number> {
  const { last } = await transaction
    .selectFrom('audit')
    .select((select) => select.fn.max('sequence').as('last'))
    .executeTakeFirstOrThrow();
  return Number(last ?? 0);
}

function toRow(change: string, entry: AuditEntry): Tables['audit'] {
  return {
    sequence: entry.sequence,
    change,
    at: toKey(entry.at),
    actor: toKey(entry.actor),
    action: toKey(entry.action),
    subject: toKey(entry.subject),
    body: JSON.stringify(entry),
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
