import { afterAll, describe, expect, it } from 'vitest';
import type { DocumentStore } from '../../../estate/index.ts';
import type { Retired } from '../index.ts';
import { NOW } from '../testing/entries.ts';
import { ADA, logOf, RegistrarRig, said, service } from './testing/registrars.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const HOUR = 3_600_000;
const rig = new RegistrarRig();
afterAll(() => rig.close());

const idsOf = (entries: Iterable<{ readonly spiffeId: string }>) =>
  [...entries].map(({ spiffeId }) => spiffeId);

describe('an entry that a person registers', () => {
  it('is found by its selectors, kept, and in the audit log', async () => {
    const store = await rig.store();
    const registrar = await rig.registrar(store);
    const entry = await registrar.add(said(), ADA);
    for (const one of [registrar, await rig.registrar(store)]) {
      expect(one.get(entry.id)).toEqual(entry);
      const [match] = one.index.match({ selectors: entry.selectors, agent: null }, NOW);
      expect(match?.entry).toEqual(entry);
    }
    const { items } = await store.audit({ limit: 9 });
    expect(items).toMatchObject([
      {
        actor: 'ada',
        action: 'identity.register',
        subject: ORDERS,
        reason: 'as agreed',
        detail: { entry: entry.id, owner: 'team-orders', selectors: entry.selectors },
      },
    ]);
  });

  it.each<[string, object, object, string]>([
    ['that is there already', {}, {}, 'identity/entry-conflict'],
    [
      'with the hint of another that goes with it',
      { spiffeId: `${ORDERS}-2`, hint: 'a' },
      { hint: 'a' },
      'identity/entry-conflict',
    ],
    ['of another trust domain', { spiffeId: 'spiffe://other.org/a' }, {}, 'identity/entry-invalid'],
    ['that lives longer than is allowed', { x509TtlSeconds: 86_401 }, {}, 'identity/entry-invalid'],
  ])('%s is refused', async (_, second, first, code) => {
    const registrar = await rig.registrar(await rig.store());
    await registrar.add(said(first), ADA);
    await expect(registrar.add(said(second), ADA)).rejects.toMatchObject({ code });
    expect(registrar.index.size).toBe(1);
  });

  it('beyond the limit is refused, also of many at once', async () => {
    const store = await rig.store();
    const registrar = await rig.registrar(store, { maxEntries: 3 });
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, at) =>
        registrar.add(said({ spiffeId: `spiffe://example.org/${at}` }), ADA),
      ),
    );
    const refused = results.filter((one) => one.status === 'rejected');
    expect(refused.map(({ reason }) => reason.code)).toEqual(
      Array(6).fill('identity/entries-too-many'),
    );
    expect(await store.documents('identity-entry')).toHaveLength(3);
  });
});

describe('an entry that is changed', () => {
  it('keeps what is not said anew, and the log tells only the difference', async () => {
    const store = await rig.store();
    const registrar = await rig.registrar(store);
    const entry = await registrar.add(said({ dnsNames: ['a.example'] }), ADA);
    const change = { x509TtlSeconds: 600, hint: 'internal', service: 'production/shop/orders' };
    const after = await registrar.update(entry.id, change, ADA);
    expect(after).toEqual({
      ...entry,
      x509TtlSeconds: 600,
      hint: 'internal',
      services: ['production/shop/orders'],
    });
    expect((await rig.registrar(store)).get(entry.id)).toEqual(after);
    const { items } = await store.audit({ limit: 1, action: 'identity.update' });
    expect(items[0]?.detail).toEqual({
      entry: entry.id,
      hint: 'internal',
      services: ['production/shop/orders'],
      x509TtlSeconds: '600',
    });
  });

  it.each<[string, object, string]>([
    ['a time that is over', { expiresAt: '2020-01-01T00:00:00Z' }, 'is not after now'],
    ['a lifetime that is too long', { jwtTtlSeconds: 3_601 }, 'more than the limit of 3600'],
    ['its own trust domain', { federatesWith: ['example.org'] }, 'whose own bundle'],
    ['an owner that the estate says', { owner: 'team-b' }, 'the owner of an automatic entry'],
    ['a service that the estate says', { service: null }, 'the service of an automatic entry'],
  ])('is not given %s', async (_, change, why) => {
    const registrar = await rig.registrar(await rig.store());
    await registrar.applyEstate([service('orders')]);
    const [entry] = registrar.index.entries();
    const update = registrar.update(entry?.id ?? '', change, ADA);
    await expect(update).rejects.toMatchObject({
      code: 'identity/entry-invalid',
      message: expect.stringContaining(why),
    });
    expect([...registrar.index.entries()]).toEqual([entry]);
  });

  it('is not given the hint of one that goes with it, and may keep its own', async () => {
    const registrar = await rig.registrar(await rig.store());
    const one = await registrar.add(said({ hint: 'a' }), ADA);
    const other = await registrar.add(said({ spiffeId: `${ORDERS}-2`, hint: 'b' }), ADA);
    await expect(registrar.update(other.id, { hint: 'a' }, ADA)).rejects.toMatchObject({
      code: 'identity/entry-conflict',
    });
    await registrar.update(one.id, { hint: 'a', jwtTtlSeconds: 60 }, ADA);
  });
});

