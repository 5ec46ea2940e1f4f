import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../base/log.ts';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { rootVersionOf } from '../../secrets/vault/index.ts';
import { SecretsConfig } from './config.ts';
import { ServerVault } from './vault.ts';

const BY = { actor: 'ada', reason: 'a test' };
const PLACE = { secret: 'production/shop/orders/db', version: 1 };
const VALUE = { password: randomBytes(12).toString('hex') };
const START = Date.UTC(2026, 0, 5);
const SHAMIR = { kek: { kind: 'shamir', shares: 3, threshold: 2 } };

let folder: string;
let store: MemoryDocuments;
let wall: number;
let steady: number;
/** What the store is said to hold. */
let envelopes: string[];
const opened: ServerVault[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  folder = mkdtempSync(join(tmpdir(), 'reeve-vault-'));
  store = new MemoryDocuments();
  [wall, steady, envelopes] = [START, 0, []];
});
afterEach(async () => {
  for (const vault of opened.splice(0)) await vault.close();
  rmSync(folder, { recursive: true, force: true });
  vi.useRealTimers();
});

/** A server's vault.
 *  @param config of `secrets` */
async function open(config: object = {}, isShared = false): Promise<ServerVault> {
  const vault = await ServerVault.open({
    ...{ config: SecretsConfig.parse(config), store, dataFolder: folder, environment: {} },
    ...{ random: randomBytes, isShared, clock: () => wall, steadyClock: () => steady },
    rootsInUse: async () => new Set(envelopes.flatMap((one) => rootVersionOf(one) ?? [])),
    hasValues: async () => envelopes.length > 0,
    log: createLog('silent'),
  });
  opened.push(vault);
  return vault;
}

const actions = () => store.log.map(({ action, actor }) => `${action} by ${actor}`);
const seal = (vault: ServerVault) => vault.encrypt(PLACE, VALUE);
const code = (problem: string) => expect.objectContaining({ code: problem });

describe('the vault of a server', () => {
  it('is made at the first start, with a key that its owner alone may read, and unsealed at the next', async () => {
    const envelope = seal(await open());
    expect(statSync(join(folder, 'vault.key')).mode & 0o777).toBe(0o600);
    expect(actions()).toEqual(['vault.create by reeve', 'vault.unseal by reeve']);
    const again = await open();
    expect(again.standing).toMatchObject({ state: 'unsealed', kind: 'file', problem: null });
    expect(again.decrypt(PLACE, envelope)).toEqual(VALUE);
  });

  it('stays sealed under another key, says so, and is unsealed when the right one is back', async () => {
    const envelope = seal(await open());
    const key = readFileSync(join(folder, 'vault.key'));
    writeFileSync(join(folder, 'vault.key'), randomBytes(32).toString('hex'), { mode: 0o600 });
    const vault = await open();
    expect(vault.standing).toMatchObject({
      state: 'sealed',
      problem: { code: 'vault/kek-mismatch', nextAt: new Date(START + 2_000).toISOString() },
    });
    expect(() => vault.decrypt(PLACE, envelope)).toThrow(code('vault/unavailable/sealed'));
    await expect(vault.unseal(BY)).rejects.toEqual(code('vault/unavailable/kek-mismatch'));
    writeFileSync(join(folder, 'vault.key'), key, { mode: 0o600 });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(vault.decrypt(PLACE, envelope)).toEqual(VALUE);
    expect(vault.standing.problem).toBeNull();
  });

  it('is sealed by a person until a person unseals it', async () => {
    const vault = await open();
    const told: boolean[] = [];
    vault.onChange(() => told.push(vault.isSealed));
    await vault.seal(BY);
    await vi.advanceTimersByTimeAsync(600_000);
    await vault.refresh();
    expect(vault.isSealed).toBe(true);
    await vault.unseal(BY);
    expect(vault.isSealed).toBe(false);
    expect(told).toEqual([true, false]);
    expect(actions().slice(-2)).toEqual(['vault.seal by ada', 'vault.unseal by ada']);
  });

  it('stays sealed by a person who seals it while it is being unsealed', async () => {
    const vault = await open();
    await vault.seal(BY);
    const told = Promise.withResolvers<void>();
    const amend = store.amend.bind(store);
    store.amend = async (changes, entries) => {
      const isUnsealing = entries.some(({ action }) => action === 'vault.unseal');
      if (isUnsealing) await told.promise;
      return amend(changes, entries);
    };
    const unsealing = expect(vault.unseal(BY)).rejects.toEqual(code('vault/unavailable/sealed'));
    await vi.waitUntil(() => !vault.isSealed);
    await vault.seal({ ...BY, actor: 'bo' });
    told.resolve();
    await unsealing;
    await vault.refresh();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(vault.standing).toMatchObject({
      ...{ state: 'sealed', problem: { message: 'bo has sealed the vault' } },
    });
  });

  it('is not unsealed where the audit log cannot be told', async () => {
    const vault = await open();
    await vault.seal(BY);
    store.fails = 'before';
    await expect(vault.unseal(BY)).rejects.toEqual(code('estate/unavailable'));
    expect(vault.isSealed).toBe(true);
  });

  it('makes no other keys where values are kept whose ring is lost', async () => {
    envelopes = [seal(await open())];
    store = new MemoryDocuments();
    const vault = await open();
    expect(vault.standing).toMatchObject({
      state: 'new',
      problem: { code: 'vault/ring-not-found' },
    });
    await expect((await open(SHAMIR)).initialise(BY)).rejects.toEqual(
      code('vault/unavailable/ring-not-found'),
    );
  });

  it('is put under another key by the configuration, and needs the one before no longer', async () => {
    const envelope = seal(await open());
    const file = join(folder, 'other.key');
    const kek = { kind: 'file', file };
    const moved = await open({ kek, kekBefore: { kind: 'file' } });
    expect(moved.standing).toMatchObject({ state: 'unsealed', problem: null });
    rmSync(join(folder, 'vault.key'));
    expect((await open({ kek })).decrypt(PLACE, envelope)).toEqual(VALUE);
    expect(actions()).toContain('vault.change-kek by reeve');
  });
});

