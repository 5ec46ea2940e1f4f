import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROLE, SERVICE, World } from '../../../secrets/dynamic/testing/world.ts';
import { type ApiServer, serveOperations } from '../../testing/api-server.ts';
import { leaseOperations } from './leases.ts';

let world: World;
let server: ApiServer;
beforeEach(async () => {
  world = new World();
  await world.start();
  const owners = {
    ownerOf: async () => 'team-orders',
    ownerOfSecret: async () => 'team-orders',
  };
  server = await serveOperations(
    leaseOperations({ credentials: world.dynamic, ...owners }),
    Date.now,
  );
});
afterEach(() => server.close());

const ROLES = '/api/v1/lease-roles';
const ROLE_PATH = `${ROLES}/${encodeURIComponent(ROLE)}`;

const define = (more: object = {}) =>
  server.post(ROLES, {
    ...{ service: SERVICE, name: 'reader', engine: 'model', config: { place: 'db' } },
    ...{ admin: `${SERVICE}/admin`, grants: { may: 'read' }, reason: 'first', ...more },
  });

it('a role is defined, gives leases that people see and end, and is removed', async () => {
  expect(await (await define()).json()).toMatchObject({ id: ROLE, maxTtlSeconds: 86_400 });
  expect(await server.get(ROLES)).toMatchObject({ items: [{ id: ROLE, createdBy: 'admin' }] });
  const { lease, value } = await world.dynamic.ask(ROLE, world.caller());
  const page = await server.get<{ items: object[] }>(`/api/v1/leases?service=${SERVICE}`);
  expect(page).toMatchObject({ items: [{ id: lease.id, state: 'active' }], total: 1, next: null });
  expect(JSON.stringify(page)).not.toContain(value.password);
  const remove = () =>
    server.ask(`${ROLE_PATH}?reason=gone`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${server.token}` },
    });
  expect((await remove()).status).toBe(409);
  const ended = await server.post(`/api/v1/leases/${lease.id}/end`, { reason: 'a test' });
  expect([ended.status, await ended.json()]).toMatchObject([202, { why: 'revoked' }]);
  await world.goOn();
  expect(await server.get(`/api/v1/leases/${lease.id}`)).toMatchObject({ state: 'ended' });
  expect((await remove()).status).toBe(204);
  expect(await server.get(ROLES)).toEqual({ items: [] });
});

it('what could not be taken away is told, tried again, and abandoned', async () => {
  await define();
  const { lease } = await world.dynamic.ask(ROLE, world.caller());
  world.engine.away.add('db');
  await world.dynamic.end(lease.id, { actor: 'ada', reason: '' });
  await world.goOn();
  expect(await server.get('/api/v1/lease-problems')).toMatchObject({
    isPaused: false,
    items: [{ problem: 'unrevoked', lease: lease.id, username: lease.username }],
  });
  expect((await server.post(`/api/v1/leases/${lease.id}/retry`, {})).status).toBe(202);
  await world.goOn();
  const abandoned = await server.post(`/api/v1/leases/${lease.id}/abandon`, { reason: 'gone' });
  expect(await abandoned.json()).toMatchObject({ state: 'abandoned' });
});

it('users that no lease names are told, and removed', async () => {
  await define();
  const { lease } = await world.dynamic.ask(ROLE, world.caller());
  const [document] = await world.store.documents('lease');
  await world.store.amend(
    [{ kind: 'lease', id: lease.id, version: document?.version ?? 0, body: undefined }],
    [],
  );
  const orphans = { usernames: [lease.username] };
  expect(await server.get(`${ROLE_PATH}/orphans`)).toEqual(orphans);
  const removed = await server.post(`${ROLE_PATH}/orphans`, { ...orphans, reason: '' });
  expect([await removed.json(), world.engine.users.size]).toEqual([orphans, 0]);
});

it.each([
  ['an engine that is not there', { engine: 'none' }, 400],
  ['a longest time that is shorter', { maxTtlSeconds: 60 }, 400],
  ['a member that is not known', { password: 'none' }, 400],
])('a role with %s is refused', async (_, more, status) => {
  expect((await define(more)).status).toBe(status);
});
