import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import type { AuditLog, DocumentStore, EstateStore } from '../../estate/index.ts';
import { openStore } from '../../estate/store/index.ts';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { DeliveryTarget } from '../model/index.ts';
import { type Place, policyOf, RotationConfig, type ValueBox } from '../rotation/index.ts';
import { BY, PLAN, START, valueBox } from '../rotation/testing/world.ts';
import type { Vault } from '../vault/index.ts';
import { SecretKeeping, StoreMarkFile } from './index.ts';
import { KINDS } from './stored-secret.ts';

const ID = 'production/shop/orders/db';
const given = { name: 'db', service: 'production/shop/orders', kind: 'postgres' };
const values = valueBox();
let store: MemoryDocuments;
let now = START;
beforeEach(() => {
  store = new MemoryDocuments();
  now = START;
});

const open = (documents: DocumentStore = store, more: object = {}): Promise<SecretKeeping> =>
  SecretKeeping.open({
    ...{ store: documents, values, policy: policyOf(RotationConfig.parse({})), lot: () => 0 },
    fingerprintsOf: (value) => Object.values(value).map((text) => `fingerprint-of-${text.length}`),
    clock: () => now,
    warn: () => undefined,
    ...more,
  });
const actions = () => store.log.map(({ action }) => action);

describe('secrets', () => {
  it('are kept with their values in envelopes, and read by label and by version', async () => {
    const keeping = await open();
    await keeping.create({ ...given, value: { username: 'orders', password: 'one-1' } }, BY);
    await keeping.put(ID, { username: 'orders', password: 'two-2' }, BY);
    const reader = await open();
    expect(await reader.value(ID, 'current', BY)).toEqual({
      ...{ value: { username: 'orders', password: 'two-2' }, version: 2, expiresAt: null },
    });
    expect((await reader.value(ID, 'previous', BY)).value.password).toBe('one-1');
    expect((await reader.value(ID, 1, BY)).version).toBe(1);
    expect(actions()).toEqual([
      ...['secret.create', 'secret.put', 'secret.read', 'secret.read', 'secret.read'],
    ]);
    expect(store.log[4]?.detail).toEqual({ version: '1' });
  });

  it('are made with their plan at once, or not at all', async () => {
    const keeping = await open();
    store.fails = 'before';
    await expect(keeping.create(given, BY, PLAN)).rejects.toMatchObject({
      code: 'estate/unavailable',
    });
    await expect(keeping.create(given, BY, { ...PLAN, overlapSeconds: 86_400 })).rejects.toThrow(
      'overlap',
    );
    expect([store.log, await keeping.read(ID)]).toEqual([[], undefined]);
    store.fails = 'after';
    await expect(keeping.create(given, BY, PLAN)).rejects.toThrow('gone for a moment');
    expect(actions()).toEqual(['secret.create', 'secret.plan']);
    const { plan, run, nextRotation } = (await keeping.read(ID)) ?? {};
    expect([plan, run, nextRotation]).toEqual([PLAN, null, new Date(START).toISOString()]);
  });

  it('show nothing of their values, in memory, in the log or in the store', async () => {
    const keeping = await open();
    await keeping.create({ ...given, value: { password: 'do-not-show' } }, BY);
    await keeping.plan(ID, { ...PLAN, config: { host: 'internal' } }, BY);
    await keeping.value(ID, 'current', BY);
    const shown = JSON.stringify([[...keeping.list()], store.log]);
    expect(shown).not.toMatch(/do-not-show|envelope|internal/);
    expect(JSON.stringify(store.peek(KINDS.secret, ID))).not.toContain('do-not-show');
    expect(keeping.get(ID)?.versions).toMatchObject([
      { number: 1, isKept: true, fingerprints: ['fingerprint-of-11'] },
    ]);
  });

  it('say in the log where their values are brought, and that without the configuration of that', async () => {
    const keeping = await open();
    await keeping.create(given, BY);
    const target = { kind: 'kubernetes', cluster: 'eu-1', namespace: 'shop', name: 'db' };
    const data = { url: 'in-the-template' };
    await keeping.plan(ID, { ...PLAN, deliver: [DeliveryTarget.parse({ ...target, data })] }, BY);
    expect(store.log.at(-1)?.detail).toMatchObject({ deliver: ['kubernetes eu-1/shop/db'] });
    expect(JSON.stringify(store.log)).not.toContain('in-the-template');
  });

  it('are put into envelopes by the vault', () => {
    expectTypeOf<Vault>().toExtend<ValueBox>();
  });

  it('do not open where another version, or another secret, belongs', async () => {
    const keeping = await open();
    await keeping.create({ ...given, value: { value: 'one' } }, BY);
    await keeping.create({ ...given, name: 'other', value: { value: 'two' } }, BY);
    type Kept = { secret: { versions: [{ envelope: string }] } };
    const other = 'production/shop/orders/other';
    const first = store.peek(KINDS.secret, ID) as Kept;
    const body = store.peek(KINDS.secret, other) as Kept;
    body.secret.versions[0].envelope = first.secret.versions[0].envelope;
    await store.amend([{ kind: KINDS.secret, id: other, version: 1, body }], []);
    await expect(keeping.value(other, 'current', BY)).rejects.toThrow();
  });

  it.each([
    ['a name twice', 'secrets/secret-conflict', given],
    ['a name with a slash', 'secrets/secret-invalid', { ...given, name: 'a/b' }],
    ['no name', 'secrets/secret-invalid', { ...given, name: '' }],
    ['no service', 'secrets/secret-invalid', { ...given, service: '' }],
    [
      'a service that is too long',
      'secrets/secret-invalid',
      { ...given, service: 'x'.repeat(600) },
    ],
  ])('are not made with %s', async (_, code, wrong) => {
    const keeping = await open();
    await keeping.create(given, BY);
    await expect(keeping.create(wrong, BY)).rejects.toMatchObject({ code });
    expect(actions()).toEqual(['secret.create']);
  });

  it.each<[string, string, (keeping: SecretKeeping) => Promise<unknown>]>([
    ['a label that nothing has', 'secrets/version-not-found', (k) => k.value(ID, 'previous', BY)],
    ['a version that is not there', 'secrets/version-not-found', (k) => k.value(ID, 7, BY)],
    ['a secret that is not there', 'secrets/secret-not-found', (k) => k.value('none', 1, BY)],
    [
      'the destruction of what is current',
      'secrets/rotation-conflict',
      (k) => k.change(ID, { event: 'destroy', versions: [1], by: BY }),
    ],
    [
      'a rotation without a plan',
      'secrets/plan-not-found',
      (k) => k.change(ID, { event: 'rotate', by: BY }),
    ],
    [
      'an overlap that is longer than the interval',
      'secrets/plan-invalid',
      async (k) => k.plan(ID, { ...PLAN, overlapSeconds: PLAN.everySeconds }, BY),
    ],
    [
      'a cancel of nothing',
      'secrets/rotation-not-found',
      (k) => k.change(ID, { event: 'cancel', by: BY }),
    ],
    [
      'a retry of nothing',
      'secrets/rotation-not-found',
      (k) => k.change(ID, { event: 'retry', by: BY }),
    ],
  ])('refuse %s, and nothing changes', async (_, code, ask) => {
    const keeping = await open();
    await keeping.create({ ...given, value: { value: 'x' } }, BY);
    await expect(ask(keeping)).rejects.toMatchObject({ code });
    expect(actions()).toEqual(['secret.create']);
  });

  it('keep the newest values, and destroy older ones', async () => {
    const keeping = await open();
    await keeping.create({ ...given, value: { value: '1' } }, BY);
    for (let number = 2; number <= 130; number++) await keeping.put(ID, { value: `${number}` }, BY);
    const versions = keeping.get(ID)?.versions ?? [];
    expect(versions.filter(({ isKept }) => isKept).map(({ number }) => number)).toEqual([
      ...[126, 127, 128, 129, 130],
    ]);
    expect(versions).toHaveLength(100);
    await expect(keeping.value(ID, 125, BY)).rejects.toMatchObject({
      code: 'secrets/version-forbidden',
    });
    await keeping.change(ID, { event: 'destroy', versions: [126], by: BY });
    await expect(keeping.value(ID, 126, BY)).rejects.toThrow('is destroyed');
  });

  it('say who has them, and who was refused', async () => {
    const keeping = await open();
    await keeping.create(given, BY);
    await keeping.edit(ID, { owner: 'team-orders', consumers: ['a', 'a', 'b'] }, BY);
    await keeping.deny(ID, 'current', 'not declared', { actor: 'spiffe://x/y', reason: '' });
    expect(keeping.get(ID)).toMatchObject({ owner: 'team-orders', consumers: ['a', 'b'] });
    expect(store.log.slice(1)).toMatchObject([
      { action: 'secret.update', detail: { owner: 'team-orders', consumers: ['a', 'b'] } },
      {
        action: 'secret.deny',
        actor: 'spiffe://x/y',
        detail: { label: 'current', why: 'not declared' },
      },
    ]);
  });

  it('are encrypted anew, each version at its place, and nothing is written where nothing changes', async () => {
    const keeping = await open();
    await keeping.create({ ...given, value: { value: 'one' } }, BY);
    await keeping.put(ID, { value: 'two' }, BY);
    const again = vi.fn((place: Place, envelope: string) =>
      values.encrypt(place, values.decrypt(place, envelope)),
    );
    await keeping.rewrap(ID, again, BY);
    expect(again.mock.calls.map(([place]) => place.version)).toEqual([1, 2]);
    await keeping.rewrap(ID, (_, envelope) => envelope, BY);
    expect((await keeping.value(ID, 'previous', BY)).value).toEqual({ value: 'one' });
    expect(actions().slice(2)).toEqual(['secret.rewrap', 'secret.read']);
  });

  it('are removed when nothing is under way for them', async () => {
    const keeping = await open();
    const told = vi.fn();
    await keeping.create({ ...given, value: { value: 'x' } }, BY);
    await keeping.plan(ID, PLAN, BY);
    await keeping.change(ID, { event: 'rotate', by: BY });
    expect(await keeping.underWay()).toEqual([ID]);
    await expect(keeping.remove(ID, BY)).rejects.toMatchObject({
      code: 'secrets/rotation-conflict',
    });
    await keeping.change(ID, { event: 'cancel', by: BY });
    expect(await keeping.underWay()).toEqual([]);
    keeping.onChange(told);
    await keeping.remove(ID, BY);
    expect(told).toHaveBeenCalledWith(ID, undefined);
    expect([...keeping.list()]).toEqual([]);
    expect(await store.documents(KINDS.secret)).toEqual([]);
  });

  it('that others change are changed by all of them, one after the other', async () => {
    const [one, two] = [await open(), await open()];
    await one.create(given, BY);
    await Promise.all([
      ...[1, 2, 3].map((number) => one.edit(ID, { owner: `one-${number}` }, BY)),
      ...[1, 2, 3].map((number) => two.edit(ID, { owner: `two-${number}` }, BY)),
    ]);
    expect(actions().filter((action) => action === 'secret.update')).toHaveLength(6);
    await one.reload();
    await two.reload();
    expect(one.get(ID)).toEqual(two.get(ID));
    await one.remove(ID, BY);
    await two.reload();
    expect(two.get(ID)).toBeUndefined();
  });

  it('that are read while they change are known as they have become', async () => {
    const keeping = await open();
    await keeping.create(given, BY);
    const { document } = store;
    vi.spyOn(store, 'document').mockImplementationOnce(async (...which) => {
      const stale = await document.apply(store, which);
      await keeping.edit(ID, { owner: 'team-new' }, BY);
      return stale;
    });
    await keeping.read(ID);
    expect(keeping.get(ID)?.owner).toBe('team-new');
  });

  it('that cannot be read are left out, and the rest is there', async () => {
    const keeping = await open();
    await keeping.create(given, BY);
    await store.amend([{ kind: KINDS.secret, id: 'odd', version: 0, body: { format: 2 } }], []);
    const warn = vi.fn();
    const again = await open(store, { warn });
    expect([...again.list()].map(({ id }) => id)).toEqual([ID]);
    expect(warn.mock.calls).toMatchObject([
      [expect.any(String), { code: 'secrets/secret-damaged' }],
    ]);
    await expect(again.value('odd', 1, BY)).rejects.toMatchObject({
      code: 'secrets/secret-damaged',
    });
  });
});

