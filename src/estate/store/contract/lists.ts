import { hash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { type EstateStore, FILTERS, type ListQuery, type Page } from '../../store.ts';
import type { ListName } from '../list.ts';
import type { StoreFixture } from '../store.contract.ts';
import { aCall, aCredential, aFinding, anEndpoint, anEstate, aService } from '../testing/estate.ts';

const AT = '2025-03-03T00:00:00.000Z';
const orders = aService('orders');
const web = aService('Web', {
  owner: null,
  exposure: 'internet',
  criticality: null,
  namespace: 'edge',
});
const database = aService('db', { environment: 'staging', kind: 'datastore' });
const ids = {
  list: anEndpoint(orders.id, '/orders'),
  show: anEndpoint(orders.id, '/orders/{id}', {
    status: 'shadow',
    owner: 'team-b',
    review: 'shadow',
  }),
  home: anEndpoint(web.id, '/', {
    protocol: 'grpc',
    method: 'RPC',
    criticality: 'low',
    observed: false,
  }),
  staging: anEndpoint(database.id, '/%_\\', { status: 'zombie', review: 'zombie', blocked: true }),
};
const hidden = {
  probe: anEndpoint(orders.id, '/.env', { visibility: 'probe', review: 'shadow' }),
  unstable: anEndpoint(orders.id, '/onc', { visibility: 'unstable', observed: false }),
};
const calls = [
  aCall(web.id, orders.id),
  aCall(orders.id, database.id, { authentication: 'mtls' }),
  aCall(database.id, orders.id),
];
const credentials = [
  aCredential('DATABASE_URL', { service: orders.id, owner: 'team-orders' }),
  aCredential('key', { kind: 'aws-access-key' }),
  aCredential('staging', { service: database.id }),
];
const findings = [
  aFinding('finding-b', ids.show.id, { severity: 'low' }),
  aFinding('finding-c', orders.id, { severity: 'critical', control: 'owned' }),
  aFinding('finding-a', database.id, { severity: 'low', message: 'Nobody owns it' }),
];
const estate = anEstate({
  services: [orders, web, database],
  endpoints: [...Object.values(ids), ...Object.values(hidden)],
  calls,
  credentials,
  findings,
});

type Row = readonly [list: ListName, query: Partial<ListQuery>, want: readonly string[]];
const endpointOrder = [ids.home, ids.list, ids.show, ids.staging].map(({ id }) => id);
const ROWS: readonly Row[] = [
  ['services', {}, [web.id, orders.id, database.id].sort()],
  ['services', { filter: { environment: 'staging' } }, [database.id]],
  ['services', { filter: { namespace: 'edge' } }, [web.id]],
  ['services', { filter: { kind: 'datastore' } }, [database.id]],
  ['services', { filter: { owner: 'team-orders', environment: 'production' } }, [orders.id]],
  ['services', { filter: { owner: '' } }, [web.id]],
  ['services', { filter: { exposure: 'internet' } }, [web.id]],
  ['services', { filter: { criticality: 'high', kind: 'workload' } }, [orders.id]],
  ['services', { search: 'WEB' }, [web.id]],
  ['services', { search: 'orders  PRODUCTION' }, [orders.id]],
  ['services', { search: 'orders nothing' }, []],
  ['endpoints', {}, endpointOrder],
  ['endpoints', { filter: { environment: 'staging' } }, [ids.staging.id]],
  ['endpoints', { filter: { service: orders.id } }, [ids.list.id, ids.show.id]],
  ['endpoints', { filter: { protocol: 'grpc' } }, [ids.home.id]],
  ['endpoints', { filter: { method: 'RPC' } }, [ids.home.id]],
  ['endpoints', { filter: { status: 'shadow' } }, [ids.show.id]],
  ['endpoints', { filter: { owner: 'team-b' } }, [ids.show.id]],
  ['endpoints', { filter: { criticality: 'low' } }, [ids.home.id]],
  ['services', { filter: { id: web.id } }, [web.id]],
  ['services', { filter: { id: 'WEB' } }, []],
  ['endpoints', { filter: { id: ids.show.id } }, [ids.show.id]],
  ['endpoints', { filter: { id: hidden.probe.id } }, [hidden.probe.id]],
  ['endpoints', { filter: { id: hidden.probe.id, visibility: 'shown' } }, []],
  ['endpoints', { filter: { visibility: 'shown' } }, endpointOrder],
  ['endpoints', { filter: { visibility: 'probe' } }, [hidden.probe.id]],
  ['endpoints', { filter: { visibility: 'unstable' } }, [hidden.unstable.id]],
  [
    'endpoints',
    { filter: { visibility: 'all', service: orders.id } },
    [hidden.probe.id, hidden.unstable.id, ids.list.id, ids.show.id],
  ],
  ['endpoints', { filter: { review: 'shadow' } }, [ids.show.id]],
  ['endpoints', { filter: { review: 'any' } }, [ids.show.id, ids.staging.id]],
  ['endpoints', { filter: { review: 'any', owner: 'team-b' } }, [ids.show.id]],
  ['endpoints', { filter: { review: 'unowned' } }, []],
  ['endpoints', { filter: { blocked: 'true' } }, [ids.staging.id]],
  ['endpoints', { filter: { blocked: 'false', environment: 'staging' } }, []],
  ['endpoints', { filter: { observed: 'false' } }, [ids.home.id]],
  ['calls', { filter: { id: calls[1]?.id ?? '' } }, [calls[1]?.id ?? '']],
  ['credentials', { filter: { id: 'credential-key' } }, ['credential-key']],
  ['findings', { filter: { id: 'finding-b' } }, ['finding-b']],
  ['endpoints', { search: '{ID}' }, [ids.show.id]],
  ['endpoints', { search: '%_\\' }, [ids.staging.id]],
  ['calls', { filter: { from: web.id } }, [calls[0]?.id ?? '']],
  ['calls', { filter: { to: database.id } }, [calls[1]?.id ?? '']],
  ['calls', { filter: { authentication: 'mtls' } }, [calls[1]?.id ?? '']],
  ['calls', { filter: { environment: 'staging' } }, [calls[2]?.id ?? '']],
  ['credentials', { filter: { service: orders.id } }, ['credential-DATABASE_URL']],
  ['credentials', { filter: { kind: 'aws-access-key' } }, ['credential-key']],
  ['credentials', { filter: { owner: 'team-orders' } }, ['credential-DATABASE_URL']],
  ['credentials', { filter: { environment: 'staging' } }, ['credential-staging']],
  ['credentials', { search: 'database_url' }, ['credential-DATABASE_URL']],
  ['findings', {}, ['finding-c', 'finding-a', 'finding-b']],
  ['findings', { filter: { severity: 'low' } }, ['finding-a', 'finding-b']],
  ['findings', { filter: { control: 'owned' } }, ['finding-c']],
  ['findings', { filter: { subject: orders.id } }, ['finding-c']],
  ['findings', { filter: { environment: 'staging' } }, ['finding-a']],
  ['findings', { filter: { state: 'open', severity: 'critical' } }, ['finding-c']],
  ['findings', { filter: { state: 'resolved' } }, []],
  ['findings', { search: 'nobody' }, ['finding-a']],
];

const REFUSED: readonly (readonly [string, ListQuery, string])[] = [
  ['no items', { limit: 0 }, 'estate/limit-invalid'],
  ['more than a thousand', { limit: 1_001 }, 'estate/limit-invalid'],
  ['half an item', { limit: 1.5 }, 'estate/limit-invalid'],
  ['an unknown filter', { limit: 1, filter: { body: 'x' } }, 'estate/filter-invalid'],
  ['a filter of SQL', { limit: 1, filter: { '1=1; --': 'x' } }, 'estate/filter-invalid'],
  ['no such visibility', { limit: 1, filter: { visibility: 'x' } }, 'estate/filter-invalid'],
  ['no such review', { limit: 1, filter: { review: '' } }, 'estate/filter-invalid'],
  [
    'what is neither true nor false',
    { limit: 1, filter: { blocked: '1' } },
    'estate/filter-invalid',
  ],
  ['a search without end', { limit: 1, search: 'x'.repeat(401) }, 'estate/search-too-large'],
];

/** Text that an index cannot make shorter: a bound that only compression keeps is none. */
function incompressible(length: number): string {
  let text = '';
  while (text.length < length) text += hash('sha256', text, 'base64url');
  return text.slice(0, length);
}

/** Follows a list to its end. */
async function readAll(
  read: (query: ListQuery) => Promise<Page<{ readonly id: string }>>,
  query: ListQuery,
): Promise<{ ids: string[]; totals: Set<number> }> {
  const found: string[] = [];
  const totals = new Set<number>();
  let after: string | undefined;
  do {
    const page = await read(after === undefined ? query : { ...query, after });
    found.push(...page.items.map((item) => item.id));
    totals.add(page.total);
    after = page.next;
  } while (after !== undefined);
  return { ids: found, totals };
}

export function listsContract({ open }: StoreFixture): void {
  describe('of a small estate', () => {
    let store: EstateStore;
    beforeAll(async () => {
      store = await open();
      await store.publish(estate, AT);
    });
    afterAll(() => store.close());

    test.for(ROWS)('%s with %j', async ([list, query, want]) => {
      for (const limit of [1, 100]) {
        const all = await readAll((asked) => store[list](asked), { limit, ...query });
        expect(all.ids).toEqual(want);
        expect([...all.totals]).toEqual([want.length]);
      }
    });

    test('every filter of every list has a row above', () => {
      const named = Object.entries(FILTERS).flatMap(([list, names]) =>
        names.map((name) => `${list}.${name}`),
      );
      const tried = ROWS.flatMap(([list, query]) =>
        Object.keys(query.filter ?? {}).map((name) => `${list}.${name}`),
      );
      expect(new Set(tried)).toEqual(new Set(named));
    });

    test.for(REFUSED)('%s is refused', async ([, query, code]) => {
      await expect(store.endpoints(query)).rejects.toMatchObject({ code });
    });

    test('a resolved finding is found by its id', async () => {
      const own = await open();
      try {
        await own.publish(estate, AT);
        await own.publish({ ...estate, findings: [] }, AT);
        const found = await own.findings({ limit: 10, filter: { id: 'finding-a' } });
        expect(found.items.map(({ id, resolvedAt }) => [id, resolvedAt])).toEqual([
          ['finding-a', AT],
        ]);
      } finally {
        await own.close();
      }
    });

    test('any query gives a page or a fault', async () => {
      const text = fc.string({ unit: 'binary', maxLength: 20 });
      const query = fc.record(
        {
          limit: fc.integer({ min: 0, max: 3 }),
          after: text,
          search: text,
          filter: fc.dictionary(fc.oneof(text, fc.constantFrom('owner', 'service')), text, {
            maxKeys: 2,
          }),
        },
        { requiredKeys: ['limit'] },
      );
      await fc.assert(
        fc.asyncProperty(query, async (asked) => {
          const page = await store.endpoints(asked).catch((thrown: unknown) => thrown);
          if (!(page instanceof Fault)) expect(page).toHaveProperty('total');
          else expect(page.code).not.toMatch(/failed|unavailable/);
        }),
        { numRuns: 60 },
      );
    });
  });

  test('ids of any characters and any length are kept apart, found and read page by page', async () => {
    const names = [
      ...[
        '\0',
        '\ufffd0000',
        '\ufffd',
        '\ud800',
        '\udbff',
        '\ue000',
        '😀',
        'é',
        'Z',
        'a',
        "'",
        '\\',
      ],
      ...['x', 'y', '日本'].map((end) => `${incompressible(20_000)}${end}`),
    ];
    const services = names.map((name) => aService(name, { namespace: name }));
    const store = await open();
    try {
      await store.publish(anEstate({ services }), AT);
      await store.publish(anEstate({ services }), AT);
      const { ids: found, totals } = await readAll((query) => store.services(query), { limit: 2 });
      const short = (id: string) => `${id.length} … ${id.slice(-20)}`;
      expect(new Set(found.map(short))).toEqual(new Set(services.map(({ id }) => short(id))));
      expect([...totals]).toEqual([names.length]);
      for (const service of services) {
        const filter = { namespace: service.namespace };
        expect((await store.services({ limit: 5, filter })).items).toEqual([service]);
      }
    } finally {
      await store.close();
    }
  });

  test('lists are in the order of code points, in every database', async () => {
    const names = ['a', 'B', 'b', 'A', '-', '_', 'ä', 'é', 'Z', '\ue000', '😀', '1', '10', '2'];
    const store = await open();
    try {
      await store.publish(anEstate({ services: names.map((name) => aService(name)) }), AT);
      const { items } = await store.services({ limit: 100 });
      const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(items.map((item) => item.name)).toEqual([...names].sort(byCodePoint));
    } finally {
      await store.close();
    }
  });
}
