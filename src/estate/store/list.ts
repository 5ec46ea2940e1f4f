import { sql } from 'kysely';
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
  readonly filters: readonly Filter[];
  readonly words: readonly string[];
}

/** A column and what it must hold; null: nothing, undefined: anything but nothing. */
type Filter = readonly [column: string, value: string | null | undefined];

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
  const found = await matching(reader, words, list, checked)
    .select('position')
    .$if(checked.after !== '', (select) => select.where('position', '>', checked.after))
    .orderBy('position')
    .limit(checked.limit + 1)
    .execute();
  const positions = found.slice(0, checked.limit).map((row) => row.position);
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

export interface ListedRow {
  readonly body: string;
  readonly first_seen?: string;
  readonly last_seen?: string | null;
  readonly resolved_at?: string | null;
}

function matching(reader: Reader, words: SqlWords, list: ListName, query: CheckedQuery) {
  let select = reader.selectFrom(list as 'findings');
  for (const [column, value] of query.filters) {
    if (value === undefined) select = select.where(sql.ref(column), 'is not', null);
    else if (value === null) select = select.where(sql.ref(column), 'is', null);
    else select = select.where(sql.ref(column), '=', value);
  }
  for (const word of query.words) select = select.where(words.contains('search', word));
  return select;
}

async function count(
  reader: Reader,
  words: SqlWords,
  list: ListName,
  query: CheckedQuery,
): Promise<number> {
  const { total } = await matching(reader, words, list, query)
    .select((build) => build.fn.countAll().as('total'))
    .executeTakeFirstOrThrow();
  return Number(total);
}

function rowsAt(
  reader: Reader,
  words: SqlWords,
  list: ListName,
  positions: readonly string[],
): Promise<ListedRow[]> {
  if (positions.length === 0) return Promise.resolve([]);
  return reader
    .selectFrom(list as 'findings')
    .select('body')
    .$if(list === 'findings', (select) => select.select(['first_seen', 'last_seen', 'resolved_at']))
    .where('position', 'in', (build) => build.selectFrom(words.texts(positions)).select('value'))
    .orderBy('position')
    .execute();
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
    filters: checkFilters(list, filter),
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

/** What is listed where nothing else is asked for. */
const DEFAULTS: Partial<Record<ListName, Filter>> = {
  findings: ['state', 'open'],
  endpoints: ['visibility', 'shown'],
};

function checkFilters(list: ListName, filter: Readonly<Record<string, string>>): readonly Filter[] {
  for (const [name, value] of Object.entries(filter)) checkFilter(list, name, value);
  const asked = Object.entries(filter).flatMap(toFilter);
  const usual = DEFAULTS[list];
  const isUsual = usual !== undefined && filter[usual[0]] === undefined && filter.id === undefined;
  return isUsual ? [usual, ...asked] : asked;
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

/** `all`, `any` and nobody are no values of their columns. */
function toFilter([name, value]: readonly [string, string]): readonly Filter[] {
  if (name === 'visibility' && value === 'all') return [];
  if (name === 'review' && value === 'any') return [[name, undefined]];
  if (name === 'owner' && value === '') return [[name, null]];
  return [[name, toKey(value)]];
}
