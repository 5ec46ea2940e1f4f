import { randomBytes } from 'node:crypto';
import type { SecretValue } from '../../../src/secrets/model/index.ts';
import { hashPassword } from '../../../src/secrets/rotators/rabbitmq/hashes.ts';
import type { KilledTarget } from '../../support/killed/target.ts';
import { Way } from '../../support/killed/way.ts';
import { startMariadb } from './mariadb.ts';
import { Rabbitmq } from './rabbitmq.ts';
import { Redis } from './redis.ts';

const HOST = '127.0.0.1';
const BEFORE = 'orders';

/** A target, and what ends its server. */
export interface OpenTarget {
  readonly target: KilledTarget;
  close(): Promise<void>;
}

const asks = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
};

/** A user of Redis, who has two passwords for the overlap. */
export async function killedRedis(): Promise<OpenTarget> {
  const redis = await Redis.start('aclfile');
  const way = await Way.to(redis.port);
  await redis.ask('ACL', 'SETUSER', BEFORE, 'on', '~orders:*', '+get');
  const target: KilledTarget = {
    ...{ rotator: 'redis', admin: redis.admin, ways: [way], holds: 'several' },
    config: { host: HOST, port: way.port, accounts: { strategy: 'single', user: BEFORE } },
    takes: ({ username = '', password = '' }) =>
      asks(async () => {
        const session = await redis.connect({ username, password });
        await session.sendCommand(['GET', 'orders:1']).finally(() => session.destroy());
      }),
    async doors() {
      const users = ((await redis.ask('ACL', 'LIST')) as string[]).map((line) => line.split(' '));
      return users
        .filter(([, name = '', state]) => state === 'on' && !['keeper', 'default'].includes(name))
        .flatMap(([, name = '', ...rules]) =>
          rules.filter((rule) => /^(#|nopass)/.test(rule)).map(() => name),
        );
    },
  };
  const close = async () => {
    await way.close();
    await redis.close();
  };
  return { target, close };
}

/** Two users of RabbitMQ, who take turns. */
export async function killedRabbitmq(): Promise<OpenTarget> {
  const rabbitmq = await Rabbitmq.start();
  const [amqp, management] = [await Way.to(rabbitmq.port), await Way.to(rabbitmq.managementPort)];
  const unknown = hashPassword(randomBytes(18).toString('hex'), randomBytes(4), undefined);
  await rabbitmq.call('PUT', `/users/${BEFORE}`, { ...unknown, tags: '' });
  const rights = { configure: '', write: '.*', read: '.*' };
  await rabbitmq.call('PUT', `/permissions/%2F/${BEFORE}`, rights);
  const target: KilledTarget = {
    ...{ rotator: 'rabbitmq', admin: rabbitmq.admin, holds: 'several' },
    ways: [amqp, management],
    config: {
      ...{ host: HOST, port: amqp.port, management: { port: management.port } },
      accounts: { strategy: 'alternating', users: [BEFORE, `${BEFORE}-b`], previous: 'lock' },
    },
    takes: ({ username, password }) =>
      asks(async () => {
        const session = await rabbitmq.connect(username, password);
        session.on('error', () => undefined);
        await session.close();
      }),
    async doors() {
      const users = (await rabbitmq.call('GET', '/users')) as Record<string, string>[];
      return users
        .filter(({ name, password_hash }) => name !== 'keeper' && password_hash !== '')
        .map(({ name = '' }) => name);
    },
  };
  const close = async () => {
    await Promise.all([amqp.close(), management.close()]);
    await rabbitmq.close();
  };
  return { target, close };
}

/** Accounts of MariaDB: one, or two that take turns. */
export async function killedMariadb(holds: KilledTarget['holds']): Promise<OpenTarget> {
  const mariadb = await startMariadb();
  const way = await Way.to(mariadb.port);
  const root = await mariadb.connect();
  const place = { host: HOST, port: way.port, database: 'shop' };
  const login = async ({ username, password }: SecretValue) => {
    const session = await mariadb.connect(username, password, place.database);
    await session.query('select count(*) from orders').finally(() => session.end());
  };
  await root.query('create database shop');
  await root.query('create table shop.orders (id int)');
  await root.query(`create user ?@'%' identified by ?`, [BEFORE, randomBytes(18).toString('hex')]);
  await root.query(`grant select on shop.* to ?@'%'`, [BEFORE]);
  const target: KilledTarget = {
    ...{ rotator: 'mysql', admin: { username: 'root', password: mariadb.password } },
    ...{ ways: [way], holds },
    config: {
      ...place,
      accounts:
        holds === 'one'
          ? { strategy: 'single', user: BEFORE }
          : { strategy: 'alternating', users: [BEFORE, `${BEFORE}_b`], previous: 'lock' },
    },
    takes: (value) => asks(() => login(value)),
    async doors() {
      const rows: { user: string; isLocked: string | null }[] = await root.query(
        `select user, json_value(priv, '$.account_locked') as isLocked from mysql.global_priv where user like '${BEFORE}%'`,
      );
      return rows.filter(({ isLocked }) => isLocked !== '1').map(({ user }) => user);
    },
  };
  const close = async () => {
    await root.end();
    await way.close();
    await mariadb.close();
  };
  return { target, close };
}
