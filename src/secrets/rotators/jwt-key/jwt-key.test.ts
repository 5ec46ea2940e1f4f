import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../../estate/store/testing/memory-documents.ts';
import { jwksOf, type KeySet, KeySets, keysAt } from '../../key-sets/index.ts';
import type { SecretValue } from '../../model/index.ts';
import { walkKills } from '../../rotation/testing/walk.ts';
import { BY, ID, START, World, type WorldTarget } from '../../rotation/testing/world.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../testing/step.ts';
import { JwtKeyRotation, jwtKeyRotator } from './index.ts';

const MINUTE = 60_000;
const config = JwtKeyRotation.parse({});

let store: MemoryDocuments;
let sets: KeySets;
let now: number;

beforeEach(() => {
  store = new MemoryDocuments();
  now = START;
  sets = new KeySets({ store, clock: () => now });
});

const step = (values: Parameters<typeof stepOf>[1] = {}, settings = config) => ({
  ...stepOf(settings, values),
  secret: ID,
  now,
});
const setOf = async (): Promise<KeySet> => {
  const set = await sets.read(ID);
  if (set === undefined) throw new Error('nothing is published');
  return set;
};

async function make(settings = config): Promise<SecretValue> {
  const rotator = jwtKeyRotator(sets);
  return (await rotator.obtain?.(step({}, settings), {})) ?? {};
}

/** Signs a token as a service does. */
function token({ kid = '', algorithm = '', privateKey = '' }: SecretValue): Promise<string> {
  return new SignJWT({ sub: 'somebody' })
    .setProtectedHeader({ alg: algorithm, kid })
    .sign(createPrivateKey(privateKey));
}

/** Verifies one as whoever it is for, by what is published. */
async function isTaken(value: SecretValue): Promise<boolean> {
  const keys = createLocalJWKSet(jwksOf(await setOf(), now) as never);
  return jwtVerify(await token(value), keys).then(
    () => true,
    () => false,
  );
}

describe('the rotator of signing keys', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)(
    'publishes a key of %s, by which others verify what it signs',
    async (algorithm) => {
      const settings = { ...config, algorithm };
      const rotator = jwtKeyRotator(sets);
      const value = await make(settings);
      for (const work of ['set', 'set', 'test', 'test'] as const) {
        await rotator[work](step({}, settings), value);
      }
      expect(await isTaken(value)).toBe(true);
      expect(store.log).toHaveLength(1);
      expect(JSON.stringify(await setOf())).not.toContain(value.privateKey?.slice(60, 100));
    },
  );

  it('lets tokens of the key before end by themselves', async () => {
    const rotator = jwtKeyRotator(sets);
    const [previous, current] = [await make(), await make()];
    await rotator.set(step(), previous);
    await rotator.set(step({ current: previous }), current);
    await rotator.finish?.(step({ current, previous }));
    now += config.tokenSeconds * 1_000;
    await rotator.finish?.(step({ current, previous }));
    expect(await rotator.isRefused(step(), previous)).toBe(false);
    expect(await isTaken(previous)).toBe(true);
    now += MINUTE;
    expect(await rotator.isRefused(step(), previous)).toBe(true);
    expect([await isTaken(previous), await isTaken(current)]).toEqual([false, true]);
  });

  it('withdraws what is revoked at once, retired or not', async () => {
    const rotator = jwtKeyRotator(sets);
    const [previous, current] = [await make(), await make()];
    for (const value of [previous, current]) await rotator.set(step(), value);
    await rotator.finish?.(step({ current, previous }));
    for (const value of [previous, previous]) await rotator.revoke(step({ current }), value);
    expect(await rotator.isRefused(step({ current }), previous)).toBe(true);
    expect([await isTaken(previous), await isTaken(current)]).toEqual([false, true]);
  });

  it('does not take the current key for the one before', async () => {
    const rotator = jwtKeyRotator(sets);
    const current = await make();
    await rotator.set(step(), current);
    await rotator.finish?.(step({ current, previous: current }));
    expect(keysAt(await setOf(), now)).toMatchObject([{ kid: current.kid, until: null }]);
  });

  it('does not go on with a key that is not published, or ends', async () => {
    const rotator = jwtKeyRotator(sets);
    const value = await make();
    expect(await failureOf(rotator.test(step(), value))).toMatch(/^refused: /);
    await rotator.set(step(), value);
    await sets.retire(ID, value.kid ?? '', now + MINUTE, BY);
    expect(await failureOf(rotator.test(step(), value))).toMatch(/^refused: /);
  });

  it('does not take what is published under another’s name', async () => {
    const rotator = jwtKeyRotator(sets);
    const [value, other] = [await make(), await make()];
    const forged = { ...value, privateKey: other.privateKey ?? '' };
    expect(await failureOf(rotator.set(step(), forged))).toMatch(/^refused: /);
    expect(await sets.read(ID)).toBeUndefined();
  });

  it('makes a fault of any value, without telling it', async () => {
    const rotator = jwtKeyRotator(sets);
    const values = fc.dictionary(fc.constantFrom('kid', 'algorithm', 'privateKey'), fc.string());
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        expect(await failureOf(rotator.set(step(), value))).toBe(
          'refused: The pending value is no signing key',
        );
        await rotator.revoke(step(), value);
        expect(await rotator.isRefused(step(), value)).toBe(true);
      }),
    );
  });

  it('does each step twice', async () => {
    const rotator = jwtKeyRotator(sets);
    const first = await rotateTwiceEach(rotator, config, {});
    await rotateTwiceEach(rotator, config, { current: first });
    expect(store.log.map(({ action }) => action)).toEqual([
      'key-set.publish',
      'key-set.publish',
      'key-set.retire',
    ]);
  });
});

