import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killedPostgres } from './support/killed/postgres.ts';
import { walkKilled } from './support/killed/walk.ts';

let postgres: Awaited<ReturnType<typeof killedPostgres>>;
beforeAll(async () => {
  postgres = await killedPostgres();
});
afterAll(() => postgres?.close());

describe('a server that is killed with SIGKILL while it rotates a role of PostgreSQL', () => {
  it('leaves a value that works wherever that was, and the next ends what it began', async () => {
    const target = await postgres.target('one');
    expect(await walkKilled(target, { kills: 'after each' })).toBeGreaterThan(9);
  });
});
