import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weekLogOf } from '../support/week/audit.ts';
import { postgresOfWeek } from '../support/week/postgres.ts';
import { Week } from '../support/week/week.ts';

/** Another week each time; `WEEK_SEED` brings one back. */
const seed = Number(process.env.WEEK_SEED ?? Date.now() % 1_000_000);
const LASTS_MS = Number(process.env.WEEK_MS ?? 100_000);
/** A week of a busy machine takes longer. */
const SLOW_MS = 1_800_000;

describe.runIf(process.platform === 'linux')('a week of the shop', () => {
  let postgres: Awaited<ReturnType<typeof postgresOfWeek>>;
  let week: Week;
  beforeAll(async () => {
    postgres = await postgresOfWeek();
    week = await Week.of({ seed, lastsMs: LASTS_MS, targets: [postgres] });
  });
  afterAll(async () => {
    week?.server.remove();
    await postgres?.close();
  });

  it(
    `loses no request, while its secrets are renewed and Reeve is killed (seed ${seed})`,
    async () => {
      const { failures, left, taken, ...counted } = await week.run();
      const log = await weekLogOf(week.server.dataFolder);
      const rotations = log.count('secret.promote');
      console.log(JSON.stringify({ seed, ...counted, rotations, entries: log.entries }));
      expect(failures).toEqual([]);
      expect(left).toEqual([]);
      expect(taken).toEqual([]);
      expect(log.problems).toEqual([]);
      expect(rotations).toBeGreaterThan(100);
      expect(counted.kills).toBeGreaterThan(0);
      expect(counted.visits).toBeGreaterThan(100);
    },
    SLOW_MS,
  );
});