/** A world whose keys are published by its own clock, as tokens of this minute are verified. */
function target(): WorldTarget & { clock: () => number; set: () => KeySet | undefined } {
  const documents = new MemoryDocuments();
  const clocks = { clock: () => START };
  const own = new KeySets({ store: documents, clock: () => clocks.clock() });
  const set = () => (documents.peek('key-set', ID) as { set: KeySet } | undefined)?.set;
  return Object.assign(clocks, {
    set,
    rotator: jwtKeyRotator(own),
    plan: { config: { tokenSeconds: 1_800, publishSeconds: 600, algorithm: 'EdDSA' } },
    accepts({ kid }: SecretValue, at: number) {
      clocks.clock = () => at;
      const known = set();
      return known !== undefined && keysAt(known, at).some((one) => one.kid === kid);
    },
  });
}

describe('a rotation', () => {
  it('publishes a key before it signs, and says so to nobody who only waits', async () => {
    const of = target();
    const world = new World('several', of);
    await world.withSecret();
    expect((await world.secret()).labels).toEqual({ current: 1 });
    await world.send({ event: 'rotate', by: BY });
    for (let minutes = 0; minutes < 10; minutes++) {
      const { labels, run } = await world.secret();
      expect(labels).toEqual({ current: 1, pending: 2 });
      expect(run).toMatchObject({ step: 'promote', failures: 0, waits: false });
      expect(of.set()?.keys).toHaveLength(2);
      await world.pass(MINUTE);
    }
    expect((await world.secret()).labels).toEqual({ current: 2, previous: 1 });
  });

  it('does not wait where the current key is known to others', async () => {
    const world = new World('several', target());
    await world.withSecret();
    await world.send({ event: 'rotate', by: BY });
    await world.send({ event: 'leak', versions: [1], by: BY });
    expect((await world.secret()).labels.current).toBe(2);
    await world.pass(MINUTE);
    expect((await world.secret()).versions[0]?.revokedAt).not.toBeNull();
  });

  it('waits anew, and no longer, where the clock was set back by days', async () => {
    const world = new World('several', target());
    await world.withSecret();
    await world.send({ event: 'rotate', by: BY });
    world.wall -= 5 * 86_400_000;
    await world.passMinutes(9, 1);
    expect((await world.secret()).labels).toEqual({ current: 1, pending: 2 });
    await world.passMinutes(3, 1);
    expect((await world.secret()).labels.current).toBe(2);
  });

  it('that is killed ends the same wherever that is, with a key that works all along', async () => {
    await walkKills({ open: target, minutes: 240 });
  });
});
