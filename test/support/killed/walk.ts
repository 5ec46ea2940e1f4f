import { expect } from 'vitest';
import type { AuditEntry } from '../../../src/estate/index.ts';
import type { Secret } from '../../../src/secrets/model/index.ts';
import { ID } from './prepare.ts';
import { KilledScene } from './scene.ts';
import type { KilledTarget } from './target.ts';

/** Values that are tried at the target after each rotation. */
const LATEST = 4;

/** Where a server is killed: before and after each write to the store and each call at the target; after each of them,
 *  which leaves what stands before the next; or at each piece of what the target answers, in the middle of calls. */
export type Kills = 'moments' | 'after each' | 'answers';

export interface KilledWalk {
  readonly kills: Kills;
  /** The server is killed at each moment of which the number is a multiple of it. */
  readonly stride?: number;
  /** How much the clock of a server is ahead of the machine's, by the number of servers before it. */
  readonly aheadMs?: (start: number) => number;
}

/** Rotates a secret again and again: each time, the server is killed with SIGKILL one moment later, until a rotation comes
 *  to its end first. The next server goes on, and what it ends with is what an unkilled one ends with. A consumer logs in
 *  all the time. @returns how often it was killed */
export async function walkKilled(
  target: KilledTarget,
  { kills, stride = 1, aheadMs = () => 0 }: KilledWalk,
): Promise<number> {
  const scene = await KilledScene.of(target);
  try {
    await scene.start({ aheadMs: aheadMs(0) });
    scene.consumer.start();
    expect(await scene.process.rotateToEnd(ID)).toBe(true);
    const whole = shapeOf(await scene.settled());
    let at = 0;
    for (; await isKilledAt(scene, target, kills, at * stride); at++) {
      await scene.consumer.logIn(`killed at ${at}`);
      await scene.start({ aheadMs: aheadMs(at + 1) });
      const after = await scene.settled();
      expect(scene.consumer.failures, `killed at ${at}`).toEqual([]);
      expect(shapeOf(after), `killed at ${at}`).toEqual(whole);
      await judgeTarget(scene, target, after, `killed at ${at}`);
    }
    const last = await scene.settled();
    expect(shapeOf(last)).toEqual(whole);
    expect(await scene.taken()).toEqual([scene.currentOf(last)]);
    await scene.consumer.stop();
    expect(scene.consumer.failures).toEqual([]);
    expect(scene.consumer.logins).toBeGreaterThan(at);
    // the first value, the unkilled rotations at the beginning and the end, and the killed ones
    expect((await scene.read()).labels).toEqual({ current: at + 3 });
    const { problems, entries } = await scene.audit();
    expect(problems).toEqual([]);
    const [, unkilled, ...runs] = runsOf(entries);
    expect(runs).toEqual(Array.from({ length: at + 1 }, () => unkilled));
    return at;
  } finally {
    await scene.close();
  }
}

/** Has the server rotate, and kills it on its way. False: the rotation ended first. */
async function isKilledAt(
  { process }: KilledScene,
  { ways }: KilledTarget,
  kills: Kills,
  at: number,
): Promise<boolean> {
  if (kills !== 'answers') {
    return !(await process.rotateToEnd(ID, { at, isBefore: kills === 'moments' }));
  }
  let left = at;
  let isKilled = false;
  for (const way of ways) {
    way.isCutAt = () => {
      isKilled ||= left-- <= 0;
      if (isKilled) process.kill();
      return isKilled;
    };
  }
  await process.rotateToEnd(ID);
  for (const way of ways) way.isCutAt = () => false;
  if (isKilled) await process.dead;
  return isKilled;
}

/** Nothing but the current value works, and nobody else was left there. */
export async function judgeTarget(
  scene: KilledScene,
  target: KilledTarget,
  secret: Secret,
  at = '',
): Promise<void> {
  const current = scene.currentOf(secret);
  expect(await scene.taken(LATEST), at).toEqual([current]);
  expect(await target.doors(), at).toEqual([current?.username]);
}

/** What is the same after each rotation, with versions told from the current one on. */
export const shapeOf = ({ labels: { current = 0, ...labels }, run, taken, versions }: Secret) => ({
  ...{ labels, run, taken },
  versions: versions
    .filter(({ number }) => number > current - 2)
    .map(({ number, envelope, revokedAt, revocation }) => ({
      behind: current - number,
      ...{ isDestroyed: envelope === null, isRevoked: revokedAt !== null, revocation },
    })),
});

/** What the audit log tells of each rotation: its actions and steps, in order. */
export function runsOf(entries: readonly AuditEntry[]): string[][] {
  const runs = Map.groupBy(
    entries.filter(({ subject, detail }) => subject === ID && detail.run !== undefined),
    ({ detail }) => detail.run,
  );
  return [...runs.values()].map((run) =>
    run.map(({ action, detail }) => [action, detail.step ?? []].flat().join(' ')),
  );
}
