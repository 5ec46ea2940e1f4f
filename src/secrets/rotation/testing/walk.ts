import { expect } from 'vitest';
import type { Secret, SecretValue } from '../../model/index.ts';
import { BY, OVERLAP_SECONDS, World, type WorldTarget } from './world.ts';

/** How often consumers read. */
const EACH_MINUTES = OVERLAP_SECONDS / 60 / 2;

export interface Walk {
  /** A target as it is before there is any value of it. */
  readonly open: () => WorldTarget | Promise<WorldTarget>;
  /** With one, whoever has read a value loses it before it is told of the next, and the pending one works in between. */
  readonly holds?: 'one' | 'several';
  /** What happens when the second value is current. */
  readonly act?: (world: World) => Promise<void>;
  /** Consumers are told of new values at once. */
  readonly isTold?: boolean;
  /** In which everything comes to its end: the overlap, waits after failures, what ends by itself. */
  readonly minutes: number;
}

/** Rotates a secret for the second time, once for each moment at which a process may be killed, and killed there.
 *  Whoever reads gets a value that works, whoever has read one keeps it until the next reading, and in the end the current
 *  one alone works. */
export async function walkKills(walk: Walk): Promise<void> {
  const whole = await go(walk, -1);
  expect(whole.moments).toBeGreaterThan(6);
  for (let kill = -1; kill < whole.moments; kill++) {
    const { world, secret, workless, made } = await go(walk, kill);
    const at = `killed at ${kill}: ${JSON.stringify(world.moments.slice(-3))}`;
    expect(workless, at).toEqual([]);
    expect(shapeOf(secret), at).toEqual(shapeOf(whole.secret));
    const current = world.openValue(secret, secret.labels.current);
    expect(
      made.filter((value) => world.isAccepted(value)),
      at,
    ).toEqual([current]);
    expect(await world.process.keeping.underWay(), at).toEqual([]);
  }
}

async function go(
  { open, holds = 'several', act, isTold = false, minutes: most }: Walk,
  kill: number,
): Promise<{
  world: World;
  secret: Secret;
  moments: number;
  workless: string[];
  /** Every value that was ever kept. */
  made: readonly SecretValue[];
}> {
  const world = new World(holds, await open());
  const made = new Map<string, SecretValue>();
  const gather = () => {
    for (const value of world.kept()) made.set(JSON.stringify(value), value);
  };
  await world.withSecret();
  let moments = 0;
  const workless: string[] = [];
  let held: SecretValue | undefined;
  const read = async () => {
    const secret = await world.secret();
    held = world.openValue(secret, secret.labels.current);
  };
  await read();
  if (isTold) {
    world.onNews = (secret) => {
      held = secret && world.openValue(secret, secret.labels.current);
    };
  }
  world.isKilledAt = (moment) => {
    gather();
    const isHeldGood = holds === 'one' || world.isAccepted(held);
    if (!isHeldGood || !world.isServed()) {
      workless.push(`${moment.when} ${moment.what} ${moment.step}`);
    }
    return moment.when === 'after' && moments++ === kill;
  };
  await world.send({ event: 'rotate', by: BY });
  await read();
  await act?.(world);
  await read();
  for (let minutes = 0; minutes < most; minutes += EACH_MINUTES) {
    await world.passMinutes(EACH_MINUTES, EACH_MINUTES);
    await read();
  }
  await world.of.look?.([...made.values()]);
  return { world, secret: await world.secret(), moments, workless, made: [...made.values()] };
}

/** What is the same however often it was killed. */
export const shapeOf = ({ labels, versions, run, taken }: Secret) => ({
  ...{ labels, run, taken },
  versions: versions.map(({ number, envelope, revokedAt, leakedAt, revocation }) => ({
    number,
    isDestroyed: envelope === null,
    isRevoked: revokedAt !== null,
    isLeaked: leakedAt !== null,
    isToBeRevoked: revocation !== null,
  })),
});
