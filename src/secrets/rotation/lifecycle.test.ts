import { describe, expect, it } from 'vitest';
import { BY, OVERLAP_SECONDS, PLAN, START, World } from './testing/world.ts';

const MINUTE = 60_000;
const OVERLAP = OVERLAP_SECONDS * 1_000;
const time = (milliseconds: number) => new Date(milliseconds).toISOString();

async function worldWithSecret(holds: 'one' | 'several' = 'several'): Promise<World> {
  const world = new World(holds);
  await world.withSecret();
  return world;
}
/** What the target takes, by version. */
async function working(world: World): Promise<(number | undefined)[]> {
  const secret = await world.secret();
  const numbers = secret.versions.map(({ number }) => number);
  return [...world.target.accepted].map((text) =>
    numbers.find((number) => world.valueOf(secret, number) === text),
  );
}

describe('a rotation', () => {
  it('makes a first value, sets it, tests it, and makes it current', async () => {
    const world = await worldWithSecret();
    const secret = await world.secret();
    expect(secret).toMatchObject({ labels: { current: 1 }, run: null, taken: null });
    expect(secret.nextRotation).toBe(time(START + 0.95 * PLAN.everySeconds * 1_000));
    expect(await working(world)).toEqual([1]);
    expect(world.actions()).toEqual([
      'secret.create',
      'secret.plan',
      'secret.rotate',
      'secret.step make',
      'secret.step set',
      'secret.step test',
      'secret.promote',
      'secret.step deliver',
    ]);
  });

  it('leaves the value before to its users for the overlap, and then takes it away', async () => {
    const world = await worldWithSecret();
    await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).labels).toEqual({ current: 2, previous: 1 });
    await world.pass(OVERLAP - 1);
    expect(await working(world)).toEqual([1, 2]);
    await world.pass(1);
    const secret = await world.secret();
    expect(await working(world)).toEqual([2]);
    expect(secret).toMatchObject({ labels: { current: 2 }, run: null });
    expect(secret.versions[0]?.revokedAt).toBe(time(world.wall));
  });

  it('begins by itself, earlier than its interval by the jitter that was drawn once', async () => {
    const world = await worldWithSecret();
    world.lot = 0.9;
    await world.pass(0.95 * PLAN.everySeconds * 1_000 - 1);
    expect((await world.secret()).labels).toEqual({ current: 1 });
    await world.pass(1);
    expect((await world.secret()).labels).toEqual({ current: 2, previous: 1 });
    expect(world.store.log.findLast(({ action }) => action === 'secret.rotate')?.detail.why).toBe(
      'due',
    );
  });

  it('revokes the version before where its rotator does not say how that ends', async () => {
    const world = await worldWithSecret();
    Object.assign(world.target, { finish: undefined });
    await world.send({ event: 'rotate', by: BY });
    await world.pass(OVERLAP);
    expect(world.target.calls.at(-1)).toBe('revoke');
    expect(await working(world)).toEqual([2]);
    expect((await world.secret()).versions[0]?.revokedAt).toBe(time(world.wall));
  });

  it('says of a version before that its rotator has left alone that it is not revoked', async () => {
    const world = await worldWithSecret();
    world.target.finish = async () => undefined;
    await world.send({ event: 'rotate', by: BY });
    await world.pass(OVERLAP);
    const { versions, labels, run } = await world.secret();
    expect({ labels, run }).toEqual({ labels: { current: 2 }, run: null });
    expect(versions[0]).toMatchObject({ revokedAt: null, revocation: null });
    expect(await working(world)).toEqual([1, 2]);
  });
});

