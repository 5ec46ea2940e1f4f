import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { judge } from '../../assurance/index.ts';
import { toTimestamp } from '../../base/clock.ts';
import { toRecords } from '../../estate/index.ts';
import { startPostgres, type TestPostgres } from '../../estate/store/testing/postgres.ts';
import type { RotationPlan, Secret } from '../../secrets/model/index.ts';
import { type SecretsScene, secretsScene } from '../testing/secrets-server.ts';
import type { ServerSecrets } from './secrets.ts';

const BY = { actor: 'ada', reason: 'a test' };
const SERVICE = 'production/shop/orders';
const ID = `${SERVICE}/db`;
const PLAN: RotationPlan = {
  ...{ rotator: 'model', config: { target: 'db' }, admin: null, everySeconds: 86_400 },
  ...{ jitter: 0.1, windows: [], overlapSeconds: 3_600, deliver: [] },
};
const DAY = 86_400_000;
const VARIABLE = 'REEVE_TEST_SECRETS_DATABASE';

let postgres: TestPostgres;
let scene: SecretsScene;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(() => scene?.close());
afterAll(() => postgres?.close());

const STORES = {
  embedded: () => secretsScene(),
  PostgreSQL: async () => {
    process.env[VARIABLE] = await postgres.createDatabase();
    return secretsScene(VARIABLE);
  },
};

const make = ({ create }: ServerSecrets, plan: RotationPlan | undefined = PLAN, name = 'db') =>
  create({ service: SERVICE, name, kind: 'api-key' }, { isNewService: true, plan }, BY);

/** Waits until the secret, as the store has it, is so. */
async function until({ keeping }: ServerSecrets, isSo: (secret: Secret) => boolean) {
  return expect
    .poll(async () => isSo((await keeping.read(ID)) as Secret), { timeout: 20_000 })
    .toBe(true);
}
const isCurrent = (number: number) => (secret: Secret) =>
  secret.labels.current === number && (secret.run === null || secret.run.step === 'finish');

describe.each(['embedded', 'PostgreSQL'] as const)('secrets in a store that is %s', (kind) => {
  it('are gone on with where a server died in the middle of a rotation', async () => {
    scene = await STORES[kind]();
    const { promise: death, resolve: bury } = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const { secrets } = await scene.start(
      {},
      {
        hook: ({ when, step }) => {
          if (when !== 'after' || step !== 'set') return undefined;
          reach();
          return death;
        },
      },
    );
    await make(secrets);
    await reached;
    const { run } = (await secrets.keeping.read(ID)) as Secret;
    expect(scene.target.accepted.size).toBe(1);
    // where others may have the store, a claim ends by itself
    const next = await scene.start({}, { clock: () => Date.now() + 60_000 });
    await until(next.secrets, isCurrent(1));
    const rotated = await scene.store.audit({ limit: 9, action: 'secret.rotate' });
    expect(rotated.items.map(({ detail }) => detail.run)).toEqual([run?.token]);
    const { value } = await next.secrets.read(ID, 'current', BY);
    expect([...scene.target.accepted]).toEqual([value.value]);
    bury();
  });

  it('are renewed by a new vault only where nothing is kept, and read after a restart', async () => {
    scene = await STORES[kind]();
    const first = await scene.start();
    const value = { password: randomBytes(9).toString('hex') };
    const given = { service: SERVICE, name: 'db', kind: 'postgres', value };
    await first.secrets.create(given, { isNewService: true, plan: undefined }, BY);
    const again = await scene.start();
    expect(await again.secrets.read(ID, 'current', BY)).toMatchObject({ version: 1, value });
    rmSync(join(scene.folder, 'vault.key'));
    const lost = await scene.start();
    expect(lost.secrets.vault.standing).toMatchObject({
      state: 'sealed',
      problem: { code: 'vault/kek-not-found' },
    });
    expect(lost.secrets.standing()).toMatchObject({ state: 'sealed', secrets: 1 });
  });

  it('wait for a person where the store is older than what targets hold', async () => {
    scene = await STORES[kind]();
    const before = await scene.start();
    await make(before.secrets);
    await until(before.secrets, isCurrent(1));
    await before.secrets.close();
    const mark = { sequence: 99_999, hash: 'of an entry that the backup lacks' };
    writeFileSync(join(scene.folder, 'rotations.mark'), JSON.stringify(mark));
    const server = await scene.start();
    expect(server.secrets.standing()).toMatchObject({
      state: 'paused',
      why: expect.stringContaining('entry 99999 of its audit log is missing'),
    });
    await server.secrets.keeping.change(ID, { event: 'revoke', versions: [1], by: BY });
    expect(scene.target.accepted.size).toBe(1);
    const response = await server.post('/api/v1/rotations/resume', { reason: 'looked at' });
    expect(await response.json()).toMatchObject({ state: 'running', why: null });
    await expect.poll(() => scene.target.accepted.size, { timeout: 20_000 }).toBe(0);
  });

  it('go on being wrapped anew after a restart', async () => {
    scene = await STORES[kind]();
    const before = await scene.start();
    const value = { value: randomBytes(9).toString('hex') };
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const given = { service: SERVICE, name, kind: 'token', value };
      await before.secrets.create(given, { isNewService: true, plan: undefined }, BY);
    }
    await before.secrets.vault.rootKeys.rotate(BY);
    await before.secrets.rewrapping.start(BY);
    await before.secrets.close();
    const server = await scene.start();
    await server.secrets.rewrapping.settled();
    expect(server.secrets.rewrapping.progress).toMatchObject({ total: 5, done: 5, failed: 0 });
    const envelopes = await server.secrets.keeping.envelopes();
    expect(envelopes.map((envelope) => envelope.split(':')[1])).toEqual(Array(5).fill('2'));
    const ended = await scene.store.audit({ limit: 9, action: 'vault.rewrapped' });
    expect(ended.items).toMatchObject([{ actor: 'ada', detail: { secrets: '5', failed: '0' } }]);
    expect((await server.secrets.read(`${SERVICE}/c`, 'current', BY)).value).toEqual(value);
    expect((await scene.start()).secrets.rewrapping.progress).toBeUndefined();
  });
});

