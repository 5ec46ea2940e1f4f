import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../entry.ts';
import { parseTemplate } from '../template.ts';
import { entryWith, NOW } from '../testing/entries.ts';
import {
  planRegistrations,
  type RegisterableService,
  type RegistrationPlan,
  type RegistrationRules,
} from './index.ts';

const HOUR = 3_600_000;
const RULES: RegistrationRules = {
  trustDomain: 'example.org',
  template: parseTemplate('/ns/{namespace}/sa/{account}'),
  defaultAccounts: false,
  x509TtlSeconds: 3_600,
  jwtTtlSeconds: 300,
  retireAfterMs: 24 * HOUR,
  maxEntries: 1_000,
};

function service(name: string, change: Partial<RegisterableService> = {}): RegisterableService {
  const environment = change.environment ?? 'production';
  const namespace = change.namespace ?? 'shop';
  return {
    id: `${environment}/${namespace}/${name}`,
    environment,
    namespace,
    name,
    kind: 'workload',
    owner: { owner: `team-${name}`, rank: 'declaration' },
    identities: [`ns/${namespace}/sa/${name}`],
    runsAs: [],
    retired: false,
    ...change,
  };
}

/** The entries when a plan has been carried out. */
function after(existing: readonly Entry[], plan: RegistrationPlan): Entry[] {
  const gone = new Set(plan.retire.map(({ entry }) => entry.id));
  const changed = new Map(plan.update.map((entry) => [entry.id, entry]));
  return [
    ...existing.flatMap((entry) => (gone.has(entry.id) ? [] : (changed.get(entry.id) ?? entry))),
    ...plan.add,
  ];
}

const plan = (
  services: readonly RegisterableService[],
  existing: readonly Entry[] = [],
  rules: Partial<RegistrationRules> = {},
  now = NOW,
) => planRegistrations(services, existing, { ...RULES, ...rules }, now);
const entriesOf = (...services: RegisterableService[]) => plan(services).add;
const EMPTY = { add: [], update: [], retire: [], unregistered: [] };

