import { beforeEach, describe, expect, it } from 'vitest';
import { BY, ROLE, SERVICE, World } from './testing/world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let world: World;
beforeEach(async () => {
  world = new World();
  await world.withRole({ defaultTtlSeconds: 1_800, maxTtlSeconds: 3_600, maxLifeSeconds: 7_200 });
});

const ask = (more = {}, ttl?: number) => world.dynamic.ask(ROLE, world.caller(more), ttl);

describe('who asks for a user', () => {
  it('gets one that works, whose password stands nowhere, and that goes when its lease is over', async () => {
    const { lease, value } = await ask();
    expect(lease).toMatchObject({ state: 'active', service: SERVICE, taken: null });
    expect(world.engine.users.get(lease.username)?.password).toBe(value.password);
    const kept = JSON.stringify([await world.leases(), world.store.log]);
    expect(kept).not.toContain(value.password);
    await world.pass(29 * MINUTE);
    expect(world.engine.users.size).toBe(1);
    await world.pass(MINUTE);
    expect(world.engine.users.size).toBe(0);
    expect(await world.lease()).toMatchObject({ state: 'ended', why: 'expired', removal: null });
    expect(world.actions()).toEqual(['lease.ask', 'lease.start', 'lease.end', 'lease.ended']);
    await world.pass(HOUR);
    expect(await world.leases()).toEqual([]);
  });

  it('has the target refuse the user a little after the lease, should Reeve be gone', async () => {
    const { lease } = await ask();
    const until = world.engine.users.get(lease.username)?.until ?? 0;
    expect(until - Date.parse(lease.expiresAt)).toBe(45 * SECOND);
    world.wall += MINUTE;
    world.steady += MINUTE;
    const renewed = await world.dynamic.renew(lease.id, world.caller(), 3_000);
    const after = world.engine.users.get(lease.username)?.until ?? 0;
    expect(after - Date.parse(renewed.expiresAt)).toBe(45 * SECOND);
  });

  it.each([
    ['another service', { service: 'production/shop/cart' }, undefined, 'secrets/role-forbidden'],
    ['longer than the role gives', {}, 3_601, 'secrets/lease-invalid'],
    ['no time at all', {}, 0, 'secrets/lease-invalid'],
    ['a time that is none', {}, Number.NaN, 'secrets/lease-invalid'],
    ['an SVID that is over', { svidEndsAt: 0 }, undefined, 'secrets/lease-invalid'],
  ])('gets none: %s', async (_, more, ttl, code) => {
    await expect(ask(more, ttl)).rejects.toMatchObject({ code });
    expect([world.engine.users.size, await world.leases()]).toEqual([0, []]);
  });

  it('has it in the audit log that it was refused', async () => {
    await ask({ service: 'production/shop/cart' }).catch(() => {});
    expect(world.store.log.at(-1)).toMatchObject({
      action: 'lease.deny',
      subject: ROLE,
      detail: { service: 'production/shop/cart' },
    });
  });

  it('may be a consumer that the role names', async () => {
    await world.withRole({ consumers: ['production/shop/cart'] });
    const { lease } = await ask({ service: 'production/shop/cart' });
    expect(lease.username).toMatch(/^reeve_cart_/);
  });

  it('gets none of a role that is not there', async () => {
    const unknown = world.dynamic.ask(`${SERVICE}/nobody`, world.caller());
    await expect(unknown).rejects.toMatchObject({ code: 'secrets/role-not-found' });
  });

  it('gets none that outlasts its SVID, unless the role says so', async () => {
    const svidEndsAt = world.wall + 10 * MINUTE;
    const { lease } = await ask({ svidEndsAt });
    expect(Date.parse(lease.expiresAt)).toBe(svidEndsAt);
    await world.withRole({ withinSvid: false, defaultTtlSeconds: 1_800 });
    const { lease: longer } = await ask({ svidEndsAt });
    expect(Date.parse(longer.expiresAt)).toBe(world.wall + 30 * MINUTE);
  });

  it.each([
    ['in all', { maxLeases: 3 }, {}],
    ['of its service', { maxLeasesOfService: 3 }, {}],
    ['of its service in the role', {}, { maxLeases: 3 }],
  ])('gets none where there are as many as may be %s, also at once', async (_, config, role) => {
    world.config = { ...world.config, ...config };
    await world.start();
    await world.withRole(role);
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => ask()));
    const codes = asked.map((one) => (one.status === 'rejected' ? one.reason.code : 'given'));
    const wanted = [...Array(3).fill('given'), ...Array(7).fill('secrets/leases-too-many')];
    expect(codes).toEqual(wanted);
    expect(world.engine.users.size).toBe(3);
  });

  it('is told when to come back where it asks too fast', async () => {
    world.retrySeconds = 7;
    const tooFast = { code: 'secrets/leases-too-many', hint: 'try again in 7 s' };
    await expect(ask()).rejects.toMatchObject(tooFast);
    expect(await world.leases()).toEqual([]);
  });
});