describe('what secrets tell', () => {
  it('the estate: a rotation that was missed is a finding with an age', async () => {
    scene = await secretsScene();
    let now = Date.now();
    const { secrets } = await scene.start({}, { clock: () => now });
    await make(secrets);
    await until(secrets, isCurrent(1));
    const findings = async () => {
      await secrets.feed.tell();
      const facts = (await scene.store.facts()).map(({ fact }) => fact);
      const { findings: all } = judge(toRecords(facts), toTimestamp(now), new Map());
      return all.map(({ control, message }) => `${control}: ${message}`);
    };
    expect(await findings()).not.toContainEqual(expect.stringContaining('rotation-missed'));
    scene.target.isDown = true;
    now += 4 * DAY;
    await secrets.keeping.change(ID, { event: 'take', holder: 'another' });
    expect(await findings()).toContainEqual(
      expect.stringMatching(
        /^secrets\/rotation-missed: .*`db`.*was not rotated when it was due.*3 days/,
      ),
    );
    await secrets.keeping.change(ID, { event: 'cancel', by: BY });
    await secrets.keeping.change(ID, { event: 'revoke', versions: 'all', by: BY });
    await secrets.keeping.plan(ID, null, BY);
    expect(await findings()).not.toContainEqual(expect.stringContaining('rotation-missed'));
  });

  it('the metrics: what is sealed, overdue, under way and unrevoked', async () => {
    scene = await secretsScene();
    const { secrets } = await scene.start();
    await make(secrets);
    await until(secrets, isCurrent(1));
    await make(secrets, { ...PLAN, config: { target: 'other' } }, 'other');
    scene.target.misbehaves.push('denied');
    await secrets.keeping.change(ID, { event: 'rotate', by: BY });
    await expect
      .poll(() => secrets.standing().problems, { timeout: 20_000 })
      .toEqual({ waiting: 1 });
    expect(secrets.standing()).toMatchObject({
      ...{ state: 'running', secrets: 2, planned: 2, unrevoked: 0 },
      outcomes: { waits: 1 },
    });
  });
});

describe('servers that share a store', () => {
  it('see what the other makes, changes and removes, and read what it has wrapped', async () => {
    scene = await STORES.PostgreSQL();
    const [one, other] = [(await scene.start()).secrets, (await scene.start()).secrets];
    await make(one);
    await until(one, isCurrent(1));
    expect(other.keeping.get(ID)).toBeUndefined();
    await other.follow();
    expect(other.keeping.get(ID)).toMatchObject({ labels: { current: 1 }, createdBy: 'ada' });
    await one.vault.rootKeys.rotate(BY);
    await one.put(ID, { value: randomBytes(9).toString('hex') }, BY, null);
    await one.rewrapping.start(BY);
    await one.rewrapping.settled();
    expect((await other.read(ID, 'current', BY)).version).toBe(2);
    await one.keeping.edit(ID, { owner: 'team-orders' }, BY);
    await other.follow();
    expect(other.keeping.get(ID)?.owner).toBe('team-orders');
    await other.keeping.plan(ID, null, BY);
    await other.keeping.remove(ID, BY);
    await one.follow();
    expect(one.keeping.get(ID)).toBeUndefined();
  });

  it('rotate a secret once, whichever of them begins', async () => {
    scene = await STORES.PostgreSQL();
    const [one, other] = [(await scene.start()).secrets, (await scene.start()).secrets];
    await make(one);
    await until(other, isCurrent(1));
    const asked = [one, other].map(({ keeping }) =>
      keeping.change(ID, { event: 'rotate', by: BY }),
    );
    const answers = await Promise.allSettled(asked);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await until(one, isCurrent(2));
    expect(scene.target.calls.filter((call) => call === 'set')).toHaveLength(2);
    expect(scene.target.accepted.size).toBe(2);
  });
});