describe('entries that are removed', () => {
  it('are gone all together, or not at all', async () => {
    const store = await rig.store();
    const registrar = await rig.registrar(store);
    const one = await registrar.add(said(), ADA);
    const two = await registrar.add(said({ selectors: ['unix:uid:7'] }), ADA);
    await expect(registrar.remove([one.id, 'entry-none'], ADA)).rejects.toMatchObject({
      code: 'identity/entry-not-found',
    });
    expect(registrar.index.size).toBe(2);
    await registrar.remove([one.id, two.id, one.id], ADA);
    expect([...(await rig.registrar(store)).index.entries()]).toEqual([]);
    expect((await logOf(store)).slice(2)).toEqual([
      `ada identity.retire ${ORDERS}`,
      `ada identity.retire ${ORDERS}`,
    ]);
  });
});

describe('the estate', () => {
  it('brings its entries, more than go into one transaction, and once', async () => {
    const store = await rig.store();
    const registrar = await rig.registrar(store);
    const services = Array.from({ length: 450 }, (_, at) => service(`s-${at}`));
    expect(await registrar.applyEstate(services)).toEqual({ added: 450, updated: 0, retired: 0 });
    const again = await rig.registrar(store);
    for (const one of [registrar, again]) {
      expect(await one.applyEstate(services)).toEqual({ added: 0, updated: 0, retired: 0 });
      expect(one.index.size).toBe(450);
    }
    expect((await store.audit({ limit: 1 })).total).toBe(450);
  });

  it('says which services it could not give an identity; what a person registered has one', async () => {
    const registrar = await rig.registrar(await rig.store());
    const nameless = [service('a', { identities: [] }), service('b', { identities: [] })];
    await registrar.add(said({ selectors: ['unix:uid:7'], service: 'production/shop/b' }), ADA);
    await registrar.applyEstate(nameless);
    expect(registrar.unregistered).toEqual([
      {
        service: 'production/shop/a',
        because: expect.stringContaining('no service account of a is known'),
      },
    ]);
  });

  it('registers nobody where that is not wanted, and says so; what is there goes on', async () => {
    const store = await rig.store();
    const automatic = await rig.registrar(store);
    await automatic.applyEstate([service('a'), service('c')]);
    const registrar = await rig.registrar(store, { automatic: false });
    const services = [
      service('a', { owner: undefined }),
      service('b'),
      service('c', { retired: true }),
    ];
    expect(await registrar.applyEstate(services)).toEqual({ added: 0, updated: 1, retired: 1 });
    expect(registrar.unregistered).toMatchObject([
      { service: 'production/shop/b', because: expect.stringContaining('not registered by') },
    ]);
  });

  it('ends entries with their service, those of people too', async () => {
    const store = await rig.store();
    const registrar = await rig.registrar(store);
    await registrar.add(said({ selectors: ['unix:uid:7'], service: 'production/shop/a' }), ADA);
    await registrar.applyEstate([service('a')]);
    const applied = await registrar.applyEstate([service('a', { retired: true })]);
    expect(applied).toEqual({ added: 0, updated: 0, retired: 2 });
    const { items } = await store.audit({ limit: 1 });
    expect(items[0]).toMatchObject({ actor: 'estate', reason: 'production/shop/a is retired' });
  });

  it('keeps what it has done where a transaction fails, and goes on from there', async () => {
    const store = await rig.store();
    let amends = 0;
    const failing: DocumentStore = {
      documents: (kind) => store.documents(kind),
      document: (kind, id) => store.document(kind, id),
      documentVersions: (kind, ids) => store.documentVersions(kind, ids),
      amend: async (changes, entries) => {
        if (++amends === 2) throw new Error('the disk is full');
        return store.amend(changes, entries);
      },
    };
    const registrar = await rig.registrar(failing);
    const services = Array.from({ length: 300 }, (_, at) => service(`s-${at}`));
    await expect(registrar.applyEstate(services)).rejects.toThrow('the disk is full');
    expect(registrar.index.size).toBe(200);
    expect(await registrar.applyEstate(services)).toMatchObject({ added: 100 });
  });

  it('closes although its store has gone in the middle of a change', async () => {
    const store = await rig.store();
    let isGone = false;
    const check = () => {
      if (isGone) throw new Error('the disk is gone');
    };
    const registrar = await rig.registrar({
      documents: async (kind) => {
        check();
        return store.documents(kind);
      },
      documentVersions: (kind, ids) => store.documentVersions(kind, ids),
      document: async (kind, id) => {
        check();
        return store.document(kind, id);
      },
      amend: async () => {
        isGone = true;
        check();
        return [];
      },
    });
    await expect(registrar.applyEstate([service('a')])).rejects.toThrow('the disk is gone');
    await expect(registrar.close()).resolves.toBeUndefined();
  });
});

