import { beforeEach, expect, test } from 'vitest';
import { entryOf } from '../entries.ts';
import type { IssueCount } from '../issuing/index.ts';
import { type AuthorityState, emptyState } from '../model.ts';
import type { AuthorityChange, AuthorityStore } from './port.ts';

const DOMAIN = 'example.org';
const ID = 'spiffe://example.org/orders';
const NOW = Date.UTC(2025, 2, 3);
const by = { actor: 'reeve', reason: '' };
const rich: AuthorityState = {
  ...emptyState(DOMAIN),
  sequence: 7,
  steady: 12.5,
  authorities: [
    {
      ...{ id: 'a', kind: 'x509', status: 'active', preparedAt: NOW, notBefore: NOW },
      ...{ notAfter: NOW + 9, publicKey: 'AA==', certificate: 'AAA=', chain: ['AAAA'] },
      ...{ anchors: ['AAAA'], publishedAt: 1, retiredAt: null, removeAt: null },
      ...{ isLeaving: true, taint: 'urgent' },
    },
  ],
  revocation: {
    sequence: 3,
    denials: [
      {
        ...{ deny: 'identity', value: ID, issuedBefore: null, why: 'keyCompromise' },
        ...{ until: null, id: 'd1', at: NOW, keepUntil: null },
      },
      {
        ...{ deny: 'serial', value: '0a', authority: 'a', why: 'superseded' },
        ...{ until: NOW, id: 'd2', at: NOW, keepUntil: 5 },
      },
    ],
  },
};
const empty = emptyState(DOMAIN);

function issue(spiffeId: string, wall: number, serial?: string) {
  const until = new Date(wall + 1_000).toISOString();
  const said = { kind: serial ? 'x509' : 'jwt', authority: 'a', until, serial };
  return entryOf('identity.issue', spiffeId, said, by, wall);
}
const counted = (service: string, what: IssueCount['what']): IssueCount => ({ service, what });

/** What every store of authorities must do. `open` gives an empty one. */
export function authorityStoreContract(open: () => Promise<AuthorityStore>): void {
  let store: AuthorityStore;
  beforeEach(async () => {
    store = await open();
  });
  const change = { version: 0, keys: [], entries: [] };

  test('keeps a state and its keys, of each trust domain apart', async () => {
    expect(await store.load(DOMAIN)).toBeUndefined();
    const keys = [{ id: 'a', version: 0, sealed: 'sealed-a' }];
    await store.save({ ...change, state: rich, keys });
    const other = emptyState('other.example');
    await store.save({ ...change, state: other, keys: [{ id: 'a', version: 0, sealed: 'b' }] });
    expect(await store.load(DOMAIN)).toEqual({
      state: rich,
      version: 1,
      keys: new Map([['a', { sealed: 'sealed-a', version: 1 }]]),
    });
    expect((await store.load('other.example'))?.state).toEqual(other);
  });

  test('destroys keys, and takes others in the same change', async () => {
    await store.save({ ...change, state: rich, keys: [{ id: 'a', version: 0, sealed: 'x' }] });
    const keys = [
      { id: 'a', version: 1 },
      { id: 'b', version: 0, sealed: 'y' },
    ];
    await store.save({ ...change, version: 1, state: empty, keys });
    const kept = await store.load(DOMAIN);
    expect(kept?.version).toBe(2);
    expect(kept?.keys).toEqual(new Map([['b', { sealed: 'y', version: 1 }]]));
  });

  test.for([
    ['a state that is there already', { version: 0, keys: [] }],
    ['a state that has changed', { version: 2, keys: [] }],
    ['a key that is there already', { version: 1, keys: [{ id: 'a', version: 0, sealed: 'z' }] }],
    ['a key that is gone', { version: 1, keys: [{ id: 'b', version: 1 }] }],
  ] satisfies [string, Pick<AuthorityChange, 'version' | 'keys'>][])(
    'refuses %s, and keeps nothing of the change',
    async ([, wrong]) => {
      await store.save({ ...change, state: rich, keys: [{ id: 'a', version: 0, sealed: 'x' }] });
      const entries = [entryOf('authority.retire', 'a', { kind: 'x509' }, by, NOW)];
      await expect(
        store.save({ ...change, ...wrong, state: empty, entries }),
      ).rejects.toMatchObject({
        code: 'estate/document-conflict',
      });
      expect(await store.load(DOMAIN)).toMatchObject({ state: rich, version: 1 });
    },
  );

  test('counts by service, whoever records at the same time', async () => {
    const entries = [issue(ID, NOW, '0a')];
    await Promise.all([
      store.record(entries, [counted('s/orders', 'x509'), counted('s/cart', 'refused')]),
      store.record([], [counted('s/orders', 'x509'), counted('s/orders', 'jwt')]),
      store.record([], []),
    ]);
    expect(await store.counts()).toEqual(
      new Map([
        ['s/orders', { x509: 2, jwt: 1, refused: 0 }],
        ['s/cart', { x509: 0, jwt: 0, refused: 1 }],
      ]),
    );
  });

  test('remembers what was issued to an identity, newest first', async () => {
    const other = `${ID}-2`;
    await store.record(
      [
        issue(ID, NOW, '01'),
        issue(other, NOW, '02'),
        issue(ID, NOW + 10, '03'),
        issue(ID, NOW + 20),
      ],
      [],
    );
    await store.record([entryOf('identity.refuse', ID, { kind: 'x509' }, by, NOW + 30)], []);
    const record = { spiffeId: ID, authority: 'a' };
    expect(await store.issuedTo(ID, NOW + 5)).toEqual([
      { ...record, notAfter: NOW + 1_020 },
      { ...record, notAfter: NOW + 1_010, serialNumber: '03' },
    ]);
    expect(await store.issuedTo('spiffe://example.org/none', 0)).toEqual([]);
  });
}
