import { type RawBuilder, sql } from 'kysely';
import { Fault, quote } from '../../base/fault.ts';
import { FILTER_VALUES, FILTERS, type ListQuery, type Page } from '../store.ts';
import type { SqlWords } from './engine.ts';
import { toKey, toSearchText } from './key.ts';
import type { Database, DatabaseTransaction } from './tables.ts';

const MAX_LIMIT = 1_000;
const MAX_SEARCH_LENGTH = 400;
const MAX_SEARCH_WORDS = 10;

export type ListName = keyof typeof FILTERS;
type Reader = Database | DatabaseTransaction;

/** A query whose every part has been checked. */
interface CheckedQuery {
  readonly limit: number;
  readonly after: string;
  /** Rows of any of these are listed; no row is of two. */
  readonly parts: readonly (readonly Filter[])[];
  readonly words: readonly string[];
}

/** What the rows of a list have in common. */
type Filter =
  /** null: the column holds nothing. */
  | readonly [column: string, value: string | null]
  /** One of the list's own partial indexes, whose condition has to stand in the query as it is. */
  | RawBuilder<boolean>;

/** One page of a list, and how many there are in all. The page is found in the list's index first:
 *  where it turns out to be the only one, nothing needs to be counted. `selected` are further columns.
 *  @throws {Fault} `estate/filter-invalid`, `estate/limit-invalid`, `estate/search-too-large` */
export async function readPage(
  reader: Reader,
  words: SqlWords,
  list: ListName,
  query: ListQuery,
): Promise<Page<ListedRow>> {
  const checked = checkQuery(list, query);
  const found = await positionsOf(reader, words, list, checked);
  const positions = found.slice(0, checked.limit);
  const hasMore = found.length > checked.limit;
  return {
    items: await rowsAt(reader, words, list, positions),
    next: hasMore ? positions.at(-1) : undefined,
    total:
      hasMore || checked.after !== ''
        ? await count(reader, words, list, checked)
        : positions.length,
  };
}

/** One more than the page has, where there are more. */
async function positionsOf(
  reader: Reader,
  words: SqlWords,
  list: ListName,
  query: CheckedQuery,
): Promise<string[]> {
  const found: string[] = [];
  for (const part of query.parts) {
    const rows = await matching(reader, words, list, part, query.words)
      .select('position')
      .$if(query.after !== '', (select) => select.where('position', '>', query.after))
      .orderBy('position')
      .limit(query.limit + 1)
      .execute();
    found.push(...rows.map((row) => row.position));
  }
  if (query.parts.length === 1) return found;
  return found.sort(byCodePoint).slice(0, query.limit + 1);
}

export interface ListedRow {
  readonly body: string;
  readonly first_seen?: string;
  readonly last_seen?: string | null;
  readonly resolved_at?: string | null;
}

function matching(
  reader: Reader,
  words: SqlWords,
  list: ListName,
  filters: readonly Filter[],
  searched: readonly string[],
) {
  let select = reader.selectFrom(list as 'findings');
  for (const filter of filters) {
    if (!isPair(filter)) select = select.where(filter);
    else if (filter[1] === null) select = select.where(sql.ref(filter[0]), 'is', null);
    else select = select.where(sql.ref(filter[0]), '=', filter[1]);
  }
  for (const word of searched) select = select.where(words.contains('search', word));
  return select;
}

function isPair(filter: Filter): filter is readonly [string, string | null] {
  return Array.isArray(filter);
}

async function count(
  reader: Reader,
  words: SqlWords,
  list: ListName,
  query: CheckedQuery,
): Promise<number> {
  let sum = 0;
  for (const part of query.parts) {
    const { total } = await matching(reader, words, list, part, query.words)
      .select((build) => build.fn.countAll().as('total'))
      .executeTakeFirstOrThrow();
    sum += Number(total);
  }
  return sum;
}