describe('services of the estate', () => {
  it('are registered with the account that they run as', () => {
    expect(plan([service('orders')])).toEqual({
      ...EMPTY,
      add: [
        {
          id: expect.stringMatching(/^entry-/),
          spiffeId: 'spiffe://example.org/ns/shop/sa/orders',
          owner: 'team-orders',
          parent: null,
          selectors: ['k8s:ns:shop', 'k8s:sa:orders'],
          x509TtlSeconds: 3_600,
          jwtTtlSeconds: 300,
          dnsNames: [],
          federatesWith: [],
          hint: '',
          expiresAt: null,
          services: ['production/shop/orders'],
          origin: 'automatic',
          absentSince: null,
          createdBy: 'estate',
          createdAt: '2027-01-01T00:00:00.000Z',
        },
      ],
    });
  });

  it('are told apart by cluster where agents report one', () => {
    const [entry] = plan([service('orders')], [], { clusterOf: (name) => `${name}-1` }).add;
    expect(entry?.selectors).toEqual(['k8s:cluster:production-1', 'k8s:ns:shop', 'k8s:sa:orders']);
  });

  it('that share an account share an entry, and an owner if they have the same', () => {
    const shared = { identities: ['ns/shop/sa/web'] };
    const owner = service('orders').owner;
    const [alike] = entriesOf(
      service('b', { ...shared, owner }),
      service('a', { ...shared, owner }),
    );
    expect(alike).toMatchObject({
      services: ['production/shop/a', 'production/shop/b'],
      owner: 'team-orders',
    });
    expect(entriesOf(service('b', shared), service('a', shared))).toMatchObject([{ owner: null }]);
  });

  it('with several accounts have several entries', () => {
    const identities = ['ns/shop/sa/orders', 'ns/shop/sa/orders-job'];
    expect(entriesOf(service('orders', { identities }))).toHaveLength(2);
  });

  it.each<[string, RegisterableService[], Partial<RegistrationRules>, string[]]>([
    [
      'whose account nobody knows',
      [service('orders', { identities: [] })],
      {},
      [
        'no service account of orders is known: declare selectors in its reeve.yaml, or register it',
      ],
    ],
    [
      'that only a mesh named',
      [service('orders', { identities: ['spiffe://x/ns/shop/sa/o'] })],
      {},
      [
        'no service account of orders is known: declare selectors in its reeve.yaml, or register it',
      ],
    ],
    [
      'on the default account',
      [service('orders', { identities: ['ns/shop/sa/default'] })],
      {},
      [
        'orders runs as the default account of shop, as any workload there may: give it an account of its own',
      ],
    ],
    [
      'whose account does not fit',
      [service('orders', { identities: ['ns/shop/sa/a b'] })],
      {},
      ['its account `a b` does not fit into a SPIFFE ID'],
    ],
    [
      'of one account and two names',
      [
        service('a', { identities: ['ns/shop/sa/web'] }),
        service('b', { identities: ['ns/shop/sa/web'] }),
      ],
      { template: parseTemplate('/{service}') },
      [
        'nothing tells it apart from production/shop/b',
        'nothing tells it apart from production/shop/a',
      ],
    ],
    [
      'of one name and two namespaces',
      [service('a'), service('a', { namespace: 'test' })],
      { template: parseTemplate('/{service}') },
      [
        'it would have one identity with production/test/a',
        'it would have one identity with production/shop/a',
      ],
    ],
    [
      'of one name and two environments',
      [service('a'), service('a', { environment: 'staging' })],
      {},
      [
        'it would have one identity with staging/shop/a',
        'it would have one identity with production/shop/a',
      ],
    ],
    [
      'beyond the limit',
      [service('a'), service('b')],
      { maxEntries: 0 },
      [
        'there are 0 entries already, which is the limit',
        'there are 0 entries already, which is the limit',
      ],
    ],
  ])('%s get none, and it is said why', (_, services, rules, because) => {
    const made = plan(services, [], rules);
    expect(made.add).toEqual([]);
    expect(made.unregistered.map((one) => one.because)).toEqual(because);
  });

  it('on the default account are registered where that is allowed', () => {
    const identities = ['ns/shop/sa/default'];
    expect(plan([service('a', { identities })], [], { defaultAccounts: true }).add).toHaveLength(1);
  });

  it('without an account are registered with the selectors that they declare', () => {
    const runsAs = [
      { selectors: ['unix:user:orders'], federatesWith: ['example.org', 'partner.example'] },
    ];
    const declared = service('orders', { identities: [], runsAs });
    const [entry, ...others] = entriesOf(declared);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      spiffeId: 'spiffe://example.org/ns/shop/sa/orders',
      selectors: ['unix:user:orders'],
      federatesWith: ['partner.example'],
    });
    const alone = service('orders', {
      identities: [],
      runsAs: [{ ...runsAs[0]!, federatesWith: [] }],
    });
    expect(plan([alone], [{ ...entry!, federatesWith: ['set.example'] }])).toEqual(EMPTY);
    expect(plan([declared], [{ ...entry!, federatesWith: [] }]).update).toEqual([entry]);
  });

  it('with an account are not known by anything that they declare beside it', () => {
    const runsAs = [{ selectors: ['unix:uid:0'], federatesWith: [] }];
    expect(entriesOf(service('orders', { runsAs }))).toMatchObject([
      { selectors: ['k8s:ns:shop', 'k8s:sa:orders'] },
    ]);
  });

  it.each([
    [
      'do not agree',
      [['unix:uid:1'], ['unix:uid:2']],
      'its declarations do not agree on its selectors',
    ],
    [
      'have no selector',
      [['unix uid 1']],
      'its declaration has `unix uid 1`, which is no selector',
    ],
  ])('whose declarations %s are not registered', (_, all, why) => {
    const runsAs = all.map((selectors) => ({ selectors, federatesWith: [] }));
    expect(plan([service('orders', { identities: [], runsAs })])).toMatchObject({
      add: [],
      unregistered: [{ because: expect.stringContaining(why) }],
    });
  });

  it('that declare the same selectors are not told apart, and get nothing', () => {
    const runsAs = [{ selectors: ['unix:uid:1'], federatesWith: [] }];
    const both = ['a', 'b'].map((name) => service(name, { identities: [], runsAs }));
    expect(plan(both)).toMatchObject({ add: [], unregistered: [{}, {}] });
  });

  it('outside the estate and stores without an account are passed over', () => {
    const services = [
      service('stripe', { kind: 'external' }),
      service('db', { kind: 'datastore', identities: [] }),
    ];
    expect(plan(services)).toEqual(EMPTY);
  });
});

