import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { calculateJwkThumbprint } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { jwksOf, KeySets, type PublicKey, publicKeyOf, toJwk } from './index.ts';

const START = Date.UTC(2026, 0, 5, 12);
const ID = 'production/shop/orders/tokens';
const BY = { actor: 'ada', reason: 'a test' };
const pairs = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
};

let store: MemoryDocuments;
let now: number;
let sets: KeySets;

beforeEach(() => {
  store = new MemoryDocuments();
  now = START;
  sets = new KeySets({ store, clock: () => now });
});

function newKey(algorithm: keyof typeof pairs = 'ES256'): PublicKey {
  const key = publicKeyOf(pairs[algorithm]().privateKey);
  if (key === undefined) throw new Error('it is none');
  return key;
}
const kids = async () => {
  const set = await sets.read(ID);
  return set ? jwksOf(set, now).keys.map(({ kid }) => kid) : [];
};

describe('a public key', () => {
  it.each(Object.entries(pairs))('of %s is named by its thumbprint', async (algorithm, make) => {
    const { privateKey, publicKey } = make();
    const key = publicKeyOf(privateKey);
    expect(key).toEqual(publicKeyOf(publicKey));
    expect(key?.algorithm).toBe(algorithm);
    const jwk = key && toJwk(key);
    expect(key?.kid).toBe(await calculateJwkThumbprint(publicKey.export({ format: 'jwk' })));
    expect(jwk).toMatchObject({ use: 'sig', alg: algorithm, kid: key?.kid });
    expect(createPublicKey({ key: jwk ?? {}, format: 'jwk' }).equals(publicKey)).toBe(true);
  });

  it.each(Object.entries(pairs))('of %s has nothing that is private', (_, make) => {
    const { privateKey } = make();
    const secret = privateKey.export({ format: 'jwk' });
    const told = JSON.stringify(publicKeyOf(privateKey));
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) {
      if (secret[name]) expect(told).not.toContain(secret[name]);
    }
  });

  it.each([
    ['another curve', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['another kind', generateKeyPairSync('ed448').privateKey],
    ['a kind without JSON', generateKeyPairSync('rsa-pss', { modulusLength: 2_048 }).privateKey],
  ])('of %s is not published', (_, key) => {
    expect(publicKeyOf(key)).toBeUndefined();
  });
});

describe('a key set', () => {
  it('has the keys that are published, oldest first', async () => {
    const [one, other] = [newKey(), newKey('EdDSA')];
    await sets.publish(ID, one, 600, BY);
    await sets.publish(ID, other, 300, BY);
    expect(await kids()).toEqual([one.kid, other.kid]);
    expect((await sets.read(ID))?.maxAgeSeconds).toBe(300);
    expect(await sets.read('production/shop/orders/other')).toBeUndefined();
  });

  it('is changed once, however often it is asked for', async () => {
    const key = newKey();
    for (const _ of [1, 2]) await sets.publish(ID, key, 600, BY);
    for (const until of [60, 120]) await sets.retire(ID, key.kid, now + until * 1_000, BY);
    await sets.publish(ID, key, 600, BY);
    for (const _ of [1, 2]) await sets.withdraw(ID, key.kid, BY);
    await sets.retire(ID, key.kid, now, BY);
    const actions = store.log.map(({ action }) => action);
    expect(actions).toEqual(['key-set.publish', 'key-set.retire', 'key-set.withdraw']);
    expect(store.log[1]?.detail.until).toBe(new Date(START + 60_000).toISOString());
  });

  it('has a retired key until its end, and forgets it with the next', async () => {
    const [one, other] = [newKey(), newKey()];
    await sets.publish(ID, one, 600, BY);
    await sets.retire(ID, one.kid, now + 60_000, BY);
    now += 59_999;
    expect(await kids()).toEqual([one.kid]);
    now += 1;
    expect(await kids()).toEqual([]);
    await sets.publish(ID, other, 600, BY);
    expect((await sets.read(ID))?.keys).toHaveLength(1);
  });

  it('has room for so many keys', async () => {
    const keys = Array.from({ length: 51 }, () => newKey('EdDSA'));
    for (const key of keys.slice(0, 50)) await sets.publish(ID, key, 600, BY);
    await expect(sets.publish(ID, keys[50] ?? newKey(), 600, BY)).rejects.toMatchObject({
      code: 'secrets/key-set-too-many',
    });
  });

  it('takes the changes of several processes', async () => {
    const keys = Array.from({ length: 4 }, () => newKey('EdDSA'));
    await Promise.all(keys.map((key) => sets.publish(ID, key, 600, BY)));
    expect((await kids()).sort()).toEqual(keys.map(({ kid }) => kid).sort());
  });

  it('that cannot be read is a fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (body) => {
        const id = `${ID}-${Math.random()}`;
        await store.amend([{ kind: 'key-set', id, version: 0, body: body ?? {} }], []);
        const thrown = await sets.read(id).catch((fault: unknown) => fault);
        expect(thrown instanceof Fault && thrown.code).toBe('secrets/key-set-damaged');
      }),
    );
  });
});
