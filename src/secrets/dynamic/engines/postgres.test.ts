import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../../../estate/store/testing/postgres.ts';
import type { SecretValue } from '../../model/index.ts';
import { cutAfter } from '../../rotators/testing/cut.ts';
import { failureOf } from '../../rotators/testing/step.ts';
import type { Engine } from '../engine.ts';
import { BY, ROLE, SERVICE, World } from '../testing/world.ts';
import { postgresEngine as engine, PostgresGrants, PostgresTarget } from './postgres.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PREFIX = 'reeve_';

let postgres: TestPostgres;
let root: Client;
let database: string;
let second: string;
let log: string;
/** Who may do everything, and who may only make roles and give the role `readers`. */
let admins: Record<'superuser' | 'role maker', SecretValue>;
/** Passwords that no log may hold. */
const passwords = new Set<string>();

beforeAll(async () => {
  postgres = await startPostgres();
  const url = new URL(await postgres.createDatabase());
  second = new URL(await postgres.createDatabase()).pathname.slice(1);
  database = url.pathname.slice(1);
  root = new Client({ connectionString: url.href });
  await root.connect();
  const { rows } = await root.query('show data_directory');
  log = join(dirname(rows[0].data_directory), 'log');
  const password = randomBytes(18).toString('base64url');
  const isNew = Number((await root.query('show server_version_num')).rows[0].server_version_num);
  await root.query(`create schema shop; create table shop.orders (id int);
    create role readers; create role keeper; create role danger superuser;
    create role reader_of_danger in role danger;
    grant usage, create on schema shop to readers; grant select on shop.orders to readers;
    create role maker login createrole password '${password}';
    grant readers, keeper to maker with admin option`);
  if (isNew >= 160_000) await root.query('grant keeper to maker with inherit true, set true');
  await root.query(`alter system set log_statement = 'all'`);
  await root.query('select pg_reload_conf()');
  admins = {
    superuser: { username: url.username, password: url.password },
    'role maker': { username: 'maker', password },
  };
});

afterAll(async () => {
  await root?.end();
  await postgres?.close();
});

const targetOf = (more: object = {}) =>
  PostgresTarget.parse({
    ...{ host: '127.0.0.1', port: postgres.port, database, connectSeconds: 2 },
    ...more,
  });

const contextOf = (more: object = {}, admin = admins.superuser) => ({
  config: targetOf(more),
  admin,
  signal: new AbortController().signal,
  random: randomBytes,
});

let round = 0;
let username = '';
beforeEach(() => {
  username = `${PREFIX}orders_${++round}`;
});

async function made(
  context = contextOf(),
  until = Date.now() + HOUR,
  grants: object = { roles: ['readers'] },
): Promise<SecretValue> {
  const user = { username, grants: PostgresGrants.parse(grants), until };
  const value = await engine.make(context, user);
  passwords.add(value.password ?? '');
  return value;
}