describe('a rotation that is asked for', () => {
  it.each<[string, (keeping: SecretKeeping) => Promise<unknown>]>([
    ['cannot be begun twice', (k) => k.change(ID, { event: 'rotate', by: BY })],
    ['leaves no room for a value by hand', (k) => k.put(ID, { value: 'y' }, BY)],
    ['keeps its plan', (k) => k.plan(ID, null, BY)],
    ['keeps what is current', (k) => k.change(ID, { event: 'destroy', versions: [1], by: BY })],
  ])('%s', async (_, ask) => {
    const keeping = await open();
    await keeping.create({ ...given, value: { value: 'x' } }, BY);
    await keeping.plan(ID, PLAN, BY);
    await keeping.change(ID, { event: 'rotate', by: BY });
    await expect(ask(keeping)).rejects.toMatchObject({ code: 'secrets/rotation-conflict' });
  });

  it('counts no answer that is not waited for', async () => {
    const keeping = await open();
    await keeping.create({ ...given, value: { value: 'x' } }, BY);
    await keeping.plan(ID, PLAN, BY);
    await keeping.change(ID, { event: 'rotate', by: BY });
    const { effects } = await keeping.change(ID, { event: 'take', holder: 'me' });
    expect(effects).toMatchObject([{ effect: 'call', call: 'make', version: 2 }]);
    const [call] = effects.filter((effect) => effect.effect === 'call');
    if (call === undefined) throw new Error('nothing was asked for');
    const value = { number: 2, envelope: 'x', fingerprints: [], expiresAt: null };
    const wrong = [
      { event: 'made', holder: 'other', call, value },
      { event: 'made', holder: 'me', call: { ...call, token: 'run-other' }, value },
      { event: 'made', holder: 'me', call: { ...call, version: 3 }, value },
      { event: 'done', holder: 'me', call: { ...call, call: 'set' }, isRefused: true },
      {
        event: 'done',
        holder: 'me',
        call: { ...call, call: 'revoke', version: 1 },
        isRefused: true,
      },
    ] as const;
    for (const event of wrong) await keeping.change(ID, event);
    expect(keeping.get(ID)).toMatchObject({ run: { step: 'make' }, versions: [{ number: 1 }] });
    await keeping.change(ID, { event: 'made', holder: 'me', call, value });
    expect(keeping.get(ID)).toMatchObject({ run: { step: 'set' }, labels: { pending: 2 } });
  });
});

