import { beforeEach, describe, expect, it } from 'vitest';
import type { Retirer } from '../../assurance/offboarding/index.ts';
import { BY, ID, World } from '../../secrets/rotation/testing/world.ts';
import { ownSecrets, sharedSecrets } from './secrets.ts';

const [ORDERS, WEB] = ['production/shop/orders', 'production/shop/web'];
const LOOK_MS = 30_000;

let world: World;
const current = async () => {
  const secret = await world.secret();
  return world.valueOf(secret, secret.labels.current) ?? '';
};

/** Looks at what is left, and has it retired, again and again. */
async function retire(retirer: Retirer, service: string, looks: number): Promise<number> {
  const leaving = { services: new Set([service]), team: undefined };
  for (let look = 1; look <= looks; look++) {
    const left = await retirer.left(leaving);
    if (left.length === 0) return look;
    for (const { id, isUnderWay } of left) {
      if (!isUnderWay) await retirer.retire?.(id, leaving, BY);
    }
    await world.pass(LOOK_MS);
  }
  return Number.POSITIVE_INFINITY;
}

beforeEach(async () => {
  world = new World();
  await world.withSecret();
});

describe('a secret that a service may read, which is retired', () => {
  const share = () => world.process.keeping.edit(ID, { consumers: [WEB, 'production/shop/a'] }, BY);
  const retirer = () => sharedSecrets(world.process.keeping);

  it('is read by the others, and renewed', async () => {
    await share();
    const known = await current();
    expect(await retire(retirer(), WEB, 10)).toBe(2);
    expect((await world.secret()).consumers).toEqual(['production/shop/a']);
    await world.passMinutes(120);
    expect(world.target.accepted.has(known)).toBe(false);
  });

  it('is renewed also where a renewal was under way, which it may have read the value of', async () => {
    await share();
    await world.send({ event: 'rotate', by: BY });
    expect((await world.secret()).run?.step).toBe('finish');
    const known = await current();
    expect(await retire(retirer(), WEB, 500)).toBeLessThan(200);
    expect((await world.secret()).consumers).toEqual(['production/shop/a']);
    await world.passMinutes(120);
    expect(world.target.accepted.has(known)).toBe(false);
  });
});

describe('a secret of a service that is retired', () => {
  const retirer = () => ownSecrets(world.process.keeping);

  it('is revoked, and forgotten', async () => {
    const known = await current();
    expect(await retire(retirer(), ORDERS, 10)).toBeLessThan(10);
    expect(world.target.accepted.has(known)).toBe(false);
  });

  it('is revoked, and forgotten, also where it is being replaced since it has leaked', async () => {
    await world.process.keeping.change(ID, { event: 'leak', versions: [1], by: BY });
    expect(await retire(retirer(), ORDERS, 20)).toBeLessThan(10);
    expect([...world.target.accepted]).toEqual([]);
  });
});
