import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../../../base/testing/certificate.ts';
import { startPostgres, type TestPostgres } from '../../../estate/store/testing/postgres.ts';
import type { SecretValue } from '../../model/index.ts';
import { cutAfter } from '../testing/cut.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../testing/step.ts';
import { PostgresRotation, postgresRotator as rotator } from './index.ts';

let postgres: TestPostgres;
let root: Client;
/** At another database of the same server. */
let other: Client;
let otherDatabase: string;
let admin: SecretValue;
let database: string;
/** How the membership of a role says that it may be handed on: PostgreSQL 16 has told it apart since. */
let mayHandOn: string;
let log: string;
/** Passwords that no log may hold. */
const passwords = new Set<string>();

const draw = () => {
  const password = randomBytes(18).toString('base64url');
  passwords.add(password);
  return password;
};

beforeAll(async () => {
  postgres = await startPostgres();
  const url = new URL(await postgres.createDatabase());
  const second = new URL(await postgres.createDatabase()).pathname.slice(1);
  database = url.pathname.slice(1);
  admin = { username: url.username, password: url.password };
  passwords.add(url.password);
  root = new Client({ connectionString: url.href });
  await root.connect();
  const [version] = (await root.query('show server_version_num')).rows;
  mayHandOn =
    Number(version.server_version_num) < 160_000
      ? 'WITH ADMIN OPTION'
      : 'WITH ADMIN true, INHERIT true, SET true';
  const { rows } = await root.query('show data_directory');
  log = join(dirname(rows[0].data_directory), 'log');
  for (const setting of [
    `log_statement = 'all'`,
    `log_connections = 'on'`,
    'log_min_error_statement = debug5',
  ]) {
    await root.query(`alter system set ${setting}`);
  }
  await root.query('select pg_reload_conf()');
  await root.query(`create schema shop; create table shop.orders (id int, note text);
    create sequence shop.numbers; create role staff; create role readers;
    create function shop.price(int) returns int language sql as 'select 1'`);
  other = new Client({ connectionString: url.href.replace(database, second) });
  await other.connect();
  await other.query('create table archive (id int)');
  otherDatabase = second;
});

afterAll(async () => {
  await other?.end();
  await root?.end();
  await postgres?.close();
});

let round = 0;
let [a, b] = ['', ''];
/** The value of the first account, which a person has written. */
let current: SecretValue;

beforeEach(async () => {
  [a, b] = [`orders "a" ${++round}`, `orders_b_${round}`];
  current = { ...place(), username: a, password: draw() };
  const password = `password '${current.password}'`;
  await unlogged(`create role ${quoted(a)} login ${password}`);
  await root.query(
    `grant usage on schema shop to ${quoted(a)}; grant select on shop.orders to ${quoted(a)}`,
  );
});

