import { beforeEach, describe, expect, it } from 'vitest';
import { BY, ROLE, SERVICE, World } from './testing/world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let world: World;
beforeEach(async () => {
  world = new World();
  await world.withRole({ defaultTtlSeconds: 600, maxTtlSeconds: 3_600, maxLifeSeconds: 7_200 });
});

const ask = (role = ROLE) => world.dynamic.ask(role, world.caller());

describe('a target that is away', () => {
  it('is asked seldom, however many users are to go there, and then loses all of them', async () => {
    world.config = { ...world.config, maxLeasesOfService: 2_000, asksAtOnce: 500 };
    await world.start();
    await world.withRole({ maxLeases: 2_000, defaultTtlSeconds: 600 });
    await Promise.all(Array.from({ length: 1_000 }, () => ask()));
    world.engine.away.add('db');
    await world.pass(10 * MINUTE);
    const { calls } = world.engine;
    await world.pass(20 * MINUTE);
    for (let minutes = 0; minutes < 40; minutes++) await world.pass(MINUTE);
    expect(world.engine.users.size).toBe(1_000);
    expect(world.engine.calls - calls).toBeLessThan(100);
    expect(world.dynamic.problems()).toHaveLength(1_000);
    world.engine.away.clear();
    for (let minutes = 0; minutes < 16; minutes++) await world.pass(MINUTE);
    expect(world.engine.users.size).toBe(0);
    expect(world.dynamic.problems()).toEqual([]);
    expect(new Set((await world.leases()).map(({ state }) => state))).toEqual(new Set(['ended']));
  });

  it('keeps no user of another target', async () => {
    await world.withRole({ defaultTtlSeconds: 600 }, 'other', 'other-db');
    await ask();
    const { lease } = await ask(`${SERVICE}/other`);
    world.engine.away.add('db');
    await world.pass(10 * MINUTE);
    expect(world.engine.users.has(lease.username)).toBe(false);
    expect(world.engine.users.size).toBe(1);
  });

  it('may be given up: what is abandoned is told from what has ended', async () => {
    const { lease } = await ask();
    await expect(world.dynamic.abandon(lease.id, BY)).rejects.toMatchObject({
      code: 'secrets/lease-conflict',
    });
    world.engine.away.add('db');
    await world.pass(10 * MINUTE);
    expect(world.dynamic.problems()).toMatchObject([
      { problem: 'unrevoked', why: 'nobody answers' },
    ]);
    await world.dynamic.abandon(lease.id, BY);
    await world.pass(2 * HOUR);
    expect(world.dynamic.problems()).toMatchObject([{ problem: 'abandoned', lease: lease.id }]);
    expect(world.actions()).not.toContain('lease.ended');
    world.engine.away.clear();
    await world.dynamic.retry(lease.id, BY);
    await world.goOn();
    expect([world.engine.users.size, world.dynamic.problems()]).toEqual([0, []]);
  });
});

describe('a user that does not go', () => {
  it('keeps no other at the same target', async () => {
    const leases = [await ask(), await ask(), await ask()];
    const stuck = leases[0]?.lease.username ?? '';
    world.engine.stuck.add(stuck);
    await world.pass(10 * MINUTE);
    expect([...world.engine.users.keys()]).toEqual([stuck]);
    world.engine.stuck.clear();
    await world.pass(15 * MINUTE);
    expect(world.engine.users.size).toBe(0);
  });

  it('since the target refuses that waits for a person', async () => {
    const { lease } = await ask();
    world.engine.misbehaves.push('denied');
    await world.pass(10 * MINUTE);
    await world.pass(HOUR);
    const told = { problem: 'waiting', why: 'a trouble of the model' };
    expect(world.dynamic.problems()).toMatchObject([told]);
    expect(world.engine.users.size).toBe(1);
    await world.dynamic.retry(lease.id, BY);
    await world.goOn();
    expect(world.engine.users.size).toBe(0);
  });
});

describe('a clock that is set', () => {
  it('back makes no user last for longer', async () => {
    await ask();
    world.wall -= 24 * HOUR;
    await world.pass(9 * MINUTE);
    expect(world.engine.users.size).toBe(1);
    await world.pass(MINUTE);
    expect(world.engine.users.size).toBe(0);
  });

  it('back while no process runs makes it last no longer than its role ever gives', async () => {
    await ask();
    world.wall -= 24 * HOUR;
    await world.start();
    await world.pass(HOUR);
    expect(world.engine.users.size).toBe(0);
  });

  it('back between reading the leases and ending them makes it last for no longer', async () => {
    await ask();
    await world.dynamic.close();
    const other = await world.open('two');
    other.dynamic.start();
    world.wall -= 30 * MINUTE;
    other.dynamic.start();
    world.wall += 10 * MINUTE;
    world.steady += 10 * MINUTE;
    await world.work(other);
    expect(world.engine.users.size).toBe(0);
  });

  it('ahead ends none early', async () => {
    await ask();
    world.wall += 24 * HOUR;
    await world.pass(9 * MINUTE);
    expect(world.engine.users.size).toBe(1);
    await world.pass(MINUTE);
    expect(world.engine.users.size).toBe(0);
  });

  it('back lets nothing that failed wait for longer than it ever does', async () => {
    await ask();
    world.engine.misbehaves.push('unreachable');
    await world.pass(10 * MINUTE);
    world.wall -= 24 * HOUR;
    await world.start();
    await world.pass(15 * MINUTE);
    expect(world.engine.users.size).toBe(0);
  });
});

