import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { killedPostgres } from '../support/killed/postgres.ts';
import type { KilledTarget } from '../support/killed/target.ts';
import { type Kills, walkKilled } from '../support/killed/walk.ts';
import { killedMariadb, killedRabbitmq, killedRedis, type OpenTarget } from './support/killed.ts';
import { debianMariadb } from './support/mariadb.ts';
import { debianRabbitmq } from './support/rabbitmq.ts';
import { debianRedis } from './support/redis.ts';
import { isMissing } from './support/tools.ts';

/** Fewer than the writes and calls of one rotation. */
const STEPS = 9;
const DAY = 86_400_000;

describe('a server that is killed while it rotates roles of PostgreSQL', () => {
  let postgres: Awaited<ReturnType<typeof killedPostgres>>;
  beforeAll(async () => {
    postgres = await killedPostgres();
  });
  afterAll(() => postgres?.close());

  it.each<[string, KilledTarget['holds'], Kills]>([
    ['(one) leaves a value that works, at any moment', 'one', 'moments'],
    ['(one) leaves a value that works, in the middle of any call', 'one', 'answers'],
    ['(two that take turns) leaves a value that works, after any step', 'several', 'after each'],
  ])('%s', async (_, holds, kills) => {
    const target = await postgres.target(holds);
    expect(await walkKilled(target, { kills })).toBeGreaterThan(STEPS);
  });
});

describe.skipIf(isMissing('Redis', debianRedis(), { isNeeded: true }))(
  'a server that is killed while it rotates a user of Redis',
  () => {
    let redis: OpenTarget;
    beforeEach(async () => {
      redis = await killedRedis();
    });
    afterEach(() => redis?.close());

    it('leaves a value that works, in the middle of any call', async () => {
      // the rotator's own test goes through all answers
      const walked = walkKilled(redis.target, { kills: 'answers', stride: 2 });
      expect(await walked).toBeGreaterThan(STEPS);
    });

    it('leaves a value that works, after any step, though the clock is set back each time', async () => {
      const aheadMs = (start: number) => -start * DAY;
      const walked = walkKilled(redis.target, { kills: 'after each', aheadMs });
      expect(await walked).toBeGreaterThan(STEPS);
    });
  },
);

describe.each([
  ['RabbitMQ', debianRabbitmq(), killedRabbitmq],
  ['MariaDB (one)', debianMariadb(), () => killedMariadb('one')],
  ['MariaDB (two that take turns)', debianMariadb(), () => killedMariadb('several')],
] as const)('a server that is killed while it rotates users of %s', (name, peer, open) => {
  let opened: OpenTarget | undefined;
  afterEach(() => opened?.close());

  it.skipIf(isMissing(name, peer))('leaves a value that works, after any step', async () => {
    opened = await open();
    const walked = walkKilled(opened.target, { kills: 'after each' });
    expect(await walked).toBeGreaterThan(STEPS);
  });
});
