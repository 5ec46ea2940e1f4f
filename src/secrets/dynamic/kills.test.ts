import { describe, expect, it } from 'vitest';
import type { Misbehaviour } from './testing/model-engine.ts';
import { BY, ROLE, World } from './testing/world.ts';

const MINUTE = 60_000;
const CLAIM = MINUTE;

/** What a user may meet on its way, from being asked for to being gone. */
const WAYS: readonly {
  readonly name: string;
  readonly misbehaves?: readonly Misbehaviour[];
  readonly act?: (world: World, id: string) => Promise<unknown>;
}[] = [
  { name: 'is left to end by itself' },
  { name: 'is not made', misbehaves: ['unreachable'] },
  { name: 'is made without an answer', misbehaves: ['done-unanswered'] },
  {
    name: 'is renewed, and released',
    act: async (world, id) => {
      await world.dynamic.renew(id, world.caller(), 3_000);
      await world.dynamic.release(id, world.caller());
    },
  },
  {
    name: 'is taken away, at a target that fails twice',
    act: (world, id) => {
      world.engine.misbehaves.push('unreachable', 'done-unanswered');
      return world.dynamic.end(id, BY);
    },
  },
];

/** Goes the way, killed at the `kill`th moment; tells how many moments there were. */
async function go({ misbehaves = [], act }: (typeof WAYS)[number], kill: number) {
  const world = new World();
  await world.withRole({ maxTtlSeconds: 3_600, maxLifeSeconds: 7_200 });
  world.engine.misbehaves.push(...misbehaves);
  let moments = 0;
  const orphans: string[] = [];
  world.isKilledAt = () => {
    // a user is named by a lease before it is there, until it is gone
    const named = world.store.peek('lease', moments < 0 ? '' : idOf(world));
    if (world.engine.users.size > 0 && named === undefined) orphans.push(String(moments));
    return moments++ === kill;
  };
  const { dynamic, death } = world.process;
  const asked = dynamic.ask(ROLE, world.caller(), 1_800).then(
    ({ lease }) => lease.id,
    () => undefined,
  );
  const id = await Promise.race([asked, death]);
  if (id === 'dead') await world.start();
  else if (id !== undefined) await Promise.race([act?.(world, id), death]);
  await world.goOn();
  await world.pass(CLAIM);
  await world.pass(MINUTE);
  const midway = world.engine.users.size;
  for (let minutes = 0; minutes < 40; minutes += 5) await world.pass(5 * MINUTE);
  return { world, moments, orphans, midway };
}

const idOf = ({ store }: World): string =>
  store.log.findLast(({ action }) => action === 'lease.ask')?.subject ?? '';

describe('a user that', () => {
  it.each(WAYS)(
    '$name is gone in the end wherever its process is killed, and never without a lease',
    async (way) => {
      const whole = await go(way, -1);
      expect(whole.moments).toBeGreaterThan(7);
      for (let kill = -1; kill < whole.moments; kill++) {
        const { world, orphans } = await go(way, kill);
        const at = `killed at ${kill}: ${JSON.stringify(world.moments.slice(-3))}`;
        expect([...world.engine.users.keys()], at).toEqual([]);
        expect(orphans, at).toEqual([]);
        for (const lease of await world.leases()) {
          expect(lease, at).toMatchObject({ state: 'ended', taken: null, removal: null });
        }
        expect(world.warnings, at).toEqual([]);
      }
    },
  );

  it('nobody got is gone as soon as nothing can be on its way any more', async () => {
    for (let kill = 0; kill < 5; kill++) {
      const { world, midway } = await go({ name: '' }, kill);
      // killed behind the write that hands it out, it lasts as long as its lease
      const isHandedOut = world.actions().includes('lease.start');
      expect([kill, midway]).toEqual([kill, isHandedOut ? 1 : 0]);
    }
  });
});
