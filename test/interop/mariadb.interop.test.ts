import { createHash, randomBytes } from 'node:crypto';
import type { Connection } from 'mariadb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SecretValue } from '../../src/secrets/model/index.ts';
import { MysqlRotation, mysqlRotator as rotator } from '../../src/secrets/rotators/mysql/index.ts';
import { cutAfter } from '../../src/secrets/rotators/testing/cut.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../../src/secrets/rotators/testing/step.ts';
import { debianMariadb, type Mariadb, startMariadb } from './support/mariadb.ts';
import { isMissing } from './support/tools.ts';

type Values = Parameters<typeof stepOf>[1];
const peer = debianMariadb();

describe.skipIf(isMissing('MariaDB', peer)).each([['ed25519'], ['mysql_native_password']])(
  'accounts of MariaDB with %s',
  (plugin) => {
    let mariadb: Mariadb;
    let root: Connection;
    let admin: SecretValue;
    let current: SecretValue;
    /** Passwords that no log may hold. */
    const passwords = new Set<string>();
    let round = 0;
    let [a, b] = ['', ''];

    const draw = () => {
      const password = randomBytes(18).toString('base64url');
      passwords.add(password);
      return password;
    };

    beforeAll(async () => {
      mariadb = await startMariadb();
      root = await mariadb.connect();
      admin = { username: 'root', password: mariadb.password };
      passwords.add(mariadb.password);
      for (const sql of [
        'create database shop',
        'create table shop.orders (id int, `no,te (x` text)',
        'create role staff',
        'create procedure shop.price() select 1',
      ]) {
        await root.query(sql);
      }
    });
    afterAll(async () => {
      await root?.end();
      await mariadb?.close();
    });

    beforeEach(async () => {
      [a, b] = [`orders 'a\` ${++round}`, `orders_b_${round}`];
      current = { ...place(), username: a, password: draw() };
      await unlogged(`create user ?@'%' identified via ${plugin} using password(?)`, [
        a,
        current.password,
      ]);
      await root.query(`grant select on shop.* to ?@'%'`, [a]);
    });

    async function unlogged(sql: string, values: unknown[]): Promise<void> {
      await root.query('set session sql_log_off = 1');
      await root.query(sql, values);
      await root.query('set session sql_log_off = 0');
    }

    const place = () => ({ host: '127.0.0.1', port: String(mariadb.port), database: 'shop' });
    const base = () => ({
      host: '127.0.0.1',
      port: mariadb.port,
      database: 'shop',
      connectSeconds: 5,
    });
    const single = (more: object = {}) =>
      MysqlRotation.parse({ ...base(), accounts: { strategy: 'single', user: a }, ...more });
    const alternating = (more: object = {}, previous = 'keep') => {
      const accounts = { strategy: 'alternating', users: [a, b], previous };
      return MysqlRotation.parse({ ...base(), accounts, ...more });
    };
    const made = (values: Values, config = single()) => {
      const pending = rotator.make(stepOf(config, values));
      passwords.add(pending.password ?? '');
      return pending;
    };
    const sessionOf = (value: SecretValue) =>
      mariadb.connect(value.username, value.password, value.database);

    async function worksFor(value: SecretValue): Promise<boolean> {
      try {
        const connection = await sessionOf(value);
        await connection.query('select count(*) from orders').finally(() => connection.end());
        return true;
      } catch {
        return false;
      }
    }

    it.each([
      ['an administrator', true],
      ['itself', false],
    ])('are rotated by %s, each step twice', async (_, byAdmin) => {
      const by = byAdmin ? { admin } : {};
      const next = await rotateTwiceEach(rotator, single(), { current, ...by });
      expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
      expect(await rotator.isRefused(stepOf(single()), current)).toBe(true);
      expect(await rotator.isRefused(stepOf(single()), next)).toBe(false);
      const session = await sessionOf(next);
      await rotator.revoke(stepOf(single(), { current: next, ...by }), current);
      await expect(session.query('select 1')).rejects.toThrow();
      expect(await worksFor(next)).toBe(true);
    });

    it('get their first value from an administrator, though they were locked', async () => {
      await root.query(`alter user ?@'%' account lock`, [a]);
      expect(await worksFor(await rotateTwiceEach(rotator, single(), { admin }))).toBe(true);
    });

    it('get their current value back after a pending one', async () => {
      const pending = made({ current, admin });
      for (const step of ['undo', 'set', 'undo', 'undo'] as const) {
        await rotator[step]?.(stepOf(single(), { current, admin }), pending);
      }
      expect([await worksFor(current), await worksFor(pending)]).toEqual([true, false]);
    });

    it.each([
      ['an administrator', true],
      ['themselves', false],
    ])(
      'are closed, and their sessions ended, when their value is revoked by %s',
      async (_, byAdmin) => {
        const values = byAdmin ? { current, admin } : { current };
        const session = await sessionOf(current);
        for (let again = 0; again < 2; again++) {
          await rotator.revoke(stepOf(single(), values), current);
          expect(await rotator.isRefused(stepOf(single()), current)).toBe(true);
        }
        await expect(session.query('select 1')).rejects.toThrow();
      },
    );

    it('take turns with the same grants, limits and roles, and later changes follow', async () => {
      for (const sql of [
        "grant insert (id, `no,te (x`), update on shop.orders to ?@'%' with grant option",
        "grant execute on procedure shop.price to ?@'%'",
        "grant process on *.* to ?@'%'",
        "grant staff to ?@'%' with admin option",
        "set default role staff for ?@'%'",
        "alter user ?@'%' with max_user_connections 5",
      ]) {
        await root.query(sql, [a]);
      }
      const inspect = (value: SecretValue) =>
        rotator.inspect?.(stepOf(alternating(), { admin, current: value }));
      const before = await inspect(current);
      expect(before).toEqual([
        'EXECUTE ON PROCEDURE `shop`.`price`',
        'GRANT OPTION ON `shop`.`orders`',
        'INSERT (`id`) ON `shop`.`orders`',
        'INSERT (`no,te (x`) ON `shop`.`orders`',
        'PROCESS ON *.*',
        'REQUIRE NONE WITH MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 5',
        'SELECT ON `shop`.*',
        'UPDATE ON `shop`.`orders`',
        `by ${plugin}`,
        'default role `staff`',
        'role `staff` WITH ADMIN OPTION',
      ]);
      const second = await rotateTwiceEach(rotator, alternating(), { current, admin });
      expect(second.username).toBe(b);
      expect(await inspect(second)).toEqual(before);
      expect([await worksFor(current), await worksFor(second)]).toEqual([true, true]);

      await root.query(`grant delete on shop.* to ?@'%'`, [b]);
      await root.query(`revoke update, grant option on shop.orders from ?@'%'`, [b]);
      await root.query(`revoke staff from ?@'%'`, [b]);
      await root.query(`alter user ?@'%' with max_user_connections 6`, [b]);
      const changed = await inspect(second);
      expect(changed).not.toEqual(before);
      const values = { current: second, previous: current, admin };
      const third = await rotateTwiceEach(rotator, alternating(), values);
      expect(third.username).toBe(a);
      expect(await inspect(third)).toEqual(changed);
      expect([await worksFor(current), await worksFor(third)]).toEqual([false, true]);
    });

    it('are locked in turn where the plan says so, when nobody uses the one before', async () => {
      const config = alternating({}, 'lock');
      const session = await sessionOf(current);
      const next = made({ current, admin }, config);
      await rotator.set(stepOf(config, { current, admin }), next);
      const finish = async () =>
        rotator.finish?.(stepOf(config, { previous: current, current: next, admin }));
      expect(await failureOf(finish())).toMatch(/^unreachable: 1 sessions of orders/);
      await session.end();
      await expect.poll(() => failureOf(finish())).toBe('nothing failed');
      expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
      const values = { current: next, previous: current, admin };
      expect(await worksFor(await rotateTwiceEach(rotator, config, values))).toBe(true);
    });

    it.each([
      ['single', single],
      ['alternating', alternating],
    ])('(%s) are taken up by another process after a kill at any answer', async (_, plan) => {
      let isCut = true;
      let pieces = 0;
      for (; isCut; pieces += 2) {
        const way = await cutAfter(pieces, mariadb.port);
        const config = plan({ port: way.port });
        const values = { current: { ...current, port: String(way.port) }, admin };
        const pending = made(values, config);
        const failure = await failureOf(rotator.set(stepOf(config, values), pending));
        isCut = way.isCut();
        if (isCut) expect(failure).toMatch(/^unreachable: /);
        await way.close();

        const direct = { ...pending, port: String(mariadb.port) };
        const works = [await worksFor(current), await worksFor(direct)];
        expect(works).toContain(true);
        if (plan === alternating) expect(works[0]).toBe(true);
        await rotator.set(stepOf(plan(), { current, admin }), direct);
        await rotator.test(stepOf(plan(), { current, admin }), direct);
        if (plan === single) current = direct;
        else await root.query(`drop user ?@'%'`, [b]);
      }
      expect(pieces).toBeGreaterThan(8);
    });

    const setBy = (values: Values, config = single()) =>
      failureOf(
        rotator.set(stepOf(config, { current, ...values }), made({ current, admin }, config)),
      );

    const rows: readonly [string, () => Promise<string>, RegExp][] = [
      [
        'the server is down',
        () => failureOf(rotator.isRefused(stepOf(single({ port: 1 })), { ...current, port: '1' })),
        /^unreachable: 127.0.0.1:1: nothing listens there$/,
      ],
      [
        'the administrator is refused',
        () => setBy({ admin: { ...admin, password: draw() } }),
        /^denied: .*\(error 1045\)$/,
      ],
      [
        'the administrator may not do it',
        async () => {
          const password = draw();
          await unlogged(`create user ?@'%' identified by ?`, [`clerk_${round}`, password]);
          await root.query(`grant select on shop.* to ?@'%'`, [`clerk_${round}`]);
          return setBy({ admin: { username: `clerk_${round}`, password } });
        },
        /^denied: .*the administrator may not do this/,
      ],
      [
        'the account is gone',
        async () => {
          await root.query(`drop user ?@'%'`, [a]);
          return setBy({ admin });
        },
        /^changed: .*refuses the current value/,
      ],
      [
        'the account of a first value is not there',
        () => {
          const config = single({ accounts: { strategy: 'single', user: 'nobody here' } });
          return failureOf(rotator.set(stepOf(config, { admin }), made({ admin }, config)));
        },
        /^changed: .*there is no such account/,
      ],
      [
        'it is another server than that of the current value',
        () => setBy({ admin, current: { ...current, host: 'db.example' } }),
        /^changed: The current value is not of this plan: it is for db.example:/,
      ],
      [
        'the password was changed by hand',
        () => setBy({ admin, current: { ...current, password: draw() } }),
        /^changed: .*the account was changed by hand$/,
      ],
      [
        'something else than one password proves the account',
        async () => {
          await unlogged(
            `alter user ?@'%' identified via ${plugin} using password(?) or unix_socket`,
            [a, current.password],
          );
          return setBy({ admin });
        },
        /^invalid: .* is proven by \w+ or otherwise, which is not set here$/,
      ],
      [
        'a more specific account takes the login',
        async () => {
          await unlogged(`create user ?@'127.0.0.1' identified via ${plugin} using password(?)`, [
            a,
            current.password,
          ]);
          await root.query(`grant select on shop.* to ?@'127.0.0.1'`, [a]);
          return failureOf(rotator.test(stepOf(single()), current));
        },
        /^changed: .*for another account than that from %$/,
      ],
    ];

    it.each(rows)('are told when %s', async (_, fail, told) => {
      expect(await fail()).toMatch(told);
    });

    it('leave no password in the log of the server, which holds every statement', () => {
      const text = mariadb.log();
      expect(text).toContain('select current_user()');
      const hashes = [...passwords].map((one) => createHash('sha1').update(one).digest('hex'));
      expect([...passwords, ...hashes].filter((one) => text.includes(one))).toEqual([]);
      // what is copied and set by an administrator is logged nowhere, where he may turn logs off
      expect(text).not.toMatch(/ALTER USER .* (VIA ed25519|VIA mysql_native)/);
    });
  },
);