describe('a rotation that is given up', () => {
  const down = async (world: World, step: 'set' | 'finish') => {
    if (step === 'finish') await world.send({ event: 'rotate', by: BY });
    world.target.isDown = true;
    if (step === 'set') await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).run?.step).toBe(step);
  };

  it('before its value is current has that taken away, and begins anew when its time comes', async () => {
    const world = await worldWithSecret('one');
    world.target.misbehaves.push('half');
    await world.send({ event: 'rotate', by: BY });
    expect(await working(world)).toEqual([2]);
    await world.send({ event: 'cancel', by: BY });
    expect(await working(world)).toEqual([1]);
    const secret = await world.secret();
    expect(secret).toMatchObject({ labels: { current: 1 }, run: null });
    expect(secret.versions[1]).toMatchObject({ envelope: null, revocation: null });
    expect(Date.parse(secret.nextRotation ?? '')).toBeGreaterThan(world.wall);
  });

  it('twice, while its target is gone, is over, and its value stays on the list', async () => {
    const world = await worldWithSecret();
    await down(world, 'set');
    await world.send({ event: 'cancel', by: BY });
    expect((await world.secret()).run).toMatchObject({ step: 'undo', isGivenUp: true });
    await world.send({ event: 'cancel', by: BY });
    const secret = await world.secret();
    expect(secret).toMatchObject({ labels: { current: 1 }, run: null });
    expect(secret.versions[1]?.revocation).toMatchObject({
      by: 'ada',
      problem: 'it is unreachable',
    });
    world.target.isDown = false;
    await world.pass(15 * MINUTE);
    expect((await world.secret()).versions[1]?.revocation).toBeNull();
  });

  it('after its value is current keeps that, and leaves the version before to the list', async () => {
    const world = await worldWithSecret();
    await down(world, 'finish');
    await world.send({ event: 'cancel', by: BY });
    expect(await world.secret()).toMatchObject({ labels: { current: 2 }, run: null });
    world.target.isDown = false;
    await world.pass(OVERLAP - MINUTE);
    expect(await working(world)).toEqual([1, 2]);
    await world.pass(MINUTE);
    expect(await working(world)).toEqual([2]);
  });
});

describe('a version whose target cannot be asked', () => {
  it('is revoked when a person says so, and not before Reeve has given up on it', async () => {
    const world = await worldWithSecret();
    const settle = { event: 'settle', version: 1, by: BY } as const;
    await expect(world.send(settle)).rejects.toThrow('may still need that version');
    world.target.isDown = true;
    await world.send({ event: 'revoke', versions: [1], by: BY });
    await expect(world.send(settle)).rejects.toThrow('is being revoked there');
    await world.send({ event: 'abandon', version: 1, by: BY });
    await world.send(settle);
    const [version] = (await world.secret()).versions;
    expect(version).toMatchObject({ revokedAt: time(world.wall), revocation: null });
    expect(world.store.log.at(-1)).toMatchObject({ action: 'secret.revoked', actor: BY.actor });
  });
});

describe('a leak', () => {
  it('of the current value has another made and the old one revoked, at once', async () => {
    const world = await worldWithSecret();
    await world.send({ event: 'leak', versions: [1], by: BY });
    const secret = await world.secret();
    expect(secret).toMatchObject({ labels: { current: 2 }, run: null });
    expect(secret.versions[0]).toMatchObject({ revokedAt: time(world.wall), revocation: null });
    expect(await working(world)).toEqual([2]);
    // the value is not left to whoever still uses it
    expect(world.target.calls.slice(-2)).toEqual(['test', 'revoke']);
  });

  it('of a value in its overlap ends that', async () => {
    const world = await worldWithSecret();
    await world.send({ event: 'rotate', by: BY });
    await world.send({ event: 'leak', versions: [1], by: BY });
    expect(await working(world)).toEqual([2]);
    expect(world.target.calls).not.toContain('finish');
    expect(await world.secret()).toMatchObject({ run: null, labels: { current: 2 } });
  });

  it('of the new value, in the overlap of the one before, leaves that to its users', async () => {
    const world = await worldWithSecret();
    await world.send({ event: 'rotate', by: BY });
    await world.send({ event: 'leak', versions: [2], by: BY });
    expect(await world.secret()).toMatchObject({ labels: { current: 3 }, run: null });
    expect(await working(world)).toEqual([1, 3]);
    await world.pass(OVERLAP);
    expect(await working(world)).toEqual([3]);
  });

  it('of a value that waits for a person is not held up by that', async () => {
    const world = await worldWithSecret();
    world.target.misbehaves.push('denied');
    await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).run?.waits).toBe(true);
    await world.send({ event: 'leak', versions: [1], by: BY });
    expect(await working(world)).toEqual([2]);
  });

  it('of a value that is pending has it taken away, and another made', async () => {
    const world = await worldWithSecret();
    world.target.misbehaves.push('half');
    await world.send({ event: 'rotate', by: BY });
    await world.send({ event: 'leak', versions: [2], by: BY });
    expect((await world.secret()).labels).toEqual({ current: 3, previous: 1 });
    expect(await working(world)).toEqual([1, 3]);
  });

  it('of a value that nothing can rotate is a matter for a person', async () => {
    const world = await worldWithSecret();
    await world.process.keeping.plan((await world.secret()).id, null, BY);
    await world.send({ event: 'leak', versions: [1], by: BY });
    expect(await world.secret()).toMatchObject({ run: null, labels: { current: 1 } });
    await world.send({ event: 'revoke', versions: 'all', by: BY });
    expect((await world.secret()).versions[0]?.revocation).toMatchObject({
      ...{ waits: true, problem: 'no plan says at which target it would be revoked' },
    });
  });
});