describe('a vault of which people have shares', () => {
  it('is initialised by a person, and opened by as many shares as it takes', async () => {
    const vault = await open(SHAMIR);
    expect(vault.standing).toMatchObject({
      state: 'new',
      problem: { code: 'vault/unavailable/new' },
    });
    const { shares, needed } = await vault.initialise(BY);
    expect([shares.length, needed]).toEqual([3, 2]);
    await expect(vault.initialise(BY)).rejects.toEqual(code('vault/conflict/exists'));
    const envelope = seal(vault);
    const again = await open(SHAMIR);
    expect(again.standing).toMatchObject({
      state: 'sealed',
      shares: { given: 0, needed: 2 },
      problem: { code: 'vault/unavailable/shares' },
    });
    await again.giveShare(shares[2] ?? '', BY);
    await again.refresh();
    expect(again.standing.shares).toEqual({ given: 1, needed: 2 });
    await again.giveShare(shares[0] ?? '', BY);
    expect(again.decrypt(PLACE, envelope)).toEqual(VALUE);
    expect(JSON.stringify(store.log)).not.toContain(shares[0]?.slice(-30));
  });

  it('shows the shares of what is made, though the store breaks down right after that', async () => {
    const vault = await open(SHAMIR);
    const amend = store.amend.bind(store);
    store.amend = async (changes, entries) => {
      if (entries.some(({ action }) => action === 'vault.create')) {
        return amend(changes, entries).finally(() => {
          store.fails = 'before';
        });
      }
      return amend(changes, entries);
    };
    const { shares } = await vault.initialise(BY);
    expect(vault.standing).toMatchObject({
      ...{ state: 'sealed', problem: { code: 'estate/unavailable' } },
    });
    for (const share of shares.slice(1)) await vault.giveShare(share, BY);
    expect(vault.isSealed).toBe(false);
  });

  it('loses no shares to a store that could not say what it kept', async () => {
    const vault = await open(SHAMIR);
    store.fails = 'after';
    await vault.initialise(BY);
    store.fails = 'after';
    const { shares } = await vault.renewShares(BY);
    store.fails = 'before';
    await expect(vault.renewShares(BY)).rejects.toEqual(code('estate/unavailable'));
    const again = await open(SHAMIR);
    for (const share of shares.slice(1)) await again.giveShare(share, BY);
    expect(again.isSealed).toBe(false);
  });

  it('has shares made anew, which take the place of those before', async () => {
    const vault = await open(SHAMIR);
    const { shares: before } = await vault.initialise(BY);
    const { shares } = await vault.renewShares(BY);
    const again = await open(SHAMIR);
    await expect(again.giveShare(before[0] ?? '', BY)).rejects.toEqual(
      code('vault/share-conflict'),
    );
    for (const share of shares.slice(0, 2)) await again.giveShare(share, BY);
    expect(again.isSealed).toBe(false);
  });

  it('forgets the shares that were given, and the audit log says who wanted that', async () => {
    const { shares } = await (await open(SHAMIR)).initialise(BY);
    const vault = await open(SHAMIR);
    await vault.giveShare(shares[0] ?? '', BY);
    await vault.resetShares({ ...BY, actor: 'eve' });
    expect([vault.standing.shares?.given, vault.isSealed]).toEqual([0, true]);
    expect(store.log.at(-1)).toMatchObject({ action: 'vault.reset-shares', actor: 'eve' });
  });

  it('is made of one with a key of its own', async () => {
    const envelope = seal(await open());
    expect((await open(SHAMIR)).standing.problem).toMatchObject({ code: 'vault/kek-mismatch' });
    const vault = await open({ ...SHAMIR, kekBefore: { kind: 'file' } });
    const { shares } = await vault.renewShares(BY);
    const again = await open(SHAMIR);
    for (const share of shares.slice(1)) await again.giveShare(share, BY);
    expect(again.decrypt(PLACE, envelope)).toEqual(VALUE);
  });

  it('has no shares to give where its key is in a file', async () => {
    const vault = await open();
    await expect(vault.renewShares(BY)).rejects.toEqual(code('vault/conflict/no-shares'));
  });
});