describe('entries of services', () => {
  const entries = entriesOf(service('orders'));

  it('follow the owner, and keep what a person has set', () => {
    const tuned = entries.map((entry) => ({ ...entry, x509TtlSeconds: 600, hint: 'internal' }));
    const owner = service('others').owner;
    expect(plan([service('orders', { owner })], tuned)).toEqual({
      ...EMPTY,
      update: [{ ...tuned[0], owner: 'team-others' }],
    });
  });

  it('end at once with a service that is retired', () => {
    expect(plan([service('orders', { retired: true })], entries).retire).toEqual([
      { entry: entries[0], because: 'production/shop/orders is retired' },
    ]);
  });

  it('stay while another service has the account', () => {
    const identities = ['ns/shop/sa/web'];
    const [a, b] = [service('a', { identities }), service('b', { identities })];
    const made = plan([{ ...a, retired: true }, b], entriesOf(a, b));
    expect(made).toMatchObject({ retire: [], update: [{ services: ['production/shop/b'] }] });
  });

  it('outlive the last source that knew their service, for the time that is set', () => {
    const lost = plan([], entries);
    expect(lost).toEqual({
      ...EMPTY,
      update: [{ ...entries[0], absentSince: '2027-01-01T00:00:00.000Z' }],
    });
    const waiting = after(entries, lost);
    expect(plan([], waiting, {}, NOW + 24 * HOUR - 1)).toEqual(EMPTY);
    expect(plan([], waiting, {}, NOW + 24 * HOUR).retire).toMatchObject([
      {
        because: 'production/shop/orders has not called for it since 2027-01-01T00:00:00.000Z',
      },
    ]);
    expect(plan([service('orders')], waiting, {}, NOW + HOUR).update).toEqual(entries);
  });

  it('outlive a move to another account for the same time', () => {
    const moved = plan([service('orders', { identities: ['ns/shop/sa/orders-2'] })], entries);
    expect(moved.add).toHaveLength(1);
    expect(moved.update).toMatchObject([{ absentSince: expect.any(String) }]);
  });
});

describe('entries of people', () => {
  it('stand in the place of those that a service calls for', () => {
    expect(plan([service('orders')], [entryWith()])).toEqual(EMPTY);
  });

  it('that are for no service stay', () => {
    const mine = entryWith({ selectors: ['unix:uid:1'] });
    expect(plan([], [mine], {}, NOW + 1_000 * HOUR)).toEqual(EMPTY);
  });

  it('end with the service that they are for, when that is retired and not before', () => {
    const mine = entryWith({ service: 'production/shop/orders', selectors: ['unix:uid:1'] });
    expect(plan([service('orders', { retired: true })], [mine]).retire).toHaveLength(1);
    expect(plan([], [mine], {}, NOW + 1_000 * HOUR)).toEqual(EMPTY);
    expect(plan([service('orders')], [mine]).retire).toEqual([]);
  });
});

it('a plan that is carried out leaves nothing to do, whatever the services', () => {
  const any = fc
    .record({
      name: fc.constantFrom('a', 'b', 'c'),
      namespace: fc.constantFrom('shop', 'test'),
      environment: fc.constantFrom('production', 'staging'),
      account: fc.constantFrom('a', 'b', 'default', 'no account'),
      retired: fc.boolean(),
    })
    .map(({ name, account, namespace, ...more }) =>
      service(name, { ...more, namespace, identities: [`ns/${namespace}/sa/${account}`] }),
    );
  const estate = fc.uniqueArray(any, { selector: ({ id }) => id });
  fc.assert(
    fc.property(fc.array(estate), fc.constantFrom('{account}', '{service}'), (history, field) => {
      const rules = { template: parseTemplate(`/ns/{namespace}/sa/${field}`), maxEntries: 4 };
      let entries: Entry[] = [];
      for (const [hours, services] of history.entries()) {
        const now = NOW + hours * 10 * HOUR;
        const made = plan(services, entries, rules, now);
        entries = after(entries, made);
        expect(entries.length).toBeLessThanOrEqual(4);
        expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
        const again = plan([...services].reverse(), entries, rules, now);
        expect(again).toEqual({ ...EMPTY, unregistered: made.unregistered });
      }
    }),
  );
});
