import { z } from 'zod';
import { Fault, quote } from '../../../base/fault.ts';
import {
  Call,
  Credential,
  Endpoint,
  type EstateStore,
  FILTERS,
  Finding,
  type ListQuery,
  type Page,
  Service,
} from '../../../estate/index.ts';
import { type Operation, operation } from '../operation.ts';

export const StoredFinding = Finding.extend({
  firstSeen: z.string(),
  /** The latest judgement that had it. */
  lastSeen: z.string(),
  /** When a judgement first lacked it; null while it is open. */
  resolvedAt: z.string().nullable(),
});

type ListName = keyof typeof FILTERS;

interface List {
  readonly name: ListName;
  readonly one: string;
  readonly schema: z.ZodType<{ id: string }>;
  /** Filters, one set after the other, that leave little but the item of this id. */
  readonly near: (id: string) => readonly Readonly<Record<string, string>>[];
  readonly read: (store: EstateStore, query: ListQuery) => Promise<Page<{ id: string }>>;
}

/** The lists of the estate; each gives the operations to read it by pages, and one of it by id. */
const LISTS: readonly List[] = [
  {
    name: 'services',
    one: 'service',
    schema: Service,
    near: (id) => {
      const [environment = '', namespace = ''] = id.split('/');
      return [{ environment, namespace }];
    },
    read: (store, query) => store.services(query),
  },
  {
    name: 'endpoints',
    one: 'endpoint',
    schema: Endpoint,
    near: (id) => [{ service: id.split(' ', 1)[0] ?? '' }],
    read: (store, query) => store.endpoints(query),
  },
  {
    name: 'calls',
    one: 'call',
    schema: Call,
    near: (id) => [{ from: id.split(' ', 1)[0] ?? '' }],
    read: (store, query) => store.calls(query),
  },
  {
    name: 'credentials',
    one: 'credential',
    schema: Credential,
    near: () => [{}],
    read: (store, query) => store.credentials(query),
  },
  {
    name: 'findings',
    one: 'finding',
    schema: StoredFinding,
    near: () => [{ state: 'open' }, { state: 'resolved' }],
    read: (store, query) => store.findings(query),
  },
];

const MAX_TEXT = 2_048;
const MAX_PAGE = 1_000;
const Text = z.string().max(MAX_TEXT);

export function listOperations(store: EstateStore): Operation[] {
  return LISTS.flatMap((list) => [pageOperation(store, list), itemOperation(store, list)]);
}

function pageOperation(store: EstateStore, { name, schema, read }: List): Operation {
  const filters: readonly string[] = FILTERS[name];
  return operation({
    id: `list-${name}`,
    method: 'GET',
    path: `/api/v1/${name}`,
    tag: name,
    summary: `The ${name}, page by page, filtered by ${filters.join(', ')}`,
    access: 'principal',
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
      after: Text.optional(),
      search: Text.optional(),
      ...Object.fromEntries(filters.map((filter) => [filter, Text.optional()])),
    }),
    status: 200,
    response: z.strictObject({
      items: z.array(schema),
      /** For `after`; null on the last page. */
      next: z.string().nullable(),
      total: z.int(),
    }),
    handle: async ({ query }) => {
      const { limit, after, search, ...filter } = query;
      const page = await read(store, {
        limit,
        ...(after !== undefined && { after }),
        ...(search !== undefined && search !== '' && { search }),
        filter: filter as Record<string, string>,
      });
      return { items: page.items, next: page.next ?? null, total: page.total };
    },
  });
}

function itemOperation(store: EstateStore, list: List): Operation {
  return operation({
    id: `get-${list.one}`,
    method: 'GET',
    path: `/api/v1/${list.name}/{id}`,
    tag: list.name,
    summary: `One ${list.one}, by its id (percent-encoded)`,
    access: 'principal',
    params: z.strictObject({ id: Text }),
    status: 200,
    response: list.schema,
    handle: async ({ params }) => {
      const found = await find(store, list, params.id);
      if (found) return found;
      throw new Fault(`http/${list.one}-not-found`, `There is no ${list.one} ${quote(params.id)}`);
    },
  });
}

/** Longest search that stores take. */
const MAX_SEARCH = 400;

/** Its id is the narrowest search for it, and pages are few: other ids must contain all its words. */
async function find(store: EstateStore, { near, read }: List, id: string) {
  for (const filter of near(id)) {
    let after: string | undefined;
    do {
      const page = await read(store, {
        limit: MAX_PAGE,
        search: id.slice(0, MAX_SEARCH),
        filter,
        ...(after !== undefined && { after }),
      });
      const found = page.items.find((item) => item.id === id);
      if (found) return found;
      after = page.next;
    } while (after !== undefined);
  }
  return undefined;
}
