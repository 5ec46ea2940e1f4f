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
  const retirer = () => ownSecrets(world.process.keeping, () => roles);
  let roles: { id: string; service: string; admin: string }[];
  beforeEach(() => {
    roles = [];
  });

  it('is revoked, and forgotten', async () => {
    const known = await current();
    expect(await retire(retirer(), ORDERS, 10)).toBeLessThan(10);
    expect(world.target.accepted.has(known)).toBe(false);
  });

  const ADMIN = `${ORDERS}/admin`;
  const withAdmin = async () => {
    const { keeping } = world.process;
    const given = { service: ORDERS, name: 'admin', kind: 'password', value: { value: 'x' } };
    await keeping.create(given, BY);
    const { plan } = await world.secret();
    if (plan) await keeping.plan(ID, { ...plan, admin: ADMIN }, BY);
    if (plan) await keeping.plan(ADMIN, plan, BY);
  };
  const leftOf = async () => {
    const left = await retirer().left({ services: new Set([ORDERS]), team: undefined });
    return left.map(({ id, isUnderWay, isByHand = false }) => [id, isUnderWay, isByHand]);
  };

  it('by which another is changed is there until that is gone', async () => {
    await withAdmin();
    world.target.isDown = true;
    await retire(retirer(), ORDERS, 3);
    expect(await leftOf()).toEqual([
      [ID, true, false],
      [ADMIN, true, false],
    ]);
    const asked = world.process.keeping.get(ADMIN)?.versions.map(({ revocation }) => revocation);
    expect(asked).toEqual([null]);
    world.target.isDown = false;
    expect(await retire(retirer(), ORDERS, 100)).toBeLessThan(100);
  });

  it('by which what stays is changed is left to people', async () => {
    await withAdmin();
    roles = [{ id: `${WEB}/reader`, service: WEB, admin: ADMIN }];
    expect(await leftOf()).toEqual([
      [ID, false, false],
      [ADMIN, false, true],
    ]);
    roles = [{ id: `${ORDERS}/reader`, service: ORDERS, admin: ADMIN }];
    expect((await leftOf())[1]).toEqual([ADMIN, true, false]);
  });

  it('does not wait for another that waits for it', async () => {
    await withAdmin();
    const { plan } = await world.secret();
    if (plan) await world.process.keeping.plan(ADMIN, { ...plan, admin: ID }, BY);
    expect((await leftOf()).map(([, isUnderWay]) => isUnderWay)).toEqual([false, false]);
  });

  it('is revoked, and forgotten, also where it is being replaced since it has leaked', async () => {
    await world.process.keeping.change(ID, { event: 'leak', versions: [1], by: BY });
    expect(await retire(retirer(), ORDERS, 20)).toBeLessThan(10);
    expect([...world.target.accepted]).toEqual([]);
  });
});
