import { describe, expect, it } from 'vitest';
import { BY, ID, PLAN, START, World } from './testing/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('two processes', () => {
  it('that find a rotation due at the same time make one, and one call at a time', async () => {
    const world = new World();
    await world.withSecret();
    const other = await world.open('two');
    await other.runner.start();
    const { process } = world;
    world.target.tried.length = 0;
    for (let hour = 0; hour < 30; hour++) {
      world.wall += HOUR;
      world.steady += HOUR;
      await Promise.all([world.work(process), world.work(other)]);
    }
    const secret = await world.secret();
    expect(secret.labels).toEqual({ current: 2 });
    expect(world.target.tried).toEqual([world.valueOf(secret, 2)]);
    expect(world.target.mostAtOnce).toBe(1);
    expect(world.actions().filter((action) => action === 'secret.rotate')).toHaveLength(2);
  });

  it('of which one dies at the target: the other goes on when its claim has ended', async () => {
    const world = new World();
    await world.withSecret();
    const other = await world.open('two');
    await other.runner.start();
    const first = await world.start('one');
    let isDead = false;
    world.isKilledAt = ({ when, what, step }) => {
      const isIt = !isDead && when === 'after' && what === 'call' && step === 'set';
      isDead ||= isIt;
      return isIt;
    };
    await first.keeping.change(ID, { event: 'rotate', by: BY });
    await world.work(first);
    expect(isDead).toBe(true);
    world.target.calls.length = 0;
    // within the claim the other leaves it alone
    world.steady += 31_000;
    world.wall += 31_000;
    await world.work(other);
    expect(world.target.calls).toEqual([]);
    world.steady += 31_000;
    world.wall += 31_000;
    await world.work(other);
    await world.work(other);
    expect(world.target.calls).toEqual(['set', 'test']);
    const secret = await other.keeping.read(ID);
    expect(secret?.labels).toEqual({ current: 2, previous: 1 });
  });

  it('of which one dies at any moment end as one would, with one value', async () => {
    for (let kill = 0, isOver = false; !isOver; kill++) {
      const world = new World();
      await world.withSecret();
      const other = await world.open('two');
      await other.runner.start();
      const first = await world.start('one');
      let moments = 0;
      world.isKilledAt = () => moments++ === kill;
      await first.keeping.change(ID, { event: 'rotate', by: BY });
      isOver = await world.work(first);
      for (let minute = 0; minute < 70; minute += 5) {
        world.wall += 5 * MINUTE;
        world.steady += 5 * MINUTE;
        await world.work(other);
        if (isOver) await world.work(first);
        expect(world.isServed(), `killed at ${kill}`).toBe(true);
      }
      const secret = await other.keeping.read(ID);
      expect(secret, `killed at ${kill}`).toMatchObject({ labels: { current: 2 }, run: null });
      expect(world.target.accepted.size, `killed at ${kill}`).toBe(1);
      expect(world.target.mostAtOnce).toBe(1);
      expect(kill).toBeLessThan(60);
    }
  });

  it('leave no claim behind when they are closed', async () => {
    const world = new World();
    await world.withSecret();
    world.target.misbehaves.push('hangs');
    const { keeping, runner } = world.process;
    await keeping.change(ID, { event: 'rotate', by: BY });
    runner.tick();
    while (world.target.atWork === 0) await new Promise((resolve) => setImmediate(resolve));
    await runner.close();
    expect(await world.secret()).toMatchObject({ taken: null, run: { step: 'set', failures: 0 } });
  });
});

describe('many secrets', () => {
  async function many(count: number, targetOf: (index: number) => string): Promise<World> {
    const world = new World();
    Object.assign(world.config, { atOnce: 4 });
    const { keeping } = await world.start();
    const service = 'production/shop/orders';
    for (let index = 0; index < count; index++) {
      await keeping.create({ name: `db-${index}`, service, kind: 'api-key' }, BY);
    }
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        keeping.plan(
          `${service}/db-${index}`,
          { ...PLAN, config: { target: targetOf(index) } },
          BY,
        ),
      ),
    );
    await world.work();
    return world;
  }

  it('of one target are rotated one after the other', async () => {
    const world = await many(6, () => 'db');
    expect(world.target.tried).toHaveLength(6);
    expect(world.target.mostAtOnce).toBe(1);
  });

  it('of several targets are rotated at once, as many as may be', async () => {
    const world = await many(10, (index) => `db-${index}`);
    expect(world.target.tried).toHaveLength(10);
    expect(world.target.mostAtOnce).toBe(4);
  });
});

describe('a clock', () => {
  const rotations = async (world: World) => (await world.secret()).versions.length - 1;

  it.each([
    ['an hour', HOUR],
    ['a week', 7 * DAY],
    ['a year', 365 * DAY],
  ])(
    'that is set back by %s has nothing rotated twice, and nothing wait for ever',
    async (_, back) => {
      const world = new World();
      await world.withSecret();
      await world.passMinutes(24 * 60, 30);
      expect(await rotations(world)).toBe(1);
      world.wall -= back;
      await world.passMinutes(12 * 60, 30);
      expect(await rotations(world)).toBe(1);
      await world.passMinutes(16 * 60, 30);
      expect(await rotations(world)).toBe(2);
      expect((await world.secret()).run?.step ?? 'finish').toBe('finish');
    },
  );

  it('that is set back while nothing runs leaves the overlap as long as it is', async () => {
    const world = new World();
    await world.withSecret();
    await world.send({ event: 'rotate', by: BY });
    await world.process.runner.close();
    world.wall -= 300 * DAY;
    await world.start();
    await world.passMinutes(50);
    expect(world.target.accepted.size).toBe(2);
    await world.passMinutes(20);
    expect(world.target.accepted.size).toBe(1);
  });

  it('that jumps ahead has what is due rotated, and does not cut the overlap short', async () => {
    const world = new World();
    await world.withSecret();
    await world.send({ event: 'rotate', by: BY });
    world.wall += 10 * DAY;
    await world.passMinutes(50);
    expect(world.target.accepted.size).toBe(2);
    await world.passMinutes(20);
    // what was overdue by that clock began as soon as the overlap was over
    expect(await rotations(world)).toBe(2);
    expect(world.wall).toBeGreaterThan(START + 10 * DAY);
  });

  it('of another process may be ahead by little, without anything being taken twice', async () => {
    const world = new World();
    await world.withSecret();
    world.wall += 30_000;
    const before = JSON.stringify(await world.secret());
    world.wall -= 60_000;
    await world.work();
    expect(JSON.stringify(await world.secret())).toBe(before);
  });
});

describe('a window', () => {
  it('is waited for, and a person is not held up by it', async () => {
    const world = new World();
    const windows = [{ days: ['sat' as const], from: '22:00', to: '02:00' }];
    await world.withSecret({ windows });
    expect(await world.secret()).toMatchObject({ labels: {}, run: null });
    await world.passMinutes(6 * 24 * 60, 120);
    const { lastRotated, nextRotation } = await world.secret();
    expect(lastRotated).toBe('2026-01-10T22:00:00.000Z');
    expect(nextRotation).toBe('2026-01-17T22:00:00.000Z');
    await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).labels).toEqual({ current: 2, previous: 1 });
  });
});