describe('a user that is not made', () => {
  it.each([
    ['unreachable', 0],
    ['denied', 0],
    ['done-unanswered', 1],
  ] as const)('%s: nobody gets it, and what there is of it goes', async (how, left) => {
    world.engine.misbehaves.push(how);
    await expect(ask()).rejects.toMatchObject({ code: 'secrets/lease-unavailable' });
    await world.goOn();
    expect(world.engine.users.size).toBe(left);
    expect((await world.lease()).state).toBe('ending');
    // what was sent may arrive for as long as the claim lasts
    await world.pass(45 * SECOND);
    expect(world.engine.users.size).toBe(0);
    expect(await world.lease()).toMatchObject({ state: 'ended', why: 'failed' });
  });

  it('whose statement arrives when nobody waits any more is taken away all the same', async () => {
    world.engine.misbehaves.push('late');
    await expect(ask()).rejects.toMatchObject({ code: 'secrets/lease-unavailable' });
    await world.pass(40 * SECOND);
    for (const arrive of world.engine.late) arrive();
    expect(world.engine.users.size).toBe(1);
    await world.pass(5 * SECOND);
    expect(world.engine.users.size).toBe(0);
  });

  it('has no lease where nobody could make it', async () => {
    world.admin = undefined;
    await expect(ask()).rejects.toMatchObject({
      code: 'secrets/lease-unavailable',
      message: expect.stringContaining('has no value'),
    });
    expect([world.engine.calls, await world.leases()]).toEqual([0, []]);
  });

  it('is not made for who was refused meanwhile', async () => {
    world.isKilledAt = ({ what, step, when }) => {
      if (when === 'after' && what === 'write' && step === 'ask') world.whyRefused = 'revoked';
      return false;
    };
    await expect(ask()).rejects.toMatchObject({ code: 'secrets/role-forbidden' });
    expect(world.engine.calls).toBe(0);
  });

  it('is not made for who was revoked meanwhile, though who comes back after that gets one', async () => {
    world.isKilledAt = ({ what, step, when }) => {
      if (when === 'after' && what === 'write' && step === 'ask') {
        world.wall += SECOND;
        world.revokedAt = world.wall;
      }
      return false;
    };
    await expect(ask()).rejects.toMatchObject({ code: 'secrets/role-forbidden' });
    expect(world.engine.calls).toBe(0);
    world.isKilledAt = () => false;
    expect((await ask()).lease.state).toBe('active');
  });

  it('is not handed out where its lease was ended meanwhile', async () => {
    world.isKilledAt = async ({ what, when, lease }) => {
      if (what === 'call' && when === 'before') await world.dynamic.end(lease, BY);
      return false;
    };
    await expect(ask()).rejects.toMatchObject({ code: 'secrets/lease-conflict' });
    world.isKilledAt = () => false;
    await world.pass(MINUTE);
    expect(world.engine.users.size).toBe(0);
    expect((await world.lease()).why).toBe('revoked');
  });
});

describe('a lease', () => {
  it('is renewed up to the longest life of its user', async () => {
    const { lease } = await ask({}, 3_600);
    const renewAfter = async (minutes: number) => {
      await world.pass(minutes * MINUTE);
      return world.dynamic.renew(lease.id, world.caller(), 3_600);
    };
    expect((await renewAfter(50)).expiresAt).toBe(iso(lease.createdAt, 110));
    expect(await renewAfter(50)).toMatchObject({
      expiresAt: iso(lease.createdAt, 120),
      renewals: 2,
    });
    await world.pass(20 * MINUTE);
    expect(world.engine.users.size).toBe(0);
    await expect(renewAfter(0)).rejects.toMatchObject({ code: 'secrets/lease-invalid' });
  });

  it('is never shortened by a renewal', async () => {
    const { lease } = await ask({}, 3_600);
    const renewed = await world.dynamic.renew(lease.id, world.caller(), 60);
    expect(renewed.expiresAt).toBe(lease.expiresAt);
  });

  it('stays as it was where the target does not extend it', async () => {
    const { lease } = await ask();
    world.engine.misbehaves.push('unreachable');
    await expect(world.dynamic.renew(lease.id, world.caller(), 3_600)).rejects.toMatchObject({
      code: 'secrets/lease-unavailable',
    });
    expect((await world.lease()).expiresAt).toBe(lease.expiresAt);
  });

  it('is nobody else’s to renew or release', async () => {
    const { lease } = await ask();
    const other = world.caller({ spiffeId: 'spiffe://example.org/cart' });
    for (const asked of [
      world.dynamic.renew(lease.id, other),
      world.dynamic.release(lease.id, other),
    ]) {
      await expect(asked).rejects.toMatchObject({ code: 'secrets/lease-forbidden' });
    }
    expect(await world.dynamic.release(lease.id, world.caller())).toMatchObject({
      why: 'released',
    });
    await world.goOn();
    expect(world.engine.users.size).toBe(0);
    await expect(world.dynamic.renew(lease.id, world.caller())).rejects.toMatchObject({
      code: 'secrets/lease-conflict',
    });
  });

  it('ends by a person, once', async () => {
    const { lease } = await ask();
    await world.dynamic.end(lease.id, BY);
    await world.goOn();
    await world.dynamic.end(lease.id, BY);
    expect(world.actions().slice(2)).toEqual(['lease.end', 'lease.ended']);
    expect(world.store.log.at(-2)).toMatchObject({ actor: 'ada', reason: 'a test' });
  });

  it.each([
    ['its service', { service: 'production/shop/cart' }, ['cart one', 'cart two']],
    ['its identity', { spiffeId: 'cart two' }, ['cart two']],
    ['its role', { role: ROLE }, ['cart one', 'cart two', 'orders']],
  ])('ends with %s', async (_, whose, gone) => {
    await world.withRole({ consumers: ['production/shop/cart'] });
    await ask({ service: 'production/shop/cart', spiffeId: 'cart one' });
    await ask({ service: 'production/shop/cart', spiffeId: 'cart two' });
    await ask({ spiffeId: 'orders' });
    const ended = await world.dynamic.endLeasesOf(whose, BY);
    expect(ended.map(({ spiffeId }) => spiffeId).sort()).toEqual(gone);
    await world.goOn();
    expect(world.engine.users.size).toBe(3 - gone.length);
  });
});