/** As a person should do it who writes a password into a statement. */
async function unlogged(sql: string): Promise<void> {
  await root.query(`set log_statement = 'none'`);
  await root.query(sql);
  await root.query(`set log_statement = 'all'`);
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const place = () => ({ host: '127.0.0.1', port: String(postgres.port), database });
const base = () => ({ host: '127.0.0.1', port: postgres.port, database, connectSeconds: 2 });
const single = (more: object = {}) =>
  PostgresRotation.parse({ ...base(), accounts: { strategy: 'single', user: a }, ...more });
const alternating = (more: object = {}, previous = 'keep') => {
  const accounts = { strategy: 'alternating', users: [a, b], previous };
  return PostgresRotation.parse({ ...base(), accounts, ...more });
};

async function worksFor(value: SecretValue, sql = 'select from shop.orders'): Promise<boolean> {
  const client = new Client({ ...value, user: value.username, port: Number(value.port) });
  try {
    await client.connect();
    await client.query(sql);
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

const made = (values: Parameters<typeof stepOf>[1], config = single()) => {
  const pending = rotator.make(stepOf(config, values));
  passwords.add(pending.password ?? '');
  return pending;
};

describe('one role', () => {
  it.each([
    ['an administrator', true],
    ['itself', false],
  ])('is rotated by %s, each step twice', async (_, byAdmin) => {
    const by = byAdmin ? { admin } : {};
    const next = await rotateTwiceEach(rotator, single(), { current, ...by });
    passwords.add(next.password ?? '');
    expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
    expect(await rotator.isRefused(stepOf(single()), current)).toBe(true);
    expect(await rotator.isRefused(stepOf(single()), next)).toBe(false);
  });

  it('gets its first value from an administrator, though it was closed', async () => {
    await root.query(`alter role ${quoted(a)} nologin`);
    const next = await rotateTwiceEach(rotator, single(), { admin });
    expect(await worksFor(next)).toBe(true);
  });

  it.each([true, false])(
    'has its current value back after a pending one that was set: %s',
    async (isSet) => {
      const pending = made({ current, admin });
      if (isSet) await rotator.set(stepOf(single(), { current, admin }), pending);
      for (let again = 0; again < 2; again++) {
        await rotator.undo?.(stepOf(single(), { current, admin }), pending);
        expect([await worksFor(current), await worksFor(pending)]).toEqual([true, false]);
      }
    },
  );

  it('is closed, and its sessions are ended, when its value is revoked', async () => {
    const session = new Client({ ...current, user: a, port: postgres.port });
    const ended = new Promise((resolve) => session.on('error', resolve));
    await session.connect();
    for (let again = 0; again < 2; again++) {
      await rotator.revoke(stepOf(single(), { current, admin }), current);
      expect(await rotator.isRefused(stepOf(single()), current)).toBe(true);
    }
    await ended;
    expect(await rotator.inspect?.(stepOf(single(), { current, admin }))).toContain('NOLOGIN');
  });

  it.each([
    ['an administrator', true],
    ['itself', false],
  ])('keeps its new value when %s revokes the one before', async (_, byAdmin) => {
    const by = byAdmin ? { admin } : {};
    const next = await rotateTwiceEach(rotator, single(), { current, ...by });
    const session = new Client({ ...next, user: a, port: postgres.port });
    const ended = new Promise((resolve) => session.on('error', resolve));
    await session.connect();
    await rotator.revoke(stepOf(single(), { current: next, ...by }), current);
    await ended;
    expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
  });

  it('closes itself where there is no administrator', async () => {
    await rotator.revoke(stepOf(single(), { current }), current);
    await rotator.revoke(stepOf(single(), { current }), current);
    expect(await worksFor(current)).toBe(false);
  });
});

describe('two roles', () => {
  it('take turns, and the one that is made can do what the first can, in every database', async () => {
    await root.query(`grant update (note) on shop.orders to ${quoted(a)} with grant option;
      grant usage on sequence shop.numbers to ${quoted(a)}; grant execute on function shop.price(int) to ${quoted(a)};
      grant create on database ${database} to ${quoted(a)}; grant staff to ${quoted(a)} with admin option;
      alter role ${quoted(a)} connection limit 7 valid until '2999-01-01';
      alter role ${quoted(a)} set search_path to shop, "$user", 'odd name';
      alter role ${quoted(a)} in database ${database} set statement_timeout to '12s';
      alter default privileges in schema shop grant select on tables to ${quoted(a)};
      alter default privileges for role ${quoted(a)} in schema shop grant select on tables to readers`);
    await other.query(`grant select on archive to ${quoted(a)}`);

    const inspect = (values: Parameters<typeof stepOf>[1]) =>
      rotator.inspect?.(stepOf(alternating(), { admin, ...values }));
    const before = await inspect({ current });
    expect(before).toEqual([
      'CONNECTION LIMIT 7',
      `CREATE ON DATABASE ${database}`,
      'EXECUTE ON ROUTINE shop.price(integer)',
      `IN DATABASE ${database} SET statement_timeout TO 12s`,
      'INHERIT',
      'LOGIN',
      'SELECT ON TABLE shop.orders',
      'SET search_path TO shop, "$user", "odd name"',
      'UPDATE (note) ON TABLE shop.orders WITH GRANT OPTION',
      'USAGE ON SCHEMA shop',
      'USAGE ON SEQUENCE shop.numbers',
      "VALID UNTIL '2999-01-01 00:00:00+00'",
      'by default FOR ROLE reeve IN SCHEMA shop SELECT ON TABLES',
      `${otherDatabase}: SELECT ON TABLE public.archive`,
      `member of staff ${mayHandOn}`,
      'of its own by default IN SCHEMA shop SELECT ON TABLES TO readers',
    ]);

    const second = await rotateTwiceEach(rotator, alternating(), { current, admin });
    expect(second.username).toBe(b);
    expect(await inspect({ current: second })).toEqual(before);
    expect([await worksFor(current), await worksFor(second)]).toEqual([true, true]);
    expect(
      await worksFor({ ...second, database: otherDatabase }, 'select from public.archive'),
    ).toBe(true);

    // later changes follow: what was granted, and what was taken away
    await root.query(`grant insert on shop.orders to ${quoted(b)}; revoke staff from ${quoted(b)};
      revoke update (note) on shop.orders from ${quoted(b)}; alter role ${quoted(b)} reset search_path`);
    await other.query(`revoke select on archive from ${quoted(b)}`);
    const changed = await inspect({ current: second });
    const third = await rotateTwiceEach(rotator, alternating(), {
      current: second,
      previous: current,
      admin,
    });
    expect(third.username).toBe(a);
    expect(await inspect({ current: third })).toEqual(changed);
    expect([await worksFor(current), await worksFor(second), await worksFor(third)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('are locked in turn where the plan says so, when nobody uses the one before any more', async () => {
    const config = alternating({}, 'lock');
    const session = new Client({ ...current, user: a, port: postgres.port });
    await session.connect();
    const next = made({ current, admin }, config);
    await rotator.set(stepOf(config, { current, admin }), next);
    const finish = () =>
      rotator.finish?.(stepOf(config, { previous: current, current: next, admin }));
    expect(await failureOf(Promise.resolve(finish()))).toBe(
      `unreachable: 1 sessions of ${a} are open: somebody still uses the value before`,
    );
    expect(await worksFor(current)).toBe(true);
    await session.end();
    await expect.poll(async () => failureOf(Promise.resolve(finish()))).toBe('nothing failed');
    expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
    const third = await rotateTwiceEach(rotator, config, {
      current: next,
      previous: current,
      admin,
    });
    expect([third.username, await worksFor(third)]).toEqual([a, true]);
  });

  it('leave the current one alone when the pending one is taken away', async () => {
    const pending = made({ current, admin }, alternating());
    await rotator.undo?.(stepOf(alternating(), { current, admin }), pending);
    await rotator.set(stepOf(alternating(), { current, admin }), pending);
    await rotator.undo?.(stepOf(alternating(), { current, admin }), pending);
    await rotator.undo?.(stepOf(alternating(), { current, admin }), pending);
    expect([await worksFor(current), await worksFor(pending)]).toEqual([true, false]);
    await rotateTwiceEach(rotator, alternating(), { current, admin });
  });

  it.each([
    [
      'owns a table',
      (role: string) =>
        `create table shop.own_${round} (); alter table shop.own_${round} owner to ${role}`,
      'table shop.own_',
    ],
    [
      'is named by a policy',
      (role: string) => `create policy p${round} on shop.orders to ${role}`,
      'policy p',
    ],
  ])('cannot alternate where one %s itself, and nothing is changed', async (_, sql, told) => {
    await root.query(sql(quoted(a)));
    const pending = made({ current, admin }, alternating());
    const failure = await failureOf(
      rotator.set(stepOf(alternating(), { current, admin }), pending),
    );
    expect(failure).toMatch(/^invalid: /);
    expect(failure).toContain(told);
    expect([await worksFor(current), await worksFor(pending)]).toEqual([true, false]);
  });

  it('are rotated by an administrator who is no superuser, and not where that is not enough', async () => {
    const keeper = { username: `keeper_${round}`, password: draw() };
    const who = keeper.username;
    await unlogged(`create role ${who} login createrole password '${keeper.password}'`);
    await root.query(`grant pg_signal_backend to ${who}; grant ${quoted(a)} to ${who} with admin option;
      grant usage on schema shop to ${who} with grant option;
      grant select on shop.orders to ${who} with grant option`);
    const second = await rotateTwiceEach(rotator, alternating(), { current, admin: keeper });
    expect([await worksFor(current), await worksFor(second)]).toEqual([true, true]);

    // one that can be copied, and one that cannot be taken away: neither is done
    await root.query(`grant usage on sequence shop.numbers to ${who} with grant option;
      grant usage on sequence shop.numbers to ${b}; grant delete on shop.orders to ${quoted(a)}`);
    const values = { current: second, admin: keeper };
    const third = made(values, alternating());
    expect(await failureOf(rotator.set(stepOf(alternating(), values), third))).toBe(
      `denied: ${a} cannot be made equal to ${b}; left: REVOKE DELETE ON TABLE shop.orders FROM ${quoted(a)}`,
    );
    expect([await worksFor(second), await worksFor(third)]).toEqual([true, false]);
    const has = `select has_sequence_privilege($1, 'shop.numbers', 'usage') as has`;
    expect((await root.query(has, [a])).rows).toEqual([{ has: false }]);
  });

  it('need an administrator', async () => {
    const pending = made({ current }, alternating());
    expect(await failureOf(rotator.set(stepOf(alternating(), { current }), pending))).toMatch(
      /^invalid: /,
    );
  });
});

describe('a rotation that is killed', () => {
  it.each([
    ['of one role, at any answer of the server', single, 1],
    ['of two roles, at every fourth answer of the server', alternating, 4],
  ])('%s is taken up by another process', async (_, plan, every) => {
    let [isCut, pieces] = [true, 0];
    for (; isCut; pieces += every) {
      const way = await cutAfter(pieces, postgres.port);
      const config = plan({ port: way.port });
      const values = { current: { ...current, port: String(way.port) }, admin };
      const pending = made(values, config);
      const failure = await failureOf(rotator.set(stepOf(config, values), pending));
      isCut = way.isCut();
      if (isCut) expect(failure).toMatch(/^unreachable: /);
      await way.close();

      const direct = { ...pending, port: String(postgres.port) };
      // one of the two works at any time, and the alternating one before always does
      const works = [await worksFor(current), await worksFor(direct)];
      expect(works).toContain(true);
      if (plan === alternating) expect(works[0]).toBe(true);
      await rotator.set(stepOf(plan(), { current, admin }), direct);
      await rotator.test(stepOf(plan(), { current, admin }), direct);
      if (plan === single) current = direct;
      else await root.query(`drop owned by ${quoted(b)}; drop role ${quoted(b)}`);
    }
    expect(pieces).toBeGreaterThan(10);
  });
});

describe('a target that is not as it should be', () => {
  const rows: readonly [string, () => Promise<string>, RegExp][] = [
    [
      'is told when it is down',
      () => failureOf(rotator.isRefused(stepOf(single({ port: 1 })), { ...current, port: '1' })),
      /^unreachable: 127.0.0.1:1: nothing listens there$/,
    ],
    [
      'is told when the administrator is refused',
      () => setBy({ admin: { ...admin, password: draw() } }),
      /^denied: .*changing the password of orders "a" \d+: it refuses the password \(SQLSTATE 28P01\)$/,
    ],
    [
      'is told when the administrator may not do it',
      async () => setBy({ admin: await roleWithout() }),
      /^denied: .*\(SQLSTATE 42501\)$/,
    ],
    [
      'is told when the role is gone',
      async () => {
        await root.query(`drop owned by ${quoted(a)}; drop role ${quoted(a)}`);
        return setBy({ admin });
      },
      /^changed: .*refuses the current value/,
    ],
    [
      'is told when the role of a first value is not there',
      async () => {
        const config = single({ accounts: { strategy: 'single', user: 'nobody here' } });
        return failureOf(rotator.set(stepOf(config, { admin }), made({ admin }, config)));
      },
      /^changed: .*there is no such role or object \(SQLSTATE 42704\)$/,
    ],
    [
      'is told when it is another server than that of the current value',
      () => setBy({ admin, current: { ...current, host: 'db.example' } }),
      /^changed: The current value is not of this plan: it is for db.example:/,
    ],
    [
      'is told when the role of the current value is another',
      () => setBy({ admin, current: { ...current, username: 'reeve' } }),
      /^changed: .*it is of reeve, whom the plan does not name$/,
    ],
    [
      'is told when the password was changed by hand',
      () => setBy({ admin, current: { ...current, password: draw() } }),
      /^changed: .*the account was changed by hand$/,
    ],
    [
      'is told when its passwords are not SCRAM’s',
      async () => {
        await root.query(`alter role reeve set password_encryption to 'md5'`);
        return setBy({ admin }).finally(() =>
          root.query('alter role reeve reset password_encryption'),
        );
      },
      /^invalid: .*has password_encryption = md5/,
    ],
    [
      'is told when the value lacks a member',
      () => setBy({ admin, current: { password: draw() } }),
      /^invalid: The value has no member `port`$/,
    ],
    [
      'is told when the time for a step is over',
      () =>
        failureOf(
          rotator.set(
            stepOf(single(), { current, admin, signal: AbortSignal.abort() }),
            made({ current, admin }),
          ),
        ),
      /^unreachable: The time for this step is over$/,
    ],
    [
      'is told when it refuses a pending value that was set',
      () => failureOf(rotator.test(stepOf(single(), { current, admin }), made({ current, admin }))),
      /^refused: /,
    ],
    [
      'is told when the pending value is of another plan',
      () =>
        failureOf(
          rotator.set(stepOf(single(), { current, admin }), {
            ...made({ current, admin }),
            host: 'db.example',
          }),
        ),
      /^refused: /,
    ],
    [
      'is told when there is nobody to set a first value by',
      () => failureOf(rotator.set(stepOf(single()), made({}))),
      /^invalid: There is neither/,
    ],
    [
      'is told when it has no TLS and is to prove itself',
      () =>
        failureOf(
          rotator.set(
            stepOf(single({ tls: 'verified' }), { current, admin }),
            made({ current, admin }),
          ),
        ),
      /^invalid: .* does not offer TLS$/,
    ],
  ];

  it.each(rows)('%s', async (_, fail, told) => {
    expect(await fail()).toMatch(told);
  });

  it('is no refusal when it lets nobody in from here, or has no such database', async () => {
    expect(
      await failureOf(rotator.isRefused(stepOf(single()), { ...current, database: 'nothing' })),
    ).toMatch(/^changed: /);
  });

  it('is no refusal when its rules let nobody in from here', async () => {
    const rules = join(dirname(log), 'data', 'pg_hba.conf');
    writeFileSync(rules, `host all ${quoted(a)} all reject\n${readFileSync(rules, 'utf8')}`);
    await root.query('select pg_reload_conf()');
    await expect
      .poll(() => failureOf(rotator.isRefused(stepOf(single()), current)))
      .toMatch(/^denied: .*it does not let this address or account in \(SQLSTATE 28000\)$/);
  });

  it('that says nothing does not hold a step up that is to end', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const signal = AbortSignal.timeout(50);
    const config = single({ port, connectSeconds: 60 });
    const asked = rotator.isRefused(stepOf(config, { signal }), { ...current, port: `${port}` });
    expect(await failureOf(asked)).toMatch(/^unreachable: /);
    silent.close();
  });

  it('has to prove that it is the server, where the plan says so', async () => {
    const { cert: certificate, key } = await selfSigned('db.example');
    const folder = dirname(log);
    const data = join(folder, 'data');
    const owner = statSync(data);
    for (const [name, text] of [
      ['server.crt', certificate],
      ['server.key', key],
    ] as const) {
      writeFileSync(join(data, name), text, { mode: 0o600 });
      chownSync(join(data, name), owner.uid, owner.gid);
    }
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, certificate);
    await root.query(`alter system set ssl = on`);
    await root.query('select pg_reload_conf()');
    const asked = (more: object) => failureOf(rotator.test(stepOf(single(more)), current));
    await expect.poll(() => asked({ caFile, serverName: 'db.example' })).toBe('nothing failed');
    expect(await asked({ tls: 'unverified' })).toBe('nothing failed');
    expect(await asked({ tls: 'verified' })).toMatch(
      /^changed: .* does not prove that it is the server/,
    );
    expect(await asked({ caFile })).toMatch(/^changed: .*ERR_TLS_CERT_ALTNAME_INVALID/);
    expect(await asked({ caFile: join(folder, 'none') })).toMatch(
      /^invalid: The file of certificates/,
    );
  });

  const setBy = (values: Parameters<typeof stepOf>[1]) =>
    failureOf(rotator.set(stepOf(single(), { current, ...values }), made({ current, admin })));

  async function roleWithout(): Promise<SecretValue> {
    const [username, password] = [`clerk_${round}`, draw()];
    await unlogged(`create role ${username} login password '${password}'`);
    return { username, password };
  }
});

describe('the log of the server', () => {
  it('holds no password, though it holds every statement', () => {
    const text = readFileSync(log, 'utf8');
    expect(text).toContain('alter role "orders_b_');
    expect(text).toContain('SCRAM-SHA-256$4096:');
    expect(passwords.size).toBeGreaterThan(20);
    expect([...passwords].filter((password) => text.includes(password))).toEqual([]);
  });
});