describe('with the store of the estate', () => {
  const root = mkdtempSync(join(tmpdir(), 'reeve-secrets-'));
  const opened: EstateStore[] = [];
  afterAll(async () => {
    for (const one of opened) await one.close();
    rmSync(root, { recursive: true, force: true });
  });
  async function openEstate(folder = mkdtempSync(join(root, 'data-'))) {
    const estate = await openStore({ kind: 'sqlite', folder });
    opened.push(estate);
    return estate;
  }

  it('a secret and what the audit log says of it are one transaction', async () => {
    const estate = await openEstate();
    const keeping = await open(estate);
    await keeping.create({ ...given, value: { value: 'x' } }, BY);
    await keeping.plan(ID, PLAN, BY);
    await keeping.change(ID, { event: 'rotate', by: BY });
    const again = await open(estate);
    expect(again.get(ID)).toEqual(keeping.get(ID));
    expect((await estate.audit({ limit: 9 })).items.map(({ action }) => action)).toEqual([
      ...['secret.rotate', 'secret.plan', 'secret.create'],
    ]);
  });

  describe('the mark of a store', () => {
    async function marked(estate: EstateStore & DocumentStore & AuditLog, file: string) {
      const mark = new StoreMarkFile({ file, store: estate, clock: () => now });
      const keeping = await open(estate, { mark });
      return { mark, keeping };
    }
    async function used(file: string) {
      const estate = await openEstate();
      const { mark, keeping } = await marked(estate, file);
      expect(await mark.whyPaused()).toBeUndefined();
      await keeping.create({ ...given, value: { value: 'x' } }, BY);
      await keeping.plan(ID, PLAN, BY);
      await keeping.change(ID, { event: 'rotate', by: BY });
      await keeping.change(ID, { event: 'take', holder: 'me' });
      return { estate, keeping };
    }

    it('lets a store go on that has what something was done for', async () => {
      const file = join(root, 'mark-1');
      const { estate } = await used(file);
      const { mark } = await marked(estate, file);
      expect(await mark.whyPaused()).toBeUndefined();
    });

    it.each([
      ['lacks it', 0],
      ['has another entry in its place', 9],
    ])('pauses a store that %s, until a person resumes it', async (_, others) => {
      const file = join(root, `mark-2-${others}`);
      await used(file);
      const restored = await openEstate();
      const { mark, keeping } = await marked(restored, file);
      for (let number = 0; number < others; number++) {
        await keeping.create({ ...given, name: `other-${number}` }, BY);
      }
      expect(await mark.whyPaused()).toMatch(
        /^the store is older than what targets hold: entry 3 /,
      );
      expect((await restored.audit({ limit: 1 })).items[0]?.action).toBe('secret.pause');
      await mark.resume({ actor: 'ada', reason: 'the targets are gone too' });
      expect((await restored.audit({ limit: 1 })).items[0]?.action).toBe('secret.resume');
      const again = await marked(restored, file);
      expect(await again.mark.whyPaused()).toBeUndefined();
    });

    it('stays paused after restarts, whatever people ask meanwhile, before and after it is judged', async () => {
      const file = join(root, 'mark-3');
      await used(file);
      const restored = await openEstate();
      for (const judgedFirst of [false, true, true]) {
        const { mark, keeping } = await marked(restored, file);
        if (judgedFirst) expect(await mark.whyPaused()).toMatch(/^the store is older/);
        else await keeping.create({ ...given, value: { value: 'x' } }, BY);
        await keeping.change(ID, { event: 'revoke', versions: [1], by: BY });
        expect(await mark.whyPaused()).toMatch(/^the store is older/);
      }
    });

    it('marks what was asked before it was judged', async () => {
      const file = join(root, 'mark-4');
      const estate = await openEstate();
      const { mark, keeping } = await marked(estate, file);
      await keeping.create({ ...given, value: { value: 'x' } }, BY);
      await keeping.change(ID, { event: 'revoke', versions: [1], by: BY });
      expect(await mark.whyPaused()).toBeUndefined();
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ sequence: 2 });
    });

    it('pauses where it cannot be read', async () => {
      const file = join(root, 'mark-5');
      const { estate } = await used(file);
      expect(readFileSync(file, 'utf8')).toContain('sequence');
      writeFileSync(file, '{');
      const { mark } = await marked(estate, file);
      expect(await mark.whyPaused()).toMatch(/cannot be read/);
    });
  });
});