async function sessionOf(value: SecretValue, at = value.database): Promise<Client> {
  const { host, port, username: user, password } = value;
  const client = new Client({ host, port: Number(port), user, password, database: at });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function works(value: SecretValue, sql = 'select from shop.orders'): Promise<boolean> {
  try {
    const client = await sessionOf(value);
    await client.query(sql).finally(() => client.end());
    return true;
  } catch {
    return false;
  }
}

const users = async (): Promise<string[]> => {
  const { rows } = await root.query(`select rolname from pg_roles where rolname ~ '^${PREFIX}'`);
  return rows.map(({ rolname }) => rolname);
};

describe.each(['superuser', 'role maker'] as const)('a user that a %s makes', (who) => {
  it('has the rights of its roles until it is taken away, with the sessions it has', async () => {
    const context = contextOf({}, admins[who]);
    const value = await made(context);
    expect(await works(value)).toBe(true);
    const session = await sessionOf(value);
    expect(await engine.isGone(context, username)).toBe(false);
    expect(await engine.usernames(context, PREFIX, 10)).toEqual([username]);
    await engine.remove(context, username);
    await engine.remove(context, username);
    await expect(session.query('select 1')).rejects.toThrow();
    expect([await works(value), await engine.isGone(context, username)]).toEqual([false, true]);
  });

  it('leaves what it owns to whom the role names', async () => {
    const context = contextOf({ owned: { rule: 'reassign', to: 'keeper' } }, admins[who]);
    await root.query('grant create on schema shop to keeper');
    const value = await made(context);
    const table = `shop.made_${round}_${who === 'superuser' ? 1 : 2}`;
    await works(value, `create table ${table} (id int)`);
    await engine.remove(context, username);
    const { rows } = await root.query(
      `select pg_get_userbyid(relowner) as owner from pg_class where oid = '${table}'::regclass`,
    );
    expect([rows, await users()]).toEqual([[{ owner: 'keeper' }], []]);
  });
});

describe('a user that owns something', () => {
  it('is locked out and stays, where nothing is said of that', async () => {
    const value = await made();
    await works(value, `create table shop.kept_${round} (id int)`);
    const session = await sessionOf(value);
    expect(await failureOf(engine.remove(contextOf(), username))).toBe(
      `invalid: The user ${username} owns objects in ${database}; it is locked out, and stays`,
    );
    await expect(session.query('select 1')).rejects.toThrow();
    expect([await works(value), await users()]).toEqual([false, [username]]);
    await root.query(`drop table shop.kept_${round}`);
    await engine.remove(contextOf(), username);
    expect(await users()).toEqual([]);
  });

  it('goes with it, where that is said', async () => {
    const context = contextOf({ owned: { rule: 'drop' } });
    await works(await made(context), `create table shop.dropped_${round} (id int)`);
    await engine.remove(context, username);
    const { rows } = await root.query(`select to_regclass('shop.dropped_${round}') as found`);
    expect([rows, await users()]).toEqual([[{ found: null }], []]);
  });

  it('goes although somebody has granted it something, in another database too', async () => {
    await made();
    const other = new Client({
      ...{ host: '127.0.0.1', port: postgres.port, user: admins.superuser.username },
      ...{ password: admins.superuser.password, database: second },
    });
    await other.connect();
    await other.query(`create table given_${round} (id int); grant select on given_${round} to ${username};
      alter default privileges in schema public grant select on tables to ${username}`);
    await other.end();
    await root.query(`grant select on shop.orders to ${username}`);
    await engine.remove(contextOf(), username);
    expect(await users()).toEqual([]);
  });
});

it.each([
  ['superuser', 'danger', 'the role danger is a superuser'],
  [
    'superuser by another',
    'reader_of_danger',
    'the role reader_of_danger is a member of danger, which is a superuser',
  ],
  ['maker of roles', 'maker', 'the role maker may make roles'],
  ['reader of files', 'pg_read_server_files', 'has rights over the whole server'],
  ['nobody', 'nobody', 'the role nobody is not there'],
])('a member of a %s is not made', async (_, role, why) => {
  const failure = await failureOf(made(contextOf(), undefined, { roles: ['readers', role] }));
  expect(failure).toMatch(/^invalid: /);
  expect(failure).toContain(why);
  expect(await users()).toEqual([]);
});

it('a user is refused by the server itself when its time is over, unless that is extended', async () => {
  const value = await made(contextOf(), Date.now() - 1_000);
  expect(await works(value)).toBe(false);
  await engine.extend(contextOf(), username, Date.now() + HOUR);
  expect(await works(value)).toBe(true);
  await engine.remove(contextOf(), username);
});

it('a user has so many sessions at once', async () => {
  const value = await made(contextOf(), undefined, { roles: ['readers'], connections: 1 });
  const session = await sessionOf(value);
  expect(await works(value)).toBe(false);
  await session.end();
  await engine.remove(contextOf(), username);
});

it('wherever the connection breaks, what there is of a user can be taken away', async () => {
  let isCut = true;
  for (let pieces = 0; isCut; pieces++) {
    const cutter = await cutAfter(pieces, postgres.port);
    username = `${PREFIX}cut_${pieces}`;
    await made(contextOf({ port: cutter.port })).catch(() => {});
    isCut = cutter.isCut();
    await cutter.close();
    await engine.remove(contextOf(), username);
  }
  isCut = true;
  for (let pieces = 0; isCut; pieces++) {
    const cutter = await cutAfter(pieces, postgres.port);
    username = `${PREFIX}uncut_${pieces}`;
    await made();
    await engine.remove(contextOf({ port: cutter.port }), username).catch(() => {});
    isCut = cutter.isCut();
    await cutter.close();
    await engine.remove(contextOf(), username);
  }
  expect(await users()).toEqual([]);
});

describe('leases of a server', () => {
  async function worldOf(): Promise<World> {
    const world = new World();
    world.wall = Date.now();
    world.engines.set('postgres', engine as unknown as Engine);
    world.admin = admins['role maker'];
    await world.start();
    const { password: _, ...config } = targetOf();
    const grants = { roles: ['readers'] };
    const settings = { engine: 'postgres', config, admin: `${SERVICE}/admin`, grants };
    await world.dynamic.defineRole({ name: 'reader', service: SERVICE, settings }, BY);
    return world;
  }

  it('leave no user, wherever the process is killed', async () => {
    let isOver = false;
    for (let kill = -1; !isOver; kill++) {
      const world = await worldOf();
      let moments = 0;
      world.isKilledAt = () => moments++ === kill;
      const { dynamic, death } = world.process;
      const asked = dynamic.ask(ROLE, world.caller(), 60);
      const given = await Promise.race([asked, death]);
      if (given === 'dead') await world.start();
      else expect(await works(given.value)).toBe(true);
      await world.pass(MINUTE);
      await world.pass(MINUTE);
      const at = `killed at ${kill}: ${JSON.stringify(world.moments.slice(-2))}`;
      expect(await users(), at).toEqual([]);
      for (const lease of await world.leases()) expect(lease.state, at).toBe('ended');
      isOver = kill >= 0 && moments < kill;
    }
  });

  it('wait for a server that is down, and end when it is back', async () => {
    const world = await worldOf();
    for (let count = 0; count < 5; count++) await world.dynamic.ask(ROLE, world.caller(), 60);
    await root.end();
    await postgres.stop('fast');
    await world.pass(MINUTE);
    await world.pass(10 * MINUTE);
    expect(world.dynamic.problems()).toHaveLength(5);
    const told = world.dynamic.problems().filter(({ why }) => why?.includes('nothing listens'));
    expect(told.length).toBeGreaterThan(0);
    await postgres.start();
    root = new Client({
      ...targetOf(),
      user: admins.superuser.username,
      password: admins.superuser.password,
    });
    await root.connect();
    expect(await users()).toHaveLength(5);
    await world.pass(15 * MINUTE);
    expect([await users(), world.dynamic.problems()]).toEqual([[], []]);
  });
});

it('no password is in the log of the server', () => {
  const text = readFileSync(log, 'utf8');
  expect(text).toContain('create role "reeve_');
  expect(passwords.size).toBeGreaterThan(10);
  for (const password of passwords) expect(text).not.toContain(password);
});