it('leases that are ended together end but for those that cannot be, which is told', async () => {
  for (const _ of [1, 2, 3]) await ask();
  const [first] = await world.leases();
  const damaged = { kind: 'lease', id: first?.id ?? '', version: 2, body: {} };
  await world.store.amend([damaged], []);
  const ending = world.dynamic.endLeasesOf({ role: ROLE }, BY);
  await expect(ending).rejects.toMatchObject({ code: 'secrets/lease-damaged' });
  await world.goOn();
  expect([...world.engine.users.keys()]).toEqual([first?.username]);
});

const iso = (since: string, minutes: number): string =>
  new Date(Date.parse(since) + minutes * MINUTE).toISOString();

describe('a role', () => {
  it('is closed before it is removed, and removed when its leases have ended', async () => {
    const { lease } = await ask();
    const conflict = { code: 'secrets/role-conflict' };
    await expect(world.dynamic.removeRole(ROLE, BY)).rejects.toMatchObject(conflict);
    await expect(ask()).rejects.toMatchObject(conflict);
    await world.dynamic.end(lease.id, BY);
    await world.goOn();
    await world.dynamic.removeRole(ROLE, BY);
    expect([world.dynamic.roles(), await world.leases()]).toEqual([[], []]);
  });

  it('that is made while all are read again is not lost', async () => {
    const documents = world.store.documents.bind(world.store);
    world.store.documents = async (kind) => {
      world.store.documents = documents;
      const read = await documents(kind);
      await world.withRole({}, 'writer');
      return read;
    };
    await world.dynamic.endLeasesOf({ service: 'production/shop/nobody' }, BY);
    expect(world.dynamic.roles().map(({ name }) => name)).toEqual(['reader', 'writer']);
  });

  it('that is closed between an ask and its user gives none', async () => {
    world.isKilledAt = async ({ what, step, when }) => {
      if (when === 'after' && what === 'write' && step === 'ask') {
        await world.dynamic.removeRole(ROLE, BY).catch(() => {});
      }
      return false;
    };
    await expect(ask()).rejects.toMatchObject({ code: 'secrets/role-conflict' });
    await world.pass(MINUTE);
    await world.dynamic.removeRole(ROLE, BY);
    expect(world.engine.users.size).toBe(0);
  });

  it.each([
    ['engine', { engine: 'none' }, 'secrets/role-invalid'],
    ['config', { config: { place: 1 } }, 'secrets/role-invalid'],
    ['grants', { grants: {} }, 'secrets/role-invalid'],
    ['times', { defaultTtlSeconds: 100, maxTtlSeconds: 50 }, 'secrets/role-invalid'],
    ['life', { maxTtlSeconds: 7_200, maxLifeSeconds: 3_600 }, 'secrets/role-invalid'],
    ['target', { config: { place: 'another' } }, 'secrets/role-conflict'],
  ])('with a wrong %s is refused', async (_, settings, code) => {
    await expect(world.withRole(settings)).rejects.toMatchObject({ code });
  });

  it('is one of so many', async () => {
    world.config = { ...world.config, maxRoles: 1 };
    await world.start();
    await expect(world.withRole({}, 'writer')).rejects.toMatchObject({
      code: 'secrets/roles-too-many',
    });
  });
});
