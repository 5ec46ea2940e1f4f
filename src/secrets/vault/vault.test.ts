import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Kek } from './kek/kek.ts';
import { LocalKek } from './kek/local.ts';
import { createShamirKek } from './kek/shamir/index.ts';
import { createKeyRing, OpenKeys } from './keyring.ts';
import type { KeyRing } from './ring.ts';
import { codeOf, faultOf } from './testing/faults.ts';
import { newKek, SwitchedKek } from './testing/keks.ts';
import { Vault } from './vault.ts';

const ports = { random: randomBytes, clock: () => Date.parse('2026-06-01T00:00:00Z') };
const place = { secret: 'production/shop/orders/orders-db', version: 1 };
const value = { password: randomBytes(18).toString('base64') };
const SEALED = 'vault/unavailable/sealed';

async function sealedVault(kek: Kek = newKek()) {
  const secret = new SwitchedKek(kek);
  const ring = await createKeyRing(secret, { random: randomBytes, now: ports.clock() });
  return { kek: secret, ring, vault: new Vault(ring, ports) };
}
async function openVault(kek?: Kek) {
  const made = await sealedVault(kek);
  await made.vault.unseal(made.kek);
  return made;
}
/** Keeps rings in memory, the last one at hand. */
function ringKeeper() {
  const kept: KeyRing[] = [];
  return { kept, keep: async (ring: KeyRing) => void kept.push(ring) };
}

describe('a vault', () => {
  it('encrypts and decrypts while it is unsealed, and not before', async () => {
    const { vault, kek } = await sealedVault();
    expect(await codeOf(() => vault.encrypt(place, value))).toBe(SEALED);
    await vault.unseal(kek);
    const envelope = vault.encrypt(place, value);
    expect(vault.decrypt(place, envelope)).toEqual(value);
    expect(vault.isNewest(envelope)).toBe(true);
    expect(vault.status).toEqual({
      isSealed: false,
      kek: kek.id,
      shares: undefined,
      rootVersions: [{ number: 1, createdAt: '2026-06-01T00:00:00.000Z' }],
    });
  });

  it('opens nothing once it is sealed, and everything once it is unsealed again', async () => {
    const secret = randomBytes(32);
    const { vault, kek } = await openVault(new LocalKek(Buffer.from(secret), randomBytes));
    const envelope = vault.encrypt(place, value);
    vault.seal();
    expect(kek.isClosed).toBe(true);
    for (const work of [
      () => vault.encrypt(place, value),
      () => vault.decrypt(place, envelope),
      () => vault.rewrap(place, envelope),
      () => vault.rotateRoot(ringKeeper().keep),
      () => vault.retireRoot(1, new Set(), ringKeeper().keep),
      () => vault.changeKek(newKek(), ringKeeper().keep),
    ]) {
      expect(await codeOf(work)).toBe(SEALED);
    }
    await vault.unseal(new LocalKek(secret, randomBytes));
    expect(vault.decrypt(place, envelope)).toEqual(value);
  });

  it('wipes root keys when it is sealed, and those before a change of them', async () => {
    const { vault } = await openVault();
    const { mock } = vi.spyOn(OpenKeys.prototype, 'wipe');
    const wiped = () => mock.contexts.map((keys) => keys instanceof OpenKeys && keys.newest);
    await vault.rotateRoot(ringKeeper().keep);
    expect(wiped()).toEqual([1]);
    vault.seal();
    expect(wiped()).toEqual([1, 2]);
  });

  it('wipes its key-encryption key with the others', async () => {
    const secret = randomBytes(32);
    const kek = new LocalKek(secret, randomBytes);
    const ring = await createKeyRing(kek, { random: randomBytes, now: 0 });
    const vault = new Vault(ring, ports);
    await vault.unseal(kek);
    vault.seal();
    expect(secret).toEqual(Buffer.alloc(32));
    expect(await codeOf(() => kek.wrap(Buffer.alloc(1), {}))).toBe('vault/kek-denied');
    expect(await codeOf(() => vault.unseal(kek))).toBe('vault/kek-denied');
  });

  it('tells a wrong key, closes it, and takes the right one afterwards', async () => {
    const { vault, kek } = await sealedVault();
    const wrong = new SwitchedKek();
    expect(await codeOf(() => vault.unseal(wrong))).toBe('vault/kek-mismatch');
    expect(wrong.isClosed).toBe(true);
    expect(vault.isSealed).toBe(true);
    await vault.unseal(kek);
    expect(vault.isSealed).toBe(false);
  });

  it('stays sealed where it is sealed while it is being unsealed', async () => {
    const { vault, kek } = await sealedVault();
    kek.before = async () => vault.seal();
    expect(await codeOf(() => vault.unseal(kek))).toBe(SEALED);
    expect([vault.isSealed, kek.isClosed]).toEqual([true, true]);
  });

  it('shows nothing of what it holds', async () => {
    const secret = randomBytes(32);
    const { vault } = await openVault(new LocalKek(Buffer.from(secret), randomBytes));
    vault.decrypt(place, vault.encrypt(place, value));
    const shown = inspect(vault, { depth: 9, showHidden: true }) + JSON.stringify(vault);
    expect(shown).not.toContain(value.password);
    expect(shown).not.toContain(secret.toString('hex').slice(0, 8));
    expect(shown).not.toMatch(/Buffer/);
  });
});

