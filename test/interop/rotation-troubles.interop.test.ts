import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { killedPostgres } from '../support/killed/postgres.ts';
import { ID } from '../support/killed/prepare.ts';
import { KilledScene } from '../support/killed/scene.ts';
import { judgeTarget, runsOf, shapeOf } from '../support/killed/walk.ts';

const VARIABLE = 'REEVE_TEST_KILLED_DATABASE';

let postgres: Awaited<ReturnType<typeof killedPostgres>>;
let scene: KilledScene;
beforeAll(async () => {
  postgres = await killedPostgres();
});
afterEach(async () => {
  const { way } = postgres;
  Object.assign(way, { mode: 'open', delayMs: 0, isCutAt: () => false });
  await scene?.close();
});
afterAll(() => postgres?.close());

describe('a rotation of a role of PostgreSQL', () => {
  it.each(['one', 'several'] as const)(
    'comes to its end where the server is away, hangs, is slow and breaks down at any answer (%s at a time)',
    async (holds) => {
      const { way } = postgres;
      const target = await postgres.target(holds);
      scene = await KilledScene.of(target);
      await scene.start();
      scene.consumer.start();
      expect(await scene.process.rotateToEnd(ID)).toBe(true);
      const whole = shapeOf(await scene.settled());

      const failuresBeyond = (count: number) =>
        scene.until(({ run }) => (run?.failures ?? 0) > count);
      way.mode = 'refuses';
      const ended = scene.process.rotateToEnd(ID);
      const refused = await failuresBeyond(0);
      way.mode = 'stalls';
      await failuresBeyond(refused.run?.failures ?? 0);
      way.delayMs = 5;
      // each attempt gets a little further
      let most = 0;
      let left = 0;
      way.isCutAt = () => {
        if (left-- > 0) return false;
        most += 2;
        left = most;
        return true;
      };
      way.cut();
      way.mode = 'open';
      expect(await ended).toBe(true);
      const secret = await scene.settled();
      expect(most).toBeGreaterThan(9);
      expect(shapeOf(secret)).toEqual(whole);
      expect(secret.labels).toEqual({ current: 3 });
      way.isCutAt = () => false;
      await scene.consumer.stop();
      expect(scene.consumer.failures).toEqual([]);
      await judgeTarget(scene, target, secret);
      expect((await scene.audit()).problems).toEqual([]);
    },
  );

  it('waits for a person where the target was brought back from a backup, and changes nothing', async () => {
    const { root } = postgres;
    const target = await postgres.target('one');
    scene = await KilledScene.of(target);
    await scene.start();
    const first = scene.currentOf(await scene.read());
    const user = first?.username ?? '';
    const verifier = async (): Promise<string> => {
      const sql = 'select rolpassword from pg_authid where rolname = $1';
      return (await root.query(sql, [user])).rows[0].rolpassword;
    };
    const before = await verifier();
    await scene.process.rotateToEnd(ID);
    expect(await verifier()).not.toBe(before);
    await root.query(`alter role ${user} password '${before}'`);
    await scene.process.rotate(ID);
    const { run, labels } = await scene.until((secret) => secret.run?.waits === true);
    expect(run).toMatchObject({
      step: 'set',
      problem: expect.stringContaining('refuses the current value'),
    });
    expect(labels).toEqual({ current: 2, pending: 3 });
    expect(await scene.taken()).toEqual([first]);
    expect(await verifier()).toBe(before);
  });

  it('waits for a person where the store was brought back from a backup, and leaves alone what works', async () => {
    const { way } = postgres;
    const target = await postgres.target('one');
    scene = await KilledScene.of(target);
    await scene.start();
    await scene.process.rotateToEnd(ID);
    await scene.kill();
    const putBack = scene.backup();
    await scene.start();
    await scene.process.rotateToEnd(ID);
    const newest = scene.currentOf(await scene.settled());
    await scene.kill();
    await putBack();
    expect((await scene.read()).labels).toEqual({ current: 2 });
    expect(await scene.start()).toContain('the store is older than what targets hold');
    const { pieces } = way;
    // what people ask meanwhile does not make the store any newer
    expect(await scene.process.rotate(ID)).toBe(true);
    await scene.kill();
    expect(await scene.start()).toContain('the store is older than what targets hold');
    expect(way.pieces).toBe(pieces);
    expect(await scene.taken()).toEqual([newest]);
    await scene.process.resume();
    const { run } = await scene.until((secret) => secret.run?.waits === true);
    expect(run?.problem).toContain('refuses the current value');
    expect(await scene.taken()).toEqual([newest]);
  });
});

describe('servers that share a store', () => {
  it('rotate a secret once, whichever begins, and go on where the other was killed', async () => {
    process.env[VARIABLE] = await postgres.postgres.createDatabase();
    const target = await postgres.target('several');
    scene = await KilledScene.of(target, VARIABLE);
    const [one, other] = [await scene.startBeside(), await scene.startBeside()];
    scene.consumer.start();
    let rotations = 1;
    for (; rotations < 6; rotations++) {
      const asked = await Promise.all([one.rotate(ID), other.rotate(ID)]);
      expect(asked.sort()).toEqual([false, true]);
      const secret = await scene.settled();
      expect(secret.labels).toEqual({ current: rotations + 1 });
      await judgeTarget(scene, target, secret);
    }
    const whole = shapeOf(await scene.settled());
    // after the call that sets the value, which is not written down any more
    const SET = 3;
    await one.rotate(ID, { at: SET, isBefore: false });
    await one.dead;
    expect((await scene.read()).run).toMatchObject({ step: 'set' });
    await scene.consumer.logIn('after the kill');
    const secret = await scene.settled();
    expect(secret.labels).toEqual({ current: rotations + 1 });
    expect(shapeOf(secret)).toEqual(whole);
    await judgeTarget(scene, target, secret);
    await scene.consumer.stop();
    expect(scene.consumer.failures).toEqual([]);
    const { problems, entries } = await scene.audit();
    expect(problems).toEqual([]);
    const [, unkilled, ...runs] = runsOf(entries);
    expect(runs).toEqual(Array.from({ length: rotations - 1 }, () => unkilled));
  });
});
