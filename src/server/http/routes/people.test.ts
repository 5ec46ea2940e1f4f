import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../../estate/store/testing/memory-documents.ts';
import { People } from '../../auth/people.ts';
import { PERMISSIONS, type Permission, ROLE_NAMES, ROLES, type Role } from '../../auth/roles.ts';
import { type ApiServer, serveOperations } from '../../testing/api-server.ts';
import { type Operation, operation } from '../operation.ts';
import { checkOwner } from '../principal.ts';
import { peopleOperations } from './people.ts';

const PATH = '/api/v1/people';
const names = Object.keys(PERMISSIONS) as Permission[];
const asked = (access: Permission, isByOwner: boolean): Operation =>
  operation({
    ...{ id: `${access} ${isByOwner}`, method: 'GET', tag: 'test', summary: '', status: 200 },
    path: `/test/${access}/${isByOwner}`,
    access,
    isByOwner,
    handle: ({ principal }) => {
      if (isByOwner) checkOwner(principal, 'team-orders');
      return { name: principal?.name };
    },
  });

let server: ApiServer;
beforeAll(async () => {
  const people = new People(new MemoryDocuments(), Date.now);
  const operations = [
    ...peopleOperations(people),
    ...names.flatMap((name) => [asked(name, false), asked(name, true)]),
  ];
  server = await serveOperations(operations, Date.now, {}, people);
});
afterAll(() => server?.close());

async function add(name: string, roles: readonly Role[], teams: readonly string[] | null = null) {
  const response = await server.post(PATH, { name, roles, teams, reason: 'new' });
  expect(response.status).toBe(201);
  return ((await response.json()) as { readonly token: string }).token;
}

const statusOf = async (token: string, path: string, init: RequestInit = {}) =>
  (await server.ask(path, { ...init, headers: { authorization: `Bearer ${token}` } })).status;

describe('people', () => {
  it.each(ROLE_NAMES)('may do what the role %s says, and nothing else', async (role) => {
    const token = await add(`is-${role}`, [role]);
    const allowed: readonly Permission[] = ROLES[role];
    for (const name of names) {
      const expected = allowed.includes(name) ? 200 : 403;
      expect([name, await statusOf(token, `/test/${name}/false`)]).toEqual([name, expected]);
    }
  });

  it('of teams look at everything, and change what is theirs where it is asked whose it is', async () => {
    const [own, other] = [
      await add('own', ['admin'], ['team-orders']),
      await add('other', ['admin'], ['x']),
    ];
    for (const name of names) {
      const isLooking = name === 'estate.read' || name === 'audit.read';
      const bound = isLooking ? 200 : 403;
      expect([name, await statusOf(own, `/test/${name}/false`)]).toEqual([name, bound]);
      expect([name, await statusOf(own, `/test/${name}/true`)]).toEqual([name, 200]);
      expect([name, await statusOf(other, `/test/${name}/true`)]).toEqual([name, 403]);
    }
  });

  it('are told what they lack', async () => {
    const token = await add('curious', ['viewer']);
    const response = await server.ask('/test/secrets.read/false', {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await response.json()).toMatchObject({
      code: 'http/permission-forbidden',
      detail: 'curious may not ask for this',
      hint: 'it takes a role with secrets.read: to read values of secrets',
    });
  });

  it('are listed without their tokens, renewed, and removed', async () => {
    const before = await add('bot', ['viewer']);
    const list = JSON.stringify(await server.get(PATH));
    expect(list).toContain('"name":"bot"');
    expect(list).not.toContain(before);
    const renewed = await server.post(`${PATH}/bot/token`, { days: 1, reason: 'lost' });
    const { token } = (await renewed.json()) as { readonly token: string };
    expect(await statusOf(before, '/test/estate.read/false')).toBe(401);
    expect(await statusOf(token, '/test/estate.read/false')).toBe(200);
    await server.ask(`${PATH}/bot?reason=gone`, { method: 'DELETE' });
    expect(await statusOf(token, '/test/estate.read/false')).toBe(401);
    expect((await server.ask(`${PATH}/bot?reason=gone`, { method: 'DELETE' })).status).toBe(404);
  });

  it.each([
    [{ name: 'admin', roles: ['viewer'] }],
    [{ name: 'A b', roles: ['viewer'] }],
    [{ name: 'ok', roles: [] }],
    [{ name: 'ok', roles: ['root'] }],
    [{ name: 'ok', roles: ['viewer'], teams: [] }],
    [{ name: 'ok', roles: ['viewer'], days: 4_000 }],
  ])('%j is nobody who could be added', async (body) => {
    expect((await server.post(PATH, { ...body, reason: 'new' })).status).toBe(400);
  });
});
