import { describe, expect, it, vi } from 'vitest';
import { policyOf } from './config.ts';
import { rotationProblems } from './index.ts';

import { BY, ID, OVERLAP_SECONDS, World } from './testing/world.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

async function worldWithSecret(holds: 'one' | 'several' = 'several'): Promise<World> {
  const world = new World(holds);
  await world.withSecret();
  return world;
}

describe('rotation fails in the field', () => {
  it('when a crash between the intent and the target forks it: here the same value is gone on with', async () => {
    const world = await worldWithSecret();
    world.target.tried.length = 0;
    let isKilled = false;
    world.isKilledAt = ({ when, what, step }) => {
      const isIt = !isKilled && when === 'after' && what === 'call' && step === 'set';
      isKilled ||= isIt;
      return isIt;
    };
    await world.send({ event: 'rotate', by: BY });
    expect(isKilled).toBe(true);
    const secret = await world.secret();
    expect(world.target.tried).toEqual([world.valueOf(secret, 2), world.valueOf(secret, 2)]);
    expect(secret.versions).toHaveLength(2);
  });

  it('before its intent is kept: here the target never hears of it', async () => {
    const world = await worldWithSecret();
    world.target.calls.length = 0;
    world.store.fails = 'before';
    await expect(world.send({ event: 'rotate', by: BY })).rejects.toMatchObject({
      code: 'estate/unavailable',
    });
    await world.pass(MINUTE);
    expect(world.target.calls).toEqual([]);
  });

  it('when a value that the target rejects is tried for ever: here another is made, and then a person is asked', async () => {
    const world = await worldWithSecret();
    world.target.tried.length = 0;
    const refuse = () => world.target.misbehaves.push('refused');
    refuse();
    await world.send({ event: 'rotate', by: BY });
    for (let turn = 0; turn < 5; turn++) {
      if (world.target.misbehaves.length === 0) refuse();
      await world.pass(20 * MINUTE);
    }
    expect(new Set(world.target.tried).size).toBe(3);
    expect(world.target.tried).toHaveLength(3);
    const secret = await world.secret();
    expect(secret.labels).toEqual({ current: 1 });
    expect(secret.run).toMatchObject({ step: 'make', waits: true, problem: 'it is refused' });
    expect(secret.run?.hint).toBe('look at the target');
    world.target.misbehaves.length = 0;
    await world.send({ event: 'retry', by: BY });
    expect((await world.secret()).labels).toMatchObject({ previous: 1 });
  });

  it('when somebody else changes the secret meanwhile: here the value at the target is always one that is kept', async () => {
    const world = await worldWithSecret('one');
    let isEdited = false;
    world.isKilledAt = ({ when, what, step }) => {
      if (isEdited || when !== 'before' || what !== 'write' || step !== 'made') return false;
      isEdited = true;
      void world.process.keeping.edit(ID, { owner: 'team-orders' }, BY);
      return false;
    };
    await world.send({ event: 'rotate', by: BY });
    const secret = await world.secret();
    expect(secret.owner).toBe('team-orders');
    expect([...world.target.accepted]).toEqual([world.valueOf(secret, secret.labels.current)]);
  });

  it('when a value was changed at the target by hand: here a person is told, and the value they give is gone on from', async () => {
    const world = await worldWithSecret('one');
    world.target.accepted.clear();
    world.target.accepted.add('by-hand');
    await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).run).toMatchObject({
      ...{ step: 'set', waits: true, problem: 'the current value is not taken' },
      hint: 'put the one that is',
    });
    await world.process.keeping.put(ID, { value: 'by-hand' }, BY);
    await world.send({ event: 'retry', by: BY });
    const secret = await world.secret();
    expect(secret.labels).toEqual({ current: 2, previous: 3 });
    expect([...world.target.accepted]).toEqual([world.valueOf(secret, 2)]);
  });

  it('when a target that is gone blocks all behind it: here the rest goes on, and what could not be revoked is listed', async () => {
    const world = await worldWithSecret();
    await world.send({ event: 'rotate', by: BY });
    world.target.isDown = true;
    await world.send({ event: 'revoke', versions: [1], by: BY });
    const policy = policyOf(world.config);
    const unrevoked = async () =>
      rotationProblems(await world.secret(), world.wall, policy).filter(
        ({ problem }) => problem === 'unrevoked',
      );
    expect(await unrevoked()).toMatchObject([{ version: 1, why: 'it is unreachable' }]);
    await world.send({ event: 'abandon', version: 1, by: BY });
    expect(await unrevoked()).toMatchObject([{ version: 1, why: 'abandoned by ada' }]);
    const before = world.target.calls.length;
    await world.send({ event: 'cancel', by: BY });
    await world.passMinutes(120);
    expect(world.target.calls).toHaveLength(before);
    world.target.isDown = false;
    await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).labels.current).toBe(3);
    expect(await unrevoked()).toHaveLength(1);
    await world.send({ event: 'retry', by: BY });
    expect(await unrevoked()).toEqual([]);
    expect((await world.secret()).versions[0]?.revokedAt).not.toBeNull();
  });

  it('when a backup is brought back: here nothing is rotated or revoked until a person says so', async () => {
    const world = await worldWithSecret();
    await world.send({ event: 'rotate', by: BY });
    await world.process.runner.close();
    world.whyPaused = 'the store is older than what targets hold';
    world.target.calls.length = 0;
    await world.start();
    await world.passMinutes((2 * OVERLAP_SECONDS) / 60, 30);
    await world.pass(2 * DAY);
    expect(world.target.calls).toEqual([]);
    expect(world.target.accepted.size).toBe(2);
    expect(world.process.runner.whyPaused).toBe('the store is older than what targets hold');
    await world.process.runner.resume(BY);
    await world.goOn();
    expect(world.target.calls).toContain('finish');
    expect(world.process.runner.whyPaused).toBeUndefined();
  });

  it('when two people say so at once, or one while it is closed: here it goes on once, or not', async () => {
    const world = await worldWithSecret();
    await world.process.runner.close();
    world.whyPaused = 'the store is older than what targets hold';
    const { runner, keeping } = await world.start();
    const listening = vi.spyOn(keeping, 'onChange');
    await Promise.all([runner.resume(BY), runner.resume(BY)]);
    expect(listening).toHaveBeenCalledTimes(1);
    await runner.close();
    const closed = await world.start();
    const again = vi.spyOn(closed.keeping, 'onChange');
    await Promise.all([closed.runner.resume(BY), closed.runner.close()]);
    expect(again).not.toHaveBeenCalled();
  });

  it('when rotators fail silently for weeks: here a missed rotation is a problem with an age', async () => {
    const world = await worldWithSecret();
    const policy = policyOf(world.config);
    const problems = async () => rotationProblems(await world.secret(), world.wall, policy);
    expect(await problems()).toEqual([]);
    world.target.isDown = true;
    for (let day = 0; day < 22; day++) await world.pass(DAY);
    expect(await problems()).toMatchObject([
      { problem: 'missed', ageSeconds: 21 * 86_400, why: 'it is unreachable' },
      { problem: 'stuck', hint: 'look at the target' },
    ]);
    world.target.isDown = false;
    await world.pass(DAY);
    expect(await problems()).toEqual([]);
  });
});

