import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseError } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresConfig, StoreConfig } from '../config.ts';
import { openStore } from '../index.ts';
import { startPostgres, type TestPostgres } from '../testing/postgres.ts';
import { resolveTarget } from './connect.ts';
import { ConnectionLost, meaningOf } from './errors.ts';

const VARIABLE = 'REEVE_TEST_ENGINE_URL';
const password = randomBytes(8).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'reeve-url-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function configOf(settings: object = {}): PostgresConfig {
  const config = StoreConfig.parse({ kind: 'postgres', urlVariable: VARIABLE, ...settings });
  if (config.kind !== 'postgres') throw new TypeError('not PostgreSQL');
  return config;
}

describe('the configuration', () => {
  test.for<[string, object]>([
    ['both a file and a variable', { urlFile: 'a', urlVariable: 'b' }],
    ['neither', {}],
    ['the URL itself', { url: 'postgres://localhost/estate' }],
    ['no connections', { urlFile: 'a', poolSize: 0 }],
  ])('with %s is refused', ([, settings]) => {
    expect(StoreConfig.safeParse({ kind: 'postgres', ...settings }).success).toBe(false);
  });
});

describe('the connection URL', () => {
  const target = (url: string, settings: object = {}) =>
    resolveTarget(configOf(settings), { [VARIABLE]: url });

  test.for<[string, string, object]>([
    [
      'all parts',
      `postgres://me:${password}@db.example:6000/estate`,
      { host: 'db.example', port: 6000, user: 'me', password, database: 'estate' },
    ],
    ['the usual port', 'postgresql://me@db.example/estate', { port: 5432 }],
    [
      'escapes',
      'postgres://me%40home:p%2Fw@db/e%20s',
      { user: 'me@home', password: 'p/w', database: 'e s' },
    ],
    ['IPv6', 'postgres://me@[::1]:6000/estate', { host: '::1', ssl: false }],
    [
      'a Unix socket',
      'postgres://me@localhost/estate?host=/run/postgresql',
      { host: '/run/postgresql', ssl: false },
    ],
    ['plain text to this machine', 'postgres://me@127.0.0.1/estate', { ssl: false }],
    ['TLS beyond it', 'postgres://me@db.example/estate', { ssl: { rejectUnauthorized: true } }],
  ])('%s', ([, url, want]) => {
    expect(target(url).connection).toMatchObject(want);
  });

  test.for<[string, string]>([
    ['http', `http://me:${password}@db/estate`],
    ['no database', `postgres://me:${password}@db`],
    ['TLS turned off in it', `postgres://me:${password}@db/estate?sslmode=disable`],
    ['another host in it', `postgres://me:${password}@localhost/estate?host=db.example`],
    ['a broken escape', `postgres://me:${password}%zz@db/estate`],
    ['no URL', `me:${password}`],
  ])('%s is refused, and its password is not told', ([, url]) => {
    let message = '';
    try {
      target(url);
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'estate/url-malformed' });
      message = JSON.stringify(thrown) + String(thrown);
    }
    expect(message).not.toBe('');
    expect(message).not.toContain(password);
  });

  test('comes from a file, too, and a file that is missing is told', () => {
    const urlFile = join(folder, 'url');
    writeFileSync(urlFile, 'postgres://me@db.example/estate\n');
    const config = configOf({ urlVariable: undefined, urlFile });
    expect(resolveTarget(config, {}).connection).toMatchObject({ database: 'estate' });
    const missing = configOf({ urlVariable: undefined, urlFile: join(folder, 'none') });
    expect(() => resolveTarget(missing, {})).toThrow(/cannot be read/);
    expect(() => resolveTarget(configOf(), {})).toThrow(`variable \`${VARIABLE}\` holds no`);
  });

  test('leaves TLS to its setting', () => {
    const url = 'postgres://me@db.example/estate';
    expect(target(url, { tls: { mode: 'off' } }).connection.ssl).toBe(false);
    const local = target('postgres://me@localhost/estate', { tls: { mode: 'verify' } });
    expect(local.connection.ssl).toEqual({ rejectUnauthorized: true });
  });
});