describe('two processes', () => {
  it('end each other’s leases, each once', async () => {
    const other = await world.open('two');
    other.dynamic.start();
    await Promise.all([ask(), other.dynamic.ask(ROLE, world.caller())]);
    await world.pass(MINUTE);
    world.steady += 9 * MINUTE;
    world.wall += 9 * MINUTE;
    await Promise.all([world.work(), world.work(other)]);
    await world.pass(MINUTE);
    expect(world.engine.users.size).toBe(0);
    expect(world.actions().filter((action) => action === 'lease.ended')).toHaveLength(2);
  });

  it('take over from each other: a lease of one that died ends by the other', async () => {
    const other = await world.open('two');
    other.dynamic.start();
    await other.dynamic.ask(ROLE, world.caller());
    await other.dynamic.close();
    await world.pass(MINUTE);
    await world.pass(10 * MINUTE);
    expect(world.engine.users.size).toBe(0);
  });

  it('heed what the other has renewed', async () => {
    const other = await world.open('two');
    other.dynamic.start();
    const { lease } = await ask();
    await world.pass(MINUTE);
    await world.work(other);
    await world.dynamic.renew(lease.id, world.caller(), 3_600);
    world.wall += 10 * MINUTE;
    world.steady += 10 * MINUTE;
    await world.work(other);
    expect((await world.lease()).state).toBe('active');
  });
});

describe('a store that was brought back from a backup', () => {
  it('ends nothing until a person says so, and names who is not in it', async () => {
    const { lease: before } = await ask();
    const backup = [...(await world.store.documents('lease'))];
    await world.dynamic.renew(before.id, world.caller(), 3_600);
    const { lease: after } = await ask();
    await world.dynamic.close();
    await putBack(backup, after.id);
    const { dynamic } = await world.open('one');
    world.wall += 20 * MINUTE;
    world.steady += 20 * MINUTE;
    dynamic.tick();
    await dynamic.settled();
    expect([dynamic.isPaused, world.engine.users.size]).toEqual([true, 2]);
    await dynamic.lookForOrphans();
    expect(dynamic.problems()).toMatchObject([{ problem: 'orphan', username: after.username }]);
    expect(await dynamic.removeOrphans(ROLE, [before.username], BY)).toEqual([]);
    expect(await dynamic.removeOrphans(ROLE, [after.username], BY)).toEqual([after.username]);
    expect([...world.engine.users.keys()]).toEqual([before.username]);
    expect(dynamic.problems()).toEqual([]);
    dynamic.start();
    await dynamic.settled();
    expect(world.engine.users.size).toBe(0);
  });

  async function putBack(
    backup: readonly { readonly id: string; readonly body: unknown }[],
    lost: string,
  ): Promise<void> {
    const now = await world.store.documents('lease');
    const versions = new Map(now.map(({ id, version }) => [id, version]));
    const change = (id: string, body: unknown) => ({
      ...{ kind: 'lease', id, version: versions.get(id) ?? 0, body },
    });
    const changes = backup.map(({ id, body }) => change(id, body));
    await world.store.amend([...changes, change(lost, undefined)], []);
  }

  it('knows users of another Reeve, and of people, from its own', async () => {
    const names = ['reeve_orders', 'reeve_orders_aaaaaabbbbbbbbbbbbbbbb', 'somebody'];
    for (const name of names) world.engine.users.set(name, { password: '', until: 0 });
    expect(await world.dynamic.orphans(ROLE)).toEqual([]);
  });
});

it('users that no lease names are told of for as long as a role looks at their target', async () => {
  const { lease } = await ask();
  await world.dynamic.release(lease.id, world.caller());
  await world.goOn();
  world.engine.users.set(lease.username, { password: '', until: 0 });
  await world.dynamic.lookForOrphans();
  expect(world.dynamic.problems()).toMatchObject([{ problem: 'orphan' }]);
  await world.dynamic.removeRole(ROLE, BY);
  await world.dynamic.lookForOrphans();
  expect(world.dynamic.problems()).toEqual([]);
});

it('each user that is taken away though no lease names it stands in the audit log', async () => {
  const { lease } = await ask();
  const lost = Array.from({ length: 150 }, (_, at) => {
    const digits = at
      .toString(8)
      .padStart(3, '0')
      .replace(/./g, (one) => 'abcdefgh'[+one] ?? '');
    return lease.username.slice(0, -3) + digits;
  });
  for (const username of lost) world.engine.users.set(username, { password: '', until: 0 });
  const removed = await world.dynamic.removeOrphans(ROLE, lost, BY);
  const entries = world.store.log.filter(({ action }) => action === 'role.orphans');
  expect(removed.length).toBeGreaterThan(140);
  expect(entries.flatMap(({ detail }) => detail.usernames)).toEqual(removed);
});

it('a store that fails for a moment is tried again', async () => {
  await ask();
  world.wall += 10 * MINUTE;
  world.steady += 10 * MINUTE;
  world.store.fails = 'after';
  await world.work();
  world.store.fails = 'before';
  await world.pass(6 * SECOND);
  await world.pass(6 * SECOND);
  await world.pass(MINUTE);
  expect(world.engine.users.size).toBe(0);
  expect((await world.lease()).state).toBe('ended');
});