describe('a target', () => {
  it('that is away is asked again later and later, up to a bound', async () => {
    const world = await worldWithSecret();
    world.target.isDown = true;
    await world.send({ event: 'rotate', by: BY });
    const waits: number[] = [];
    for (let attempt = 0; attempt < 14; attempt++) {
      const { run } = await world.secret();
      const wait = Date.parse(run?.nextAt ?? '') - world.wall;
      waits.push(wait / 1_000);
      await world.pass(wait);
    }
    // a quarter shorter each, by lot
    expect(waits.slice(0, 4)).toEqual([1.5, 3, 6, 12]);
    expect(waits.slice(-3)).toEqual([675, 675, 675]);
  });

  it('that never answers is given up after the time for a step, and tried again', async () => {
    const world = new World();
    Object.assign(world.config, { stepSeconds: 0.05 });
    await world.withSecret();
    world.target.misbehaves.push('hangs');
    await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).run?.problem).toBe('The target did not answer within 0.05 s');
    await world.pass(MINUTE);
    expect((await world.secret()).labels.current).toBe(2);
  });

  it('whose driver puts values into its errors gives none of them away', async () => {
    const world = await worldWithSecret();
    const value = world.valueOf(await world.secret(), 1) ?? '';
    world.target.misbehaves.push('odd', 'odd');
    await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).run?.problem).toBe('The rotator failed unexpectedly (`Error`)');
    expect(JSON.stringify([world.store.log, world.warnings, await world.secret()])).not.toContain(
      value,
    );
  });

  it.each(['denied', 'changed', 'invalid'] as const)(
    'that says `%s` waits for a person, who is told what to do',
    async (trouble) => {
      const world = await worldWithSecret();
      world.target.misbehaves.push(trouble);
      await world.send({ event: 'rotate', by: BY });
      const calls = world.target.calls.length;
      await world.passMinutes(600, 60);
      expect(world.target.calls).toHaveLength(calls);
      const problems = rotationProblems(await world.secret(), world.wall, policyOf(world.config));
      expect(problems[0]).toMatchObject({ problem: 'waiting', hint: 'look at the target' });
      await world.send({ event: 'retry', by: BY });
      expect((await world.secret()).labels.current).toBe(2);
    },
  );

  it('that still takes what was taken away from it is asked again until it does not', async () => {
    const world = await worldWithSecret();
    const { isRefused } = world.target;
    world.target.isRefused = async () => false;
    await world.send({ event: 'revoke', versions: [1], by: BY });
    expect((await world.secret()).versions[0]).toMatchObject({
      revokedAt: null,
      revocation: { problem: 'The target still takes the value that was taken away from it' },
    });
    world.target.isRefused = isRefused;
    await world.pass(MINUTE);
    expect((await world.secret()).versions[0]).toMatchObject({ revocation: null });
  });
});