describe('a change of the root key', () => {
  it('is gone by once the ring is kept, and keeps what was there', async () => {
    const { vault } = await openVault();
    const { kept, keep } = ringKeeper();
    const before = vault.encrypt(place, value);
    await vault.rotateRoot(keep);
    expect(vault.isNewest(before)).toBe(false);
    expect(vault.decrypt(place, before)).toEqual(value);
    const after = vault.rewrap(place, before);
    expect(vault.isNewest(after)).toBe(true);
    await vault.retireRoot(1, new Set(), keep);
    expect(await codeOf(() => vault.decrypt(place, before))).toBe('vault/envelope-refused');
    expect(vault.decrypt(place, after)).toEqual(value);
    expect(kept.map(({ revision }) => revision)).toEqual([2, 3]);
  });

  it('has not been where the ring could not be kept', async () => {
    const { vault } = await openVault();
    const keep = () => Promise.reject(new Error('the disk is full'));
    await expect(vault.rotateRoot(keep)).rejects.toThrow('the disk is full');
    expect(vault.status.rootVersions).toHaveLength(1);
    const envelope = vault.encrypt(place, value);
    expect(vault.isNewest(envelope)).toBe(true);
    await vault.rotateRoot(ringKeeper().keep);
    expect(vault.decrypt(place, envelope)).toEqual(value);
  });

  it('waits for the one before it', async () => {
    const { vault } = await openVault();
    const { kept, keep } = ringKeeper();
    await Promise.all([vault.rotateRoot(keep), vault.rotateRoot(keep), vault.rotateRoot(keep)]);
    expect(kept.map(({ versions }) => versions.length)).toEqual([2, 3, 4]);
    expect(vault.status.rootVersions.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it('that was kept holds though the vault was sealed meanwhile', async () => {
    const secret = randomBytes(32);
    const { vault } = await openVault(new LocalKek(Buffer.from(secret), randomBytes));
    await vault.rotateRoot(async () => vault.seal());
    expect(vault.isSealed).toBe(true);
    await vault.unseal(new LocalKek(secret, randomBytes));
    expect(vault.status.rootVersions).toHaveLength(2);
  });

  it('is not begun, nor kept, where the vault is sealed first', async () => {
    const { vault, kek } = await openVault();
    const { kept, keep } = ringKeeper();
    kek.before = async () => vault.seal();
    expect(await codeOf(() => vault.rotateRoot(keep))).toBe(SEALED);
    expect(kept).toEqual([]);
  });
});

describe('a change of the key-encryption key', () => {
  it('leaves envelopes as they are, and the key before opens nothing', async () => {
    const { vault, kek } = await openVault();
    const { kept, keep } = ringKeeper();
    const envelope = vault.encrypt(place, value);
    const other = new SwitchedKek();
    await vault.changeKek(other, keep);
    expect([kek.isClosed, other.isClosed]).toEqual([true, false]);
    expect(vault.decrypt(place, envelope)).toEqual(value);
    const again = new Vault(kept[0]!, ports);
    expect(await codeOf(() => again.unseal(kek))).toBe('vault/kek-mismatch');
    await again.unseal(other);
    expect(again.decrypt(place, envelope)).toEqual(value);
  });

  it('to a key that fails changes nothing', async () => {
    const { vault, kek } = await openVault();
    const other = new SwitchedKek();
    other.before = () => Promise.reject(new Error('down'));
    await expect(vault.changeKek(other, ringKeeper().keep)).rejects.toThrow('down');
    expect([kek.isClosed, other.isClosed]).toEqual([false, true]);
    expect(vault.status.kek).toBe(kek.id);
    await vault.rotateRoot(ringKeeper().keep);
  });
});

describe('a ring that another process has changed', () => {
  it('is gone on by, and an older one is not', async () => {
    const { vault, kek, ring } = await openVault();
    const other = new Vault(ring, ports);
    await other.unseal(kek);
    const { kept, keep } = ringKeeper();
    await vault.rotateRoot(keep);
    const envelope = vault.encrypt(place, value);
    expect(await codeOf(() => other.decrypt(place, envelope))).toBe('vault/envelope-refused');
    await other.reload(kept[0]!);
    expect(other.decrypt(place, envelope)).toEqual(value);
    const fault = await faultOf(() => other.reload(ring));
    expect(fault?.code).toBe('vault/conflict/older-ring');
    expect(other.decrypt(place, envelope)).toEqual(value);
  });

  it('is not that of another vault', async () => {
    const [{ vault }, { ring }] = [await openVault(), await sealedVault()];
    expect(await codeOf(() => vault.reload(ring))).toBe('vault/conflict/another-vault');
  });
});

describe('a vault whose key is in shares', () => {
  async function shared(shares: number, threshold: number) {
    const { kek, shares: texts } = await createShamirKek({ shares, threshold }, randomBytes);
    const ring = await createKeyRing(kek, { random: randomBytes, now: 0 });
    const vault = new Vault(ring, ports);
    await vault.unseal(kek);
    const envelope = vault.encrypt(place, value);
    vault.seal();
    return { vault, texts, envelope };
  }

  it('unseals with any shares that are enough, in any order', async () => {
    const { vault, texts, envelope } = await shared(5, 3);
    const some = fc.shuffledSubarray([...texts], { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(some, async (given) => {
        const told: unknown[] = [];
        for (const text of given) told.push(await vault.giveShare(text));
        expect(told).toEqual([1, 2, 3].map((count) => ({ given: count, needed: 3 })));
        expect(vault.decrypt(place, envelope)).toEqual(value);
        vault.seal();
      }),
      { numRuns: 30 },
    );
  });

  it('forgets shares when it is told to, and when it is sealed', async () => {
    const { vault, texts } = await shared(3, 2);
    for (const forget of [() => vault.resetShares(), () => vault.seal()]) {
      await vault.giveShare(texts[0]!);
      expect(vault.status.shares).toEqual({ given: 1, needed: 2 });
      forget();
      expect(vault.status.shares).toEqual({ given: 0, needed: 2 });
      expect(await vault.giveShare(texts[1]!)).toEqual({ given: 1, needed: 2 });
      expect(vault.isSealed).toBe(true);
      vault.resetShares();
    }
  });

  it('takes no share where it needs none', async () => {
    const { vault, texts } = await shared(2, 2);
    for (const text of texts) await vault.giveShare(text);
    expect(await codeOf(() => vault.giveShare(texts[0]!))).toBe('vault/conflict/unsealed');
    const { vault: other } = await sealedVault();
    expect(await codeOf(() => other.giveShare(texts[0]!))).toBe('vault/invalid');
  });
});
