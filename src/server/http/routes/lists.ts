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
  readonly read: (store: EstateStore, query: ListQuery) => Promise<Page<{ id: string }>>;
}

/** The lists of the estate; each gives the operations to read it by pages, and one of it by id. */
const LISTS: readonly List[] = [
  {
    name: 'services',
    one: 'service',
    schema: Service,
    read: (store, query) => store.services(query),
  },
  {
    name: 'endpoints',
    one: 'endpoint',
    schema: Endpoint,
    read: (store, query) => store.endpoints(query),
  },
  {
    name: 'calls',
    one: 'call',
    schema: Call,
    read: (store, query) => store.calls(query),
  },
  {
    name: 'credentials',
    one: 'credential',
    schema: Credential,
    read: (store, query) => store.credentials(query),
  },
  {
    name: 'findings',
    one: 'finding',
    schema: StoredFinding,
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
    access: 'estate.read',
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
    access: 'estate.read',
    params: z.strictObject({ id: Text }),
    status: 200,
    response: list.schema,
    handle: async ({ params }) => {
      const { items } = await list.read(store, { limit: 1, filter: { id: params.id } });
      if (items[0]) return items[0];
      throw new Fault(`http/${list.one}-not-found`, `There is no ${list.one} ${quote(params.id)}`);
    },
  });
}