describe('servers that share a vault', () => {
  it('go on by a root key that the other has made', async () => {
    const [one, other] = [await open({}, true), await open({}, true)];
    await one.rootKeys.rotate(BY);
    const envelope = seal(one);
    expect(rootVersionOf(envelope)).toBe(2);
    const read = vi.fn(async () => other.decrypt(PLACE, envelope));
    expect(await other.retried(read)).toEqual(VALUE);
    expect(read).toHaveBeenCalledTimes(2);
    await other.rootKeys.rotate(BY);
    expect(other.standing.rootKeys.map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('encrypt nothing by a ring that they have not looked at for a minute', async () => {
    const [one, other] = [await open({}, true), await open({}, true)];
    await one.rootKeys.rotate(BY);
    steady = 60_001;
    expect(() => seal(other)).toThrow(code('vault/unavailable/behind'));
    expect(rootVersionOf(await other.retried(async () => seal(other)))).toBe(2);
  });

  it('lose no value to a root key that is retired', async () => {
    const [one, other] = [await open({}, true), await open({}, true)];
    await one.rootKeys.rotate(BY);
    envelopes = [seal(other)];
    expect(rootVersionOf(envelopes[0] ?? '')).toBe(1);
    await expect(one.rootKeys.retire(1, BY)).rejects.toEqual(
      code('vault/conflict/root-key-in-use'),
    );
    wall += 300_000;
    await expect(one.rootKeys.retire(1, BY)).rejects.toEqual(
      code('vault/conflict/root-key-in-use'),
    );
    envelopes = [await other.retried(async () => one.rewrap(PLACE, envelopes[0] ?? ''))];
    await one.rootKeys.retire(1, BY);
    await other.refresh();
    expect(other.decrypt(PLACE, envelopes[0] ?? '')).toEqual(VALUE);
    expect(other.standing.rootKeys.map(({ version }) => version)).toEqual([2]);
  });

  it('follow one that puts the vault under another key', async () => {
    const [one, other] = [await open(SHAMIR, true), await open(SHAMIR, true)];
    const { shares } = await one.initialise(BY);
    await other.refresh();
    for (const share of shares.slice(1)) await other.giveShare(share, BY);
    const renewed = await one.renewShares(BY);
    await other.refresh();
    expect(other.standing).toMatchObject({ state: 'sealed', kek: one.standing.kek });
    for (const share of renewed.shares.slice(1)) await other.giveShare(share, BY);
    expect(other.decrypt(PLACE, seal(one))).toEqual(VALUE);
  });

  it('agree on the vault that was made first', async () => {
    const [one, other] = await Promise.all([open({}, true), open({}, true)]);
    expect(other.decrypt(PLACE, seal(one))).toEqual(VALUE);
    expect(actions().filter((action) => action.startsWith('vault.create'))).toHaveLength(1);
  });
});