function rowsAt(
  reader: Reader,
  words: SqlWords,
  list: ListName,
  positions: readonly string[],
): Promise<ListedRow[]> {
  if (positions.length === 0) return Promise.resolve([]);
  return (
    reader
      .selectFrom(list as 'findings')
      .select('body')
      .$if(list === 'findings', (select) =>
        select.select(['first_seen', 'last_seen', 'resolved_at']),
      )
      // a place is the id where nothing stands before it, and every id is in an index
      .where(list === 'findings' ? 'position' : 'id', 'in', (build) =>
        build.selectFrom(words.texts(positions)).select('value'),
      )
      .orderBy('position')
      .execute()
  );
}

function checkQuery(list: ListName, query: ListQuery): CheckedQuery {
  const { limit, after = '', filter = {}, search = '' } = query;
  checkLimit(limit);
  if (search.length > MAX_SEARCH_LENGTH) {
    throw new Fault(
      'estate/search-too-large',
      `A search has at most ${MAX_SEARCH_LENGTH} characters, not ${search.length}`,
    );
  }
  return {
    limit,
    // a key already, if it came from a page; whatever else it is, it must be a text to PostgreSQL
    after: after.toWellFormed().replaceAll('\0', ''),
    parts: checkFilters(list, filter),
    words: toSearchText(search)
      .split(/\s+/)
      .filter((word) => word !== '')
      .slice(0, MAX_SEARCH_WORDS),
  };
}

/** @throws {Fault} `estate/limit-invalid` */
export function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return;
  throw new Fault(
    'estate/limit-invalid',
    `A page has 1 to ${MAX_LIMIT} items, not ${quote(limit)}`,
  );
}

function checkFilters(
  list: ListName,
  filter: Readonly<Record<string, string>>,
): readonly (readonly Filter[])[] {
  for (const [name, value] of Object.entries(filter)) checkFilter(list, name, value);
  const asked = Object.entries(filter)
    .filter(([name]) => name !== 'visibility')
    .map(toFilter);
  if (filter.id !== undefined) return [[...asked, ...exactVisibility(filter.visibility)]];
  if (list === 'findings' && filter.state === undefined) return [[['state', 'open'], ...asked]];
  if (list !== 'endpoints') return [asked];
  return visibilities(filter.visibility).map((visible) => [...visible, ...asked]);
}

function checkFilter(list: ListName, name: string, value: string): void {
  const known: readonly string[] = FILTERS[list];
  if (!known.includes(name)) {
    throw new Fault('estate/filter-invalid', `${list} cannot be filtered by ${quote(name)}`, {
      hint: `filter by ${known.join(', ')}`,
    });
  }
  const values = FILTER_VALUES[name];
  if (values === undefined || values.includes(value)) return;
  throw new Fault('estate/filter-invalid', `${name} is never ${quote(value)}`, {
    hint: `use ${values.join(', ')}`,
  });
}

/** `any` and nobody are no values of their columns. */
function toFilter([name, value]: readonly [string, string]): Filter {
  if (name === 'review' && value === 'any') return sql<boolean>`${sql.ref('review')} is not null`;
  if (name === 'owner' && value === '') return [name, null];
  return [name, toKey(value)];
}

const SHOWN = sql<boolean>`${sql.ref('visibility')} = 'shown'`;
const HIDDEN = sql<boolean>`${sql.ref('visibility')} <> 'shown'`;

/** What is shown unless something else is asked for. */
function visibilities(asked = 'shown'): readonly (readonly Filter[])[] {
  if (asked === 'all') return [[SHOWN], [HIDDEN]];
  return [asked === 'shown' ? [SHOWN] : [HIDDEN, ['visibility', asked]]];
}

function exactVisibility(asked = 'all'): readonly Filter[] {
  return asked === 'all' ? [] : [['visibility', asked]];
}

/** As the databases compare positions. Unlike UTF-16 code units, surrogates come last. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