describe('two that keep the same entries', () => {
  it('each make their changes, and see those of the other with their own', async () => {
    const store = await rig.store();
    const [one, two] = [await rig.registrar(store), await rig.registrar(store)];
    const entry = await one.add(said(), ADA);
    const seen: string[] = [];
    two.onChange(({ set, gone }) => {
      seen.push(...set.map(({ hint }) => `set ${hint}`), ...gone.map(({ hint }) => `gone ${hint}`));
    });
    await expect(two.add(said(), ADA)).rejects.toMatchObject({ code: 'identity/entry-conflict' });
    await two.update(entry.id, { hint: 'two' }, ADA);
    await one.update(entry.id, { hint: 'one' }, ADA);
    await one.remove([entry.id], ADA);
    await expect(two.remove([entry.id], ADA)).rejects.toMatchObject({
      code: 'identity/entry-not-found',
    });
    expect(seen).toEqual(['set ', 'set two', 'gone two']);
  });

  it('do not count twice what is done anew after the change of another', async () => {
    const store = await rig.store();
    const [one, two] = [await rig.registrar(store), await rig.registrar(store)];
    const services = Array.from({ length: 250 }, (_, at) => service(`s-${at}`));
    const both = await Promise.all([one.applyEstate(services), two.applyEstate(services)]);
    expect(both.reduce((sum, { added }) => sum + added, 0)).toBe(250);
    expect((await store.audit({ limit: 1 })).total).toBe(250);
  });
});

describe('what is kept', () => {
  it('of another trust domain stays, and is nobody else’s', async () => {
    const store = await rig.store();
    const other = await rig.registrar(store, {}, { trustDomain: 'other.org' });
    await other.applyEstate([service('a')]);
    const registrar = await rig.registrar(store);
    await registrar.applyEstate([]);
    expect(registrar.index.size).toBe(0);
    expect((await rig.registrar(store, {}, { trustDomain: 'other.org' })).index.size).toBe(1);
  });

  it('and cannot be read gives nobody an identity, is told of, and can be taken the place of', async () => {
    const store = await rig.store();
    const { id } = await (await rig.registrar(store)).add(said(), ADA);
    await store.amend([{ kind: 'identity-entry', id, version: 1, body: { id, odd: true } }], []);
    rig.warnings.length = 0;
    const registrar = await rig.registrar(store);
    expect(registrar.index.size).toBe(0);
    expect(rig.warnings).toMatchObject([{ code: 'identity/entry-damaged' }]);
    expect((await registrar.add(said(), ADA)).id).toBe(id);
  });
});

