import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { fingerprint } from '../../base/ids.ts';
import type { Credential } from '../../estate/index.ts';
import { BY, ID, World } from '../rotation/testing/world.ts';
import { type Issued, type IssuedToken, Leaks, timelineOf } from './index.ts';

const KEY = randomBytes(32);
const TOKEN = 'rvp_some-token';
const by = { actor: 'ana', reason: 'seen in a paste' };

/** Tokens that are known by their text. */
class Tokens implements Issued {
  readonly ended = new Map<string, string>();
  createdAt = '2026-01-01T00:00:00.000Z';
  async find(value: string): Promise<IssuedToken | undefined> {
    return value === TOKEN
      ? { id: 'bot', name: 'bot', service: null, owner: 'team-bots', createdAt: this.createdAt }
      : undefined;
  }
  async revoke(id: string) {
    this.ended.set(id, '2026-01-05T12:00:00.000Z');
  }
  async revokedAt(id: string, createdAt: string | null) {
    return createdAt === this.createdAt ? this.ended.get(id) : null;
  }
}

const credential = (said: Partial<Credential>): Credential => ({
  ...{ id: 'cred-1', name: 'DB_PASSWORD', kind: 'password', service: null, services: ['a', 'b'] },
  ...{ owner: 'team-a', ownerBecause: null, fingerprint: null, created: null, lastRotated: null },
  ...{ locations: [{ file: 'a/deploy.yaml', line: 7, in: 'env' }], expires: null, lastUsed: null },
  ...{ rotation: null, secret: null, problems: [], evidence: {} },
  ...said,
});

let world: World;
let tokens: Tokens;
let credentials: Credential[];
let owners: ReadonlyMap<string, string>;
const leaksOf = () =>
  new Leaks({
    ...{ store: world.store, secrets: world.process.keeping, issued: { person: tokens } },
    ...{ credentials: async () => credentials, fingerprintKey: KEY, clock: () => world.wall },
    owners: async () => owners,
  });
/** What readers of the secret are given. */
const current = async () => {
  const secret = await world.secret();
  return world.valueOf(secret, secret.labels.current) ?? '';
};

beforeEach(async () => {
  world = new World();
  world.fingerprintsOf = (value) => Object.values(value).map((text) => fingerprint(KEY, text));
  tokens = new Tokens();
  credentials = [];
  owners = new Map();
  await world.withSecret();
});