describe('errors on the way', () => {
  const state = (code: string) =>
    Object.assign(new DatabaseError('said PostgreSQL', 1, 'error'), { code });
  const lost = (code: string) => new ConnectionLost(Object.assign(new Error('x'), { code }));
  test.for<[string, unknown, string | undefined]>([
    ['a shutdown', state('57P01'), 'passing'],
    ['a start', state('57P03'), 'passing'],
    ['a deadlock', state('40P01'), 'passing'],
    ['too many connections', state('53300'), 'passing'],
    ['a slow statement', state('57014'), 'lasting'],
    ['a wrong password', state('28P01'), 'lasting'],
    ['no such database', state('3D000'), 'lasting'],
    ['wrong SQL', state('42601'), 'failed'],
    ['a refused connection', lost('ECONNREFUSED'), 'passing'],
    ['a certificate that is not trusted', lost('SELF_SIGNED_CERT_IN_CHAIN'), 'lasting'],
    ['a fault of our own', new TypeError('x'), undefined],
  ])('%s is %s', ([, thrown, kind]) => {
    expect(meaningOf(thrown)?.kind).toBe(kind);
  });
});

function open(url: string, settings: object) {
  process.env[VARIABLE] = url;
  return openStore(configOf(settings));
}

describe('a database that does not answer', () => {
  test('because nothing listens is unavailable at once', async () => {
    const opened = open(`postgres://me:${password}@127.0.0.1:1/estate`, { retrySeconds: 0 });
    await expect(opened).rejects.toMatchObject({
      code: 'estate/unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('because it says nothing is unavailable when the time is up, rather than waited for', async () => {
    const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      const opened = open(`postgres://me:${password}@127.0.0.1:${port}/estate`, {
        connectSeconds: 0.3,
        retrySeconds: 0.5,
      });
      await expect(opened).rejects.toMatchObject({
        code: 'estate/unavailable',
        message: expect.not.stringContaining(password),
      });
    } finally {
      silent.close();
    }
  });
});

describe('a database that runs', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.close());

  test('but whose answers are lost on the way is unavailable when the time is up, and then found again', async () => {
    let isLosing = false;
    const ways: Socket[] = [];
    const between = createServer((near) => {
      const far = connect(postgres.port, '127.0.0.1');
      ways.push(near, far);
      for (const way of [near, far]) way.on('error', () => {});
      near.pipe(far);
      far.on('data', (chunk) => isLosing || near.write(chunk));
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    const address = between.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const url = (await postgres.createDatabase()).replace(`:${postgres.port}/`, `:${port}/`);
    const limits = { statementSeconds: 1, connectSeconds: 5, retrySeconds: 0, poolSize: 1 };
    const store = await open(url, limits);
    try {
      isLosing = true;
      await expect(store.ping()).rejects.toMatchObject({
        code: 'estate/unavailable',
        message: expect.stringContaining('it does not answer'),
      });
      isLosing = false;
      await expect(store.ping()).resolves.toBeUndefined();
    } finally {
      await store.close();
      for (const way of ways) way.destroy();
      between.close();
    }
  });

  test('refuses a wrong password with a hint, at once', async () => {
    process.env[VARIABLE] = (await postgres.createDatabase()).replace(/:\w+@/, `:${password}@`);
    await expect(openStore(configOf({ retrySeconds: 30 }))).rejects.toMatchObject({
      code: 'estate/unavailable',
      message: expect.stringContaining('it refuses the credentials'),
    });
  });

  test('that cannot speak TLS is not spoken to where TLS is asked for', async () => {
    process.env[VARIABLE] = await postgres.createDatabase();
    const config = configOf({ retrySeconds: 30, tls: { mode: 'verify' } });
    await expect(openStore(config)).rejects.toMatchObject({
      code: 'estate/unavailable',
      message: expect.stringContaining('no TLS connection could be agreed on'),
    });
  });
});