describe('those who take back what entries gave', () => {
  it('are told of each that has ended, and whether its identity is still given', async () => {
    const told: Retired[] = [];
    const store = await rig.store();
    const registrar = await rig.registrar(
      store,
      {},
      { onRetired: async (all) => void told.push(...all) },
    );
    const one = await registrar.add(said(), ADA);
    await registrar.add(said({ selectors: ['unix:uid:7'] }), ADA);
    await registrar.applyEstate([service('web')]);
    await registrar.remove([one.id], ADA);
    await registrar.applyEstate([service('web', { retired: true })]);
    await registrar.settled();
    expect(told).toMatchObject([
      { entry: one, because: 'as agreed', by: 'ada', isStillGiven: true },
      {
        entry: { services: ['production/shop/web'] },
        because: 'production/shop/web is retired',
        by: 'estate',
        isStillGiven: false,
      },
    ]);
    expect(await store.documents('identity-retired')).toEqual([]);
  });

  it('are told again until they have done it, also after a crash', async () => {
    const store = await rig.store();
    const told: string[][] = [];
    let fails = true;
    const onRetired = async (all: readonly Retired[]) => {
      told.push(all.map(({ entry }) => entry.services[0] ?? ''));
      if (fails) throw new Error('not now');
    };
    const registrar = await rig.registrar(store, {}, { onRetired });
    const services = [service('a'), service('b')];
    await registrar.applyEstate(services);
    await registrar.applyEstate(services.map((one) => ({ ...one, retired: one.name === 'a' })));
    await registrar.settled();
    expect(told).toEqual([['production/shop/a']]);
    fails = false;
    const next = await rig.registrar(store, {}, { onRetired });
    await next.settled();
    await next.applyEstate([]);
    await next.settled();
    expect(told).toEqual([['production/shop/a'], ['production/shop/a']]);
  });

  it('hear of an entry that ended, came back and ended again', async () => {
    const store = await rig.store();
    let told = 0;
    const onRetired = async () => {
      told++;
      throw new Error('not now');
    };
    const registrar = await rig.registrar(store, {}, { onRetired });
    for (let turn = 0; turn < 2; turn++) {
      const { id } = await registrar.add(said(), ADA);
      await registrar.remove([id], ADA);
      await registrar.settled();
    }
    expect(told).toBe(2);
    expect(await store.documents('identity-retired')).toHaveLength(1);
  });
});

describe('lists of entries', () => {
  it('come in pages, by SPIFFE ID, and go on where one of them is gone', async () => {
    const registrar = await rig.registrar(await rig.store());
    await registrar.applyEstate(['c', 'a', 'd', 'b'].map((name) => service(name)));
    const first = registrar.list({ limit: 2 });
    expect(idsOf(first.items)).toEqual(
      ['a', 'b'].map((name) => `spiffe://example.org/ns/shop/sa/${name}`),
    );
    expect(first.total).toBe(4);
    const all = registrar.list({ limit: 4 });
    expect(registrar.list({ limit: 9, after: first.next ?? '' }).items).toEqual(all.items.slice(2));
    expect(all.next).toBeUndefined();
    await registrar.remove([first.items[1]?.id ?? ''], ADA);
    const second = registrar.list({ limit: 2, after: first.next ?? '' });
    expect(idsOf(second.items)).toEqual(
      ['c', 'd'].map((name) => `spiffe://example.org/ns/shop/sa/${name}`),
    );
    expect(second.next).toBeUndefined();
    for (const after of ['', 'x', Buffer.from('a b c').toString('base64url')]) {
      expect(() => registrar.list({ limit: 1, after })).toThrow('is not the end of a page');
    }
  });

  it.each([
    [{ service: 'production/shop/a' }, ['a']],
    [{ owner: 'team-b' }, ['b']],
    [{ owner: '' }, ['c']],
    [{ spiffeId: 'spiffe://example.org/ns/shop/sa/a' }, ['a']],
    [{ selector: 'k8s:sa:b' }, ['b']],
    [{ selector: 'k8s:sa' }, []],
    [{ origin: 'person' as const }, ['p']],
    [{ origin: 'automatic' as const, selector: 'k8s:ns:shop' }, ['a', 'b', 'c']],
    [{ search: 'TEAM-B shop' }, ['b']],
    [{ search: 'uid:7' }, ['p']],
    [{ search: 'team-b team-a' }, []],
  ])('are filtered by %j', async (filter, names) => {
    const registrar = await rig.registrar(await rig.store());
    await registrar.applyEstate([service('a'), service('b'), service('c', { owner: undefined })]);
    const mine = { spiffeId: 'spiffe://example.org/p', selectors: ['unix:uid:7'], owner: 'me' };
    await registrar.add(said(mine), ADA);
    const { items } = registrar.list({ limit: 9, ...filter });
    expect(idsOf(items).map((id) => id.slice(id.lastIndexOf('/') + 1))).toEqual(names);
  });
});

it('what the estate no longer knows ends after the time that is set', async () => {
  const registrar = await rig.registrar(await rig.store(), { retireAfterHours: 2 });
  await registrar.applyEstate([service('a')]);
  expect(await registrar.applyEstate([])).toEqual({ added: 0, updated: 1, retired: 0 });
  rig.now += 2 * HOUR;
  expect(await registrar.applyEstate([])).toEqual({ added: 0, updated: 0, retired: 1 });
});
