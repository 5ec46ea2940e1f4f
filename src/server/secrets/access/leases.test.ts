import { afterAll, beforeAll, expect, expectTypeOf, it } from 'vitest';
import type { Caller, DynamicCredentials } from '../../../secrets/dynamic/index.ts';
import { valueBox } from '../../../secrets/rotation/testing/world.ts';
import type { LeasePort } from './leases.ts';
import { ORDERS, PAYMENTS, startWorld, type World } from './testing/world.ts';

/** What was asked of who makes users. */
const asked: {
  readonly what: string;
  readonly caller: Caller;
  readonly ttl?: number | undefined;
}[] = [];
const lease = {
  id: 'lease-1',
  expiresAt: '2027-01-01T00:00:00.000Z',
  endsAt: '2027-01-08T00:00:00.000Z',
};

let world: World;
let orders: ReturnType<World['agent']>;
beforeAll(async () => {
  world = await startWorld({
    values: valueBox(),
    leases: {
      ask: async (role, caller, ttl) => {
        asked.push({ what: `ask ${role}`, caller, ttl });
        return { lease, value: { username: 'u-1', password: 'drawn' } };
      },
      renew: async (id, caller, ttl) => {
        asked.push({ what: `renew ${id}`, caller, ttl });
        return lease;
      },
      release: async (id, caller) => {
        asked.push({ what: `release ${id}`, caller });
        return lease;
      },
      get: async (id) => ({ role: 'r', service: id === 'lease-1' ? ORDERS : PAYMENTS }),
    },
  });
  world.access.setKnown([{ id: ORDERS, declaredSecrets: [{ name: 'orders-reader' }] }]);
  orders = world.agent(await world.svid(ORDERS));
});
afterAll(() => world?.close());

it('a workload is given a user by a role that its declaration lists, tied to its SVID', async () => {
  const wish = { role: 'orders-reader', ttlSeconds: 600 };
  expect(await world.ask(orders, '/v1/leases', wish)).toMatchObject({
    ...{ status: 200, body: { ...lease, role: `${ORDERS}/orders-reader` } },
  });
  const given = asked.at(-1);
  expect(given).toMatchObject({ what: `ask ${ORDERS}/orders-reader`, ttl: 600 });
  expect(given?.caller.service).toBe(ORDERS);
  expect(given?.caller.svidEndsAt).toBeGreaterThan(Date.now());
});

it('it renews and gives back what is its own', async () => {
  const renewal = { ttlSeconds: 60 };
  const renewed = await world.ask(orders, '/v1/leases/lease-1:renew', renewal);
  expect(renewed).toMatchObject({ status: 200, body: lease });
  const method = { method: 'DELETE' };
  expect((await world.ask(orders, '/v1/leases/lease-1', undefined, method)).status).toBe(200);
  expect(asked.slice(-2).map(({ what }) => what)).toEqual(['renew lease-1', 'release lease-1']);
});

it.each<[string, string, unknown, number, string]>([
  ['a role that it does not declare', '/v1/leases', { role: 'other' }, 403, 'undeclared'],
  ['a lease of another service', '/v1/leases/lease-2:renew', {}, 403, 'lease-forbidden'],
  ['no role', '/v1/leases', {}, 400, 'request-malformed'],
  [
    'a time that is none',
    '/v1/leases',
    { role: 'orders-reader', ttlSeconds: -1 },
    400,
    'malformed',
  ],
])('it is refused %s', async (_, path, body, status, code) => {
  const before = asked.length;
  expect(await world.ask(orders, path, body)).toMatchObject({
    ...{ status, body: { code: expect.stringContaining(code) } },
  });
  expect(asked).toHaveLength(before);
});

it('users are made by what makes them', () => {
  expectTypeOf<DynamicCredentials>().toExtend<LeasePort>();
});
