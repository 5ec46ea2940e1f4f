import { describe, expect, it } from 'vitest';
import type { Secret } from '../model/index.ts';
import type { Misbehaviour } from './testing/model-target.ts';
import { shapeOf } from './testing/walk.ts';
import { BY, OVERLAP_SECONDS, World } from './testing/world.ts';

/** More than the overlap, and than waits after failures, of which each ends within the time in which consumers read. */
const LONG_MINUTES = (4 * OVERLAP_SECONDS) / 60;

/** How often consumers read. */
const EACH_MINUTES = OVERLAP_SECONDS / 60 / 2;

/** What a rotation may meet on its way, from a secret with one value to the end. */
const WAYS: readonly {
  readonly name: string;
  readonly misbehaves?: readonly Misbehaviour[];
  readonly act?: (world: World) => Promise<void>;
  /** Consumers are told of new values at once. */
  readonly isTold?: boolean;
}[] = [
  { name: 'goes well' },
  { name: 'finds the target half changed', misbehaves: ['half', 'half'] },
  { name: 'has a value refused', misbehaves: ['refused'] },
  { name: 'has a value refused that was taken all the same', misbehaves: ['half-refused'] },
  { name: 'fails to take a refused value away', misbehaves: ['refused', 'unreachable'] },
  {
    name: 'is cancelled while the target is changed and never says so',
    misbehaves: Array.from({ length: 40 }, () => 'half' as const),
    act: async (world) => {
      world.target.misbehaves.length = 0;
      await world.send({ event: 'cancel', by: BY });
    },
  },
  {
    name: 'is followed by a leak of the new value',
    isTold: true,
    act: (world) => world.send({ event: 'leak', versions: [2], by: BY }),
  },
  {
    name: 'is followed by the revocation of the version before',
    isTold: true,
    act: (world) => world.send({ event: 'revoke', versions: [1], by: BY }),
  },
];

/** Goes the way, killed at the `kill`th moment; tells how many moments there were. */
async function go(
  holds: 'one' | 'several',
  { misbehaves = [], act, isTold = false }: (typeof WAYS)[number],
  kill: number,
): Promise<{ world: World; secret: Secret; moments: number; workless: string[] }> {
  const world = new World(holds);
  await world.withSecret();
  world.target.misbehaves.push(...misbehaves);
  let moments = 0;
  const workless: string[] = [];
  let held = world.valueOf(await world.secret(), 1);
  // others find out when they read again, which is within the overlap; with a leak that is too late
  if (isTold) {
    world.onNews = (secret) => {
      held = secret && world.valueOf(secret, secret.labels.current);
    };
  }
  world.isKilledAt = (moment) => {
    const isHeldGood = holds === 'one' || world.target.accepted.has(held ?? '');
    if (!isHeldGood || !world.isServed()) {
      workless.push(`${moment.when} ${moment.what} ${moment.step}`);
    }
    // what stands before one moment is what stood after the one before it
    return moment.when === 'after' && moments++ === kill;
  };
  const read = async () => {
    const secret = await world.secret();
    held = world.valueOf(secret, secret.labels.current);
  };
  await world.send({ event: 'rotate', by: BY });
  await read();
  await act?.(world);
  await read();
  for (let minutes = 0; minutes < LONG_MINUTES; minutes += EACH_MINUTES) {
    await world.passMinutes(EACH_MINUTES, EACH_MINUTES);
    await read();
  }
  return { world, secret: await world.secret(), moments, workless };
}

describe.each(['several', 'one'] as const)('with a target that holds %s, a rotation', (holds) => {
  it.each(WAYS)(
    'that $name ends the same wherever it is killed, with a value that works all along and no orphan',
    async (way) => {
      const whole = await go(holds, way, -1);
      expect(whole.moments).toBeGreaterThan(6);
      for (let kill = -1; kill < whole.moments; kill++) {
        const { world, secret, workless } = await go(holds, way, kill);
        const at = `killed at ${kill}: ${JSON.stringify(world.moments.slice(-3))}`;
        expect(workless, at).toEqual([]);
        expect(shapeOf(secret), at).toEqual(shapeOf(whole.secret));
        const current = world.valueOf(secret, secret.labels.current);
        expect([...world.target.accepted], at).toEqual([current]);
        expect(await world.process.keeping.underWay(), at).toEqual([]);
      }
    },
  );
});
