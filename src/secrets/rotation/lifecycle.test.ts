import { describe, expect, it } from 'vitest';
import { BY, ID, OVERLAP_SECONDS, World } from './testing/world.ts';

const MINUTE = 60_000;
const OVERLAP = OVERLAP_SECONDS * 1_000;

describe('a rotation', () => {
  it('makes a first value, sets it, tests it, and makes it current', async () => {
    const world = new World();
    await world.withSecret();
    const secret = await world.secret();
    expect(secret).toMatchObject({ labels: { current: 1 }, run: null, taken: null });
    expect([...world.target.accepted]).toEqual([world.valueOf(secret, 1)]);
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
    const world = new World();
    await world.withSecret();
    await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).labels).toEqual({ current: 2, previous: 1 });
    await world.pass(OVERLAP - 1);
    expect(world.target.accepted.size).toBe(2);
    await world.pass(1);
    const secret = await world.secret();
    expect([...world.target.accepted]).toEqual([world.valueOf(secret, 2)]);
    expect(secret).toMatchObject({ labels: { current: 2 }, run: null });
    expect(secret.versions[0]?.revokedAt).not.toBeNull();
    await world.pass(MINUTE);
  });
});
void ID;