describe('a leaked value', () => {
  it('is told with the team that owns its service, where it names nobody', async () => {
    const { service, owner } = await world.secret();
    expect(owner).toBeNull();
    owners = new Map([[service, 'team-orders']]);
    const leak = await leaksOf().report({ value: await current() }, null, by);
    expect(leak?.items).toMatchObject([{ kind: 'secret', owner: 'team-orders' }]);
  });

  it('is replaced and revoked, whichever form it was seen in', async () => {
    for (const form of [
      (text: string) => text,
      (text: string) => `\n ${text}\n`,
      (text: string) => Buffer.from(text).toString('base64'),
    ]) {
      const value = await current();
      const leak = await leaksOf().report({ value: form(value) }, 'https://paste.example/1', by);
      expect(leak?.items).toMatchObject([{ kind: 'secret', subject: ID }]);
      expect([leak?.isContained, leak?.standings[0]?.state]).toEqual([false, 'working']);
      await world.goOn();
      const after = await leaksOf().get(leak?.id ?? '');
      expect([after.isContained, after.standings[0]?.state]).toEqual([true, 'revoked']);
      expect(world.target.accepted.has(value)).toBe(false);
      expect(world.target.accepted.has(await current())).toBe(true);
    }
  });

  it('is told with each place and consumer that is known', async () => {
    await world.process.keeping.edit(ID, { consumers: ['production/shop/web'] }, BY);
    const value = await current();
    credentials = [credential({ fingerprint: fingerprint(KEY, value), secret: ID })];
    const leak = await leaksOf().report({ value }, null, by);
    expect(leak?.items).toMatchObject([
      {
        consumers: ['production/shop/orders', 'production/shop/web'],
        places: ['a/deploy.yaml:7'],
      },
    ]);
  });

  it('can be named by its fingerprint', async () => {
    const leak = await leaksOf().report(
      { fingerprint: fingerprint(KEY, await current()) },
      null,
      by,
    );
    await world.goOn();
    expect((await leaksOf().get(leak?.id ?? '')).isContained).toBe(true);
  });

  it('of which nothing is known is in the audit log, without the value', async () => {
    expect(await leaksOf().report({ value: 'unheard-of' }, null, by)).toBeUndefined();
    expect(world.store.log.at(-1)).toMatchObject({ action: 'leak.report', detail: { opens: [] } });
    expect(JSON.stringify(world.store.log)).not.toContain('unheard-of');
    expect(await leaksOf().list()).toEqual([]);
  });

  it('is found among many by one look at the estate, and what is no value opens nothing', async () => {
    let looks = 0;
    const counting = {
      ...{ ...partsOf(), secrets: world.process.keeping },
      credentials: async () => {
        looks++;
        return credentials;
      },
    };
    const found = [' ', await current(), 'unheard-of', 'x'.repeat(65_537)].map((value) => ({
      ...{ value, where: null },
    }));
    const views = await new Leaks(counting).reportAll(found, by);
    expect(views.map((leak) => leak?.items[0]?.subject)).toEqual([
      ...[undefined, ID, undefined, undefined],
    ]);
    expect(looks).toBe(1);
  });

  it('is not kept with why, and where, it was reported', async () => {
    const value = await current();
    const told = { ...by, reason: `I have pasted ${value} into a page` };
    const leak = await leaksOf().report({ value: `${value}\n` }, `https://page/?q=${value}`, told);
    expect(leak?.reports).toMatchObject([
      { reason: 'I have pasted … into a page', where: 'https://page/?q=…' },
    ]);
    expect(JSON.stringify([await leaksOf().list(), world.store.log])).not.toContain(value);
  });

  it('that is reported again is one leak, and is not rotated again', async () => {
    const value = await current();
    await leaksOf().report({ value }, null, by);
    await world.goOn();
    const before = world.actions().filter((action) => action === 'secret.leak').length;
    for (let time = 0; time < 30; time++) await leaksOf().report({ value }, `${time}`, by);
    const [leak, ...others] = await leaksOf().list();
    expect([others, leak?.reports.length]).toEqual([[], 20]);
    expect([leak?.reports[0]?.where, leak?.reports.at(-1)?.where]).toEqual([null, '29']);
    expect(world.actions().filter((action) => action === 'secret.leak')).toHaveLength(before);
  });

  it('that is reported in another form is the same leak', async () => {
    const value = await current();
    const forms = [value, Buffer.from(value).toString('base64'), `postgres://a:${value}@db/orders`];
    for (const form of forms) await leaksOf().report({ value: form }, null, by);
    expect((await leaksOf().list()).map(({ reports }) => reports.length)).toEqual([forms.length]);
  });

  it('stays on the list until its target is back and refuses it', async () => {
    const value = await current();
    world.target.isDown = true;
    const leak = await leaksOf().report({ value }, null, by);
    await world.passMinutes(60);
    const standing = async () => (await leaksOf().get(leak?.id ?? '')).standings[0];
    expect(await standing()).toMatchObject({ state: 'working' });
    expect((await standing())?.problem).toBeTruthy();
    world.target.isDown = false;
    await world.passMinutes(60);
    expect(await standing()).toMatchObject({ state: 'revoked' });
  });

  it('without a plan waits for a person, who may say that it is done', async () => {
    const { keeping } = world.process;
    await keeping.plan(ID, null, BY);
    const leak = await leaksOf().report({ value: await current() }, null, by);
    const id = leak?.id ?? '';
    expect(leak?.standings).toMatchObject([{ state: 'waits', problem: 'nothing rotates it' }]);
    await expect(leaksOf().done(id, 'another', by)).rejects.toThrow('waits for a person');
    await expect(leaksOf().done(id, ID, by)).rejects.toThrow('may still need that version');
    await keeping.put(ID, { value: 'made by hand' }, BY);
    const after = await leaksOf().done(id, ID, by);
    expect([after.isContained, after.standings[0]?.state]).toEqual([true, 'revoked']);
    await expect(leaksOf().done(id, ID, by)).rejects.toThrow('waits for a person');
  });

  it('that Reeve does not keep is on the list until a person says that it is revoked', async () => {
    credentials = [credential({ fingerprint: fingerprint(KEY, 'elsewhere-1') })];
    const leak = await leaksOf().report({ value: 'elsewhere-1' }, null, by);
    expect(leak).toMatchObject({
      isContained: false,
      items: [{ kind: 'found', subject: 'cred-1', owner: 'team-a', consumers: ['a', 'b'] }],
      standings: [{ state: 'waits' }],
    });
    expect((await leaksOf().done(leak?.id ?? '', 'cred-1', by)).isContained).toBe(true);
  });

  it('that Reeve verifies itself, and renews as a secret, is refused once there is another', async () => {
    const value = await current();
    tokens.find = async () => ({
      ...{ id: 'bot', name: 'bot', service: null, owner: null, createdAt: tokens.createdAt },
    });
    const leak = await leaksOf().report({ value }, null, by);
    expect([leak?.items.map(({ kind }) => kind), tokens.ended.size]).toEqual([['secret'], 0]);
  });

  it('that Reeve verifies itself is refused at once', async () => {
    const leak = await leaksOf().report({ value: TOKEN }, null, by);
    expect(leak).toMatchObject({
      isContained: true,
      items: [{ kind: 'issued', of: 'person', subject: 'bot' }],
      standings: [{ state: 'revoked', at: '2026-01-05T12:00:00.000Z' }],
    });
  });

  it('is answered by whoever comes after a process that was killed behind the report', async () => {
    const value = await current();
    const [keeping, { log }] = [world.process.keeping, world.store];
    const dies = { ...partsOf(), secrets: dying(keeping) };
    await expect(new Leaks(dies).report({ value }, null, by)).rejects.toThrow('killed');
    expect(log.at(-1)?.action).toBe('leak.report');
    await leaksOf().resume();
    await world.goOn();
    expect((await leaksOf().list()).map(({ isContained }) => isContained)).toEqual([true]);
  });

  it('is not that of who has come under the same name since', async () => {
    const leak = await leaksOf().report({ value: TOKEN }, null, by);
    tokens.ended.clear();
    tokens.createdAt = '2026-03-01T00:00:00.000Z';
    await leaksOf().resume();
    expect([...tokens.ended.keys()]).toEqual([]);
    expect((await leaksOf().get(leak?.id ?? '')).isContained).toBe(true);
  });

  it('is not that of a secret that was made anew under the same name', async () => {
    const { keeping } = world.process;
    const leak = await leaksOf().report({ value: await current() }, null, by);
    await world.goOn();
    const revoked = await leaksOf().get(leak?.id ?? '');
    expect(revoked.isContained).toBe(true);
    await keeping.remove(ID, BY);
    world.wall += 1_000;
    const { service, name, kind } = {
      service: 'production/shop/orders',
      name: 'db',
      kind: 'password',
    };
    await keeping.create({ service, name, kind, value: { value: 'another' } }, BY);
    await leaksOf().resume();
    expect((await world.secret()).versions.map(({ leakedAt }) => leakedAt)).toEqual([null]);
    await leaksOf().done(leak?.id ?? '', ID, by);
    expect((await world.secret()).versions.map(({ revokedAt }) => revokedAt)).toEqual([null]);
  });

  it('that cannot be read, or answered, holds up no other', async () => {
    const value = await current();
    const leak = await leaksOf().report({ value }, null, by);
    const lost = {
      ...leak,
      id: 'leak-lost',
      items: [{ ...leak?.items[0], kind: 'issued', of: 'person' }],
    };
    const { standings: _, isContained: __, ...body } = lost as Record<string, unknown>;
    const made = { version: 0, kind: 'leak' };
    await world.store.amend([{ ...made, id: 'leak-a', body: { id: 'leak-a' } }], []);
    await world.store.amend([{ ...made, id: 'leak-lost', body }], []);
    tokens.revokedAt = async () => {
      throw new Error('away');
    };
    await expect(leaksOf().resume()).rejects.toThrow('away');
    await world.goOn();
    tokens.revokedAt = async () => undefined;
    expect((await leaksOf().list()).map(({ id }) => id)).toContain(leak?.id);
  });

  it('has a timeline out of the audit log', async () => {
    const value = await current();
    const leak = await leaksOf().report({ value }, null, by);
    world.wall += 1_000;
    await world.goOn();
    const moments = timelineOf(await leaksOf().get(leak?.id ?? ''), world.store.log);
    const actions = moments.map(({ action }) => action);
    expect([actions[0], actions.at(-1)]).toEqual(['leak.report', 'secret.revoked']);
    expect(actions).toContain('secret.promote');
    expect([moments[0]?.after, moments.at(-1)?.after]).toEqual([0, 1_000]);
  });

  it.each([
    [{ value: '' }],
    [{ value: '  \n' }],
    [{ value: 'x'.repeat(65_537) }],
    [{ fingerprint: 'abc' }],
  ])('cannot be %j', async (reported) => {
    await expect(leaksOf().report(reported, null, by)).rejects.toMatchObject({
      code: 'secrets/leak-malformed',
    });
  });
});

const partsOf = () => ({
  ...{ store: world.store, issued: {}, credentials: async () => credentials },
  ...{ fingerprintKey: KEY, clock: () => world.wall, owners: async () => owners },
});

const dying = (keeping: World['process']['keeping']) => ({
  list: () => keeping.list(),
  get: (id: string) => keeping.get(id),
  change: async () => {
    throw new Error('killed');
  },
});
