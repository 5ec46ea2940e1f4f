import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../../src/base/testing/certificate.ts';
import { freePort } from '../../src/base/testing/free-port.ts';
import type { SecretValue } from '../../src/secrets/model/index.ts';
import { walkKills } from '../../src/secrets/rotation/testing/walk.ts';
import { RedisRotation, redisRotator as rotator } from '../../src/secrets/rotators/redis/index.ts';
import { cutAfter } from '../../src/secrets/rotators/testing/cut.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../../src/secrets/rotators/testing/step.ts';
import { debianRedis, type Keeps, Redis, sha256 } from './support/redis.ts';
import { administered, lookedAt } from './support/rotated.ts';
import { isMissing } from './support/tools.ts';

type Values = Parameters<typeof stepOf>[1];
const peer = debianRedis();

describe.skipIf(isMissing('Redis', peer, { isNeeded: true }))('users of Redis', () => {
  let redis: Redis;
  /** Another server with the same users. */
  let second: Redis;
  let admin: SecretValue;
  let current: SecretValue;
  let monitored: Awaited<ReturnType<Redis['monitor']>>;
  /** Passwords that no log may hold. */
  const passwords = new Set<string>();
  let round = 0;
  let [a, b] = ['', ''];

  const draw = () => {
    const password = randomBytes(18).toString('base64url');
    passwords.add(password);
    return password;
  };
  const place = ({ port }: { port: number } = redis) => ({ host: '127.0.0.1', port });
  const single = (more: object = {}, user = a) =>
    RedisRotation.parse({
      ...{ ...place(), accounts: { strategy: 'single', user }, connectSeconds: 2 },
      ...more,
    });
  const alternating = (more: object = {}, previous = 'keep') =>
    RedisRotation.parse({
      ...{ ...place(), accounts: { strategy: 'alternating', users: [a, b], previous } },
      ...more,
    });
  const both = () => ({ nodes: [place(), place(second)] });
  const made = (values: Values, config = single()) => {
    const pending = rotator.make(stepOf(config, values));
    passwords.add(pending.password ?? '');
    return pending;
  };

  beforeAll(async () => {
    redis = await Redis.start('aclfile');
    second = await Redis.start('aclfile');
    const { username, password } = redis.admin;
    admin = { username, password };
    await second.ask('ACL', 'SETUSER', username, `#${sha256(password)}`);
    for (const one of [redis, second]) passwords.add(one.admin.password);
    monitored = await redis.monitor();
  });
  afterAll(async () => {
    monitored?.end();
    await Redis.closeAll();
  });

  const RULES = ['~orders:*', '&news', '+@read', '-keys', '+set', '(~stock:* +@write)'];
  const RIGHTS = [
    ...['+acl|list', '+acl|setuser', '+config|get', '+client|list', '+client|kill', '+info'],
    '+cluster|info',
  ];
  beforeEach(async () => {
    [a, b] = [`orders-${++round}`, `orders-b-${round}`];
    current = { ...place(), port: String(redis.port), username: a, password: draw() };
    for (const server of [redis, second]) {
      await server.ask('ACL', 'SETUSER', a, 'on', `#${sha256(current.password ?? '')}`, ...RULES);
      await server.ask('ACL', 'SAVE');
    }
  });

  async function worksFor(value: SecretValue, server = redis): Promise<boolean> {
    const { username = '', password = '' } = value;
    try {
      const session = await server.connect({ username, password });
      await session.sendCommand(['GET', 'orders:1']).finally(() => session.destroy());
      return true;
    } catch {
      return false;
    }
  }
  const hashesOf = async (user: string, server = redis) => {
    const answer = (await server.ask('ACL', 'GETUSER', user)) as { passwords?: string[] };
    return answer.passwords;
  };

  it.each<[string, () => Values]>([
    ['an administrator', () => ({ current, admin })],
    ['themselves, where they may', () => ({ current })],
  ])('have two passwords at once while %s rotates them, and then one', async (_, values) => {
    await redis.ask('ACL', 'SETUSER', a, ...(values()?.admin ? [] : ['+@all']));
    const pending = made(values());
    await rotator.set(stepOf(single(), values()), pending);
    expect([await worksFor(current), await worksFor(pending)]).toEqual([true, true]);
    await rotator.test(stepOf(single(), values()), pending);
    const promoted = { ...values(), current: pending, previous: current };
    for (let again = 0; again < 2; again++) await rotator.finish?.(stepOf(single(), promoted));
    expect([await worksFor(current), await worksFor(pending)]).toEqual([false, true]);
    expect(await rotator.isRefused(stepOf(single()), current)).toBe(true);
    expect(await rotator.isRefused(stepOf(single()), pending)).toBe(false);
  });

  it('get a first value from an administrator, though they were off', async () => {
    await redis.ask('ACL', 'SETUSER', a, 'off');
    expect(await worksFor(await rotateTwiceEach(rotator, single(), { admin }))).toBe(true);
  });

  it('keep passwords that others gave them, and that is told', async () => {
    await redis.ask('ACL', 'SETUSER', a, `#${sha256(draw())}`);
    const next = await rotateTwiceEach(rotator, single(), { current, admin });
    expect(await hashesOf(a)).toHaveLength(2);
    const told = await rotator.inspect?.(stepOf(single(), { current: next, admin }));
    expect(told).toContain('other passwords: 1');
  });

  it('have a pending value taken away, set or not', async () => {
    const pending = made({ current, admin });
    for (const step of ['undo', 'set', 'undo', 'undo'] as const) {
      await rotator[step]?.(stepOf(single(), { current, admin }), pending);
    }
    expect([await worksFor(current), await worksFor(pending)]).toEqual([true, false]);
    expect(await hashesOf(a)).toHaveLength(1);
  });

  it('keep the sessions of others where a first value is taken away', async () => {
    const session = await redis.connect(current as typeof redis.admin);
    const pending = made({ admin });
    await rotator.set(stepOf(single(), { admin }), pending);
    await rotator.undo?.(stepOf(single(), { admin }), pending);
    await session.sendCommand(['GET', 'orders:1']);
    session.destroy();
    expect([await worksFor(current), await worksFor(pending)]).toEqual([true, false]);
  });

  it.each([
    ['an administrator', true],
    ['itself', false],
  ])('lose a value and their sessions when %s revokes it', async (_, byAdmin) => {
    const by = byAdmin ? { admin } : {};
    if (!byAdmin) await redis.ask('ACL', 'SETUSER', a, '+@all');
    const next = await rotateTwiceEach(rotator, single(), { current, ...by });
    const session = await redis.connect(next as typeof admin & typeof redis.admin);
    await rotator.revoke(stepOf(single(), { current: next, ...by }), current);
    await expect(session.sendCommand(['GET', 'orders:1'])).rejects.toThrow();
    expect(await worksFor(next)).toBe(true);
    for (let again = 0; again < 2; again++) {
      await rotator.revoke(stepOf(single(), { current: next, ...by }), next);
      expect(await rotator.isRefused(stepOf(single()), next)).toBe(true);
    }
  });

  it.each([
    ['aclfile' as const, [...RIGHTS, '+acl|save']],
    ['configuration' as const, [...RIGHTS, '+config|rewrite']],
  ])('need no more rights of an administrator than are named (%s)', async (keeps, rights) => {
    const server = await Redis.start(keeps);
    const clerk = { username: 'clerk', password: draw() };
    await server.ask('ACL', 'SETUSER', 'clerk', 'on', `#${sha256(clerk.password)}`, ...rights);
    await server.ask('ACL', 'SETUSER', a, 'on', ...RULES);
    const config = alternating({ port: server.port }, 'lock');
    const first = await rotateTwiceEach(rotator, config, { admin: clerk });
    const next = await rotateTwiceEach(rotator, config, { current: first, admin: clerk });
    const values = { current: next, previous: first, admin: clerk };
    expect(await rotator.inspect?.(stepOf(config, values))).toContain('on');
    await rotator.undo?.(stepOf(config, values), made(values, config));
    await rotator.revoke(stepOf(config, values), next);
    expect(await worksFor(next, server)).toBe(false);
    await server.close();
  });

  it('take turns with the same rules, and later changes follow', async () => {
    const inspect = (value: SecretValue) =>
      rotator.inspect?.(stepOf(alternating(), { admin, current: value }));
    const before = await inspect(current);
    expect(before).toEqual([
      '&news',
      '(~stock:* resetchannels -@all +@write)',
      'commands -@all +@read -keys +set',
      'on',
      'resetchannels',
      '~orders:*',
    ]);
    const next = await rotateTwiceEach(rotator, alternating(), { current, admin });
    expect(next.username).toBe(b);
    expect(await inspect(next)).toEqual(before);
    expect([await worksFor(current), await worksFor(next)]).toEqual([true, true]);

    await redis.ask('ACL', 'SETUSER', b, '-set', '~prices:*', 'clearselectors');
    const changed = await inspect(next);
    expect(changed).not.toEqual(before);
    const values = { current: next, previous: current, admin };
    const third = await rotateTwiceEach(rotator, alternating(), values);
    expect([third.username, await inspect(third)]).toEqual([a, changed]);
    expect([await worksFor(current), await worksFor(third)]).toEqual([false, true]);
  });

  it('are locked in turn where the plan says so, when nobody uses the one before', async () => {
    const config = alternating({}, 'lock');
    const session = await redis.connect(current as typeof redis.admin);
    const next = made({ current, admin }, config);
    await rotator.set(stepOf(config, { current, admin }), next);
    const finish = async () =>
      rotator.finish?.(stepOf(config, { previous: current, current: next, admin }));
    expect(await failureOf(finish())).toMatch(/^unreachable: 1 sessions of orders-/);
    session.destroy();
    await expect.poll(() => failureOf(finish())).toBe('nothing failed');
    expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
    const values = { current: next, previous: current, admin };
    expect(await worksFor(await rotateTwiceEach(rotator, config, values))).toBe(true);
  });

  it.each([
    ['single', () => single(both())],
    ['alternating', () => alternating(both())],
  ])('(%s) are set at every server', async (_, config) => {
    const next = await rotateTwiceEach(rotator, config(), { current, admin });
    expect([await worksFor(next), await worksFor(next, second)]).toEqual([true, true]);
    await rotator.revoke(stepOf(config(), { current: next, admin }), next);
    expect([await worksFor(next), await worksFor(next, second)]).toEqual([false, false]);
  });

  it('are taken up where one server was set and another was down', async () => {
    const config = () => single(both());
    const pending = made({ current, admin }, config());
    await second.stop();
    const set = () => failureOf(rotator.set(stepOf(config(), { current, admin }), pending));
    expect(await set()).toMatch(/^unreachable: .*nothing listens there$/);
    expect(await worksFor(pending)).toBe(false); // nothing is changed where not all can be
    await rotator.set(stepOf(single(), { current, admin }), pending);
    await second.restart();
    expect(await rotator.isRefused(stepOf(config()), pending)).toBe(false);
    expect(await set()).toBe('nothing failed');
    expect([await worksFor(pending), await worksFor(pending, second)]).toEqual([true, true]);
    await rotator.undo?.(stepOf(config(), { current, admin }), pending);
    expect(await rotator.isRefused(stepOf(config()), pending)).toBe(true);
  });

  it('lose a value at every server that answers, though one is down or lost the current one', async () => {
    const config = single(both());
    const next = await rotateTwiceEach(rotator, single(), { current, admin });
    const values = { current: next, previous: current, admin };
    await redis.ask('ACL', 'SETUSER', a, `#${sha256(current.password ?? '')}`);
    await second.stop();
    const revoke = () => failureOf(rotator.revoke(stepOf(config, values), current));
    expect(await revoke()).toMatch(/^unreachable: /);
    expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
    await second.restart();
    expect(await worksFor(current, second)).toBe(true);
    expect(await failureOf(rotator.set(stepOf(config, values), made(values, config)))).toMatch(
      new RegExp(`^changed: 127.0.0.1:${second.port} refuses the current value`),
    );
    expect(await revoke()).toBe('nothing failed');
    expect(await rotator.isRefused(stepOf(config), current)).toBe(true);
  });

  it.each([
    ['single', single],
    ['alternating', alternating],
  ])('(%s) are taken up by another process after a kill at any answer', async (_, plan) => {
    let isCut = true;
    let pieces = 0;
    for (; isCut; pieces++) {
      const way = await cutAfter(pieces, redis.port);
      const config = plan({ port: way.port });
      const values = { current: { ...current, port: String(way.port) }, admin };
      const pending = made(values, config);
      const failure = await failureOf(rotator.set(stepOf(config, values), pending));
      isCut = way.isCut();
      if (isCut) expect(failure).toMatch(/^unreachable: /);
      await way.close();

      expect(await worksFor(current)).toBe(true);
      const direct = { ...pending, port: String(redis.port) };
      await rotator.set(stepOf(plan(), { current, admin }), direct);
      await rotator.test(stepOf(plan(), { current, admin }), direct);
      await redis.restart();
      expect(await worksFor(direct)).toBe(true); // saved, though it was set before the kill
      await rotator.undo?.(stepOf(plan(), { current, admin }), direct);
    }
    expect(pieces).toBeGreaterThan(8);
  });

  it.each([
    ['single', () => single(both())],
    ['alternating', () => alternating({}, 'lock')],
  ])('(%s) serve a consumer wherever Reeve is killed', async (_, config) => {
    await walkKills({
      minutes: 90,
      open: async () => {
        for (const server of [redis, second]) {
          for (const user of [a, b]) await server.ask('ACL', 'DELUSER', user);
          await server.ask('ACL', 'SETUSER', a, 'on', ...RULES);
        }
        const plan = config();
        const works = async (value: SecretValue) =>
          (await worksFor(value)) && (plan.nodes.length === 0 || (await worksFor(value, second)));
        return lookedAt(administered(rotator, admin), plan, works);
      },
    });
  });

  describe('survive a restart', () => {
    it.each<[Keeps, readonly string[]]>([
      ['aclfile', []],
      ['configuration', []],
      ['configuration', ['requirepass first']],
    ])('with a server that keeps them in its %s %s', async (keeps, lines) => {
      const server = await Redis.start(keeps, lines);
      const config = single({ port: server.port }, lines.length > 0 ? 'default' : a);
      await server.ask('ACL', 'SETUSER', a, 'on', ...RULES);
      const own = { ...server.admin };
      passwords.add(own.password);
      const first = await rotateTwiceEach(rotator, config, { admin: own });
      const next = await rotateTwiceEach(rotator, config, { current: first, admin: own });
      await server.restart();
      expect([await worksFor(first, server), await worksFor(next, server)]).toEqual([false, true]);
      await server.close();
    });

    it('or it is told beforehand that they would not, save where memory is enough', async () => {
      const server = await Redis.start('nothing');
      await server.ask('ACL', 'SETUSER', a, 'on', ...RULES);
      const own = { ...server.admin };
      const fails = (more: object) =>
        failureOf(rotateTwiceEach(rotator, single({ port: server.port, ...more }), { admin: own }));
      expect(await fails({})).toMatch(
        /^invalid: .* keeps users in memory only: it has no `aclfile`/,
      );
      expect(await hashesOf(a, server)).toEqual([]);
      expect(await fails({ persistence: 'memory' })).toBe('nothing failed');
      await server.close();
    });

    it('or it is told that the server cannot write them, and done once it can', async () => {
      const server = await Redis.start('aclfile');
      await server.ask('ACL', 'SETUSER', a, 'on', ...RULES);
      const config = single({ port: server.port });
      const own = { ...server.admin };
      const pending = made({ admin: own }, config);
      const set = () => failureOf(rotator.set(stepOf(config, { admin: own }), pending));
      const restore = server.blockUsers();
      expect(await set()).toMatch(/^denied: .*could not write them \(ACL SAVE\): a restart would/);
      restore();
      expect(await set()).toBe('nothing failed');
      await server.restart();
      expect(await worksFor(pending, server)).toBe(true);
      await server.close();
    });
  });

  it('that were brought back from a backup are told, and nothing is changed', async () => {
    const backup = `${redis.users}.old`;
    copyFileSync(redis.users, backup);
    const next = await rotateTwiceEach(rotator, single(), { current, admin });
    copyFileSync(backup, redis.users);
    await redis.ask('ACL', 'LOAD');
    const after = { current: next, previous: current, admin };
    const pending = made(after);
    const told = /^changed: .*(was brought back from a backup)/;
    expect(await failureOf(rotator.set(stepOf(single(), after), pending))).toMatch(told);
    expect(await failureOf(Promise.resolve(rotator.finish?.(stepOf(single(), after))))).toMatch(
      told,
    );
    expect(await worksFor(current)).toBe(true);
    expect(await hashesOf(a)).toHaveLength(1);
  });

  describe('at a server that is not as it should be, are told of', () => {
    const setBy = (values: Values, config = single()) =>
      failureOf(rotator.set(stepOf(config, { current, ...values }), made({ current }, config)));

    const rows: readonly [string, () => Promise<string>, RegExp][] = [
      [
        'one that is down',
        () => failureOf(rotator.isRefused(stepOf(single({ port: 1 })), current)),
        /^unreachable: 127.0.0.1:1: nothing listens there$/,
      ],
      [
        'an administrator who is refused',
        () => setBy({ admin: { ...admin, password: draw() } }),
        /^denied: .*looking at the server: it refuses the password, or the user \(WRONGPASS\)$/,
      ],
      [
        'an administrator who may not do it',
        async () => {
          const password = draw();
          await redis.ask('ACL', 'SETUSER', 'clerk', 'on', `#${sha256(password)}`, '+@read');
          return setBy({ admin: { username: 'clerk', password } });
        },
        /^denied: .*the administrator may not do this \(NOPERM\)$/,
      ],
      [
        'a user that is gone',
        async () => {
          await redis.ask('ACL', 'DELUSER', a);
          return setBy({ admin });
        },
        /^changed: .*refuses the current value/,
      ],
      [
        'a user of a first value that is not there',
        () => {
          const config = single({}, 'nobody');
          return failureOf(rotator.set(stepOf(config, { admin }), made({ admin }, config)));
        },
        /^changed: .*has no user nobody$/,
      ],
      [
        'a user that any password lets in',
        async () => {
          await redis.ask('ACL', 'SETUSER', a, 'nopass');
          return setBy({ admin });
        },
        /^invalid: .*lets orders-\d+ in with any password \(nopass\)/,
      ],
      [
        'a default user as it is at first',
        () => {
          const config = single({}, 'default');
          return failureOf(rotator.set(stepOf(config, { admin }), made({ admin }, config)));
        },
        /^invalid: .*lets default in with any password \(nopass\)/,
      ],
      [
        'a user that was turned off by hand',
        async () => {
          await redis.ask('ACL', 'SETUSER', a, 'off');
          return setBy({ admin });
        },
        /^changed: .*the user was changed by hand$/,
      ],
      [
        'another server than that of the current value',
        () => setBy({ admin, current: { ...current, host: 'redis.example' } }),
        /^changed: The current value is not of this plan: it is for redis.example:/,
      ],
      [
        'a pending value of another plan',
        () =>
          failureOf(
            rotator.set(stepOf(single(), { current, admin }), { ...made({}), username: 'other' }),
          ),
        /^refused: The pending value is of another plan: it is of other/,
      ],
      [
        'several servers without an administrator',
        () => setBy({}, single(both())),
        /^invalid: Several servers need an administrator/,
      ],
      [
        'a pending value that was not set',
        () => failureOf(rotator.test(stepOf(single(), { current, admin }), made({ current }))),
        /^refused: .* refuses the pending value of orders-/,
      ],
      [
        'one without TLS that is to prove itself, and waits for the end of a line',
        () => setBy({ admin }, single({ tls: 'verified', connectSeconds: 1 })),
        /^unreachable: .*no answer in time, or the connection failed$/,
      ],
    ];
    it.each(rows)('%s', async (_, fail, told) => {
      expect(await fail()).toMatch(told);
    });

    it('its silence, which does not hold up a step that is to end', async () => {
      redis.pause(true);
      const asked = (signal: AbortSignal, more: object) =>
        failureOf(rotator.isRefused(stepOf(single(more), { signal }), current));
      const { signal } = new AbortController();
      const told = await Promise.all([
        asked(AbortSignal.timeout(50), { connectSeconds: 60, requestSeconds: 60 }),
        asked(signal, { requestSeconds: 1 }),
      ]).finally(() => redis.pause(false));
      for (const one of told) expect(one).toMatch(/^unreachable: /);
    });
  });

  describe('with replicas', () => {
    it('are set at each, and one that the plan lacks is told', async () => {
      const replica = await Redis.start('aclfile', [`replicaof 127.0.0.1 ${second.port}`]);
      await replica.ask('ACL', 'SETUSER', 'keeper', `#${sha256(admin.password ?? '')}`);
      await replica.ask('ACL', 'SETUSER', a, 'on', `#${sha256(current.password ?? '')}`, ...RULES);
      const up = async () => String(await second.ask('INFO', 'replication'));
      await expect.poll(up, { timeout: 20_000 }).toContain('connected_slaves:1');
      const at: SecretValue = { ...current, port: String(second.port) };
      const plan = (more: object, user = a) => single({ port: second.port, ...more }, user);
      const set = (config: RedisRotation, value = at) =>
        failureOf(
          rotator.set(stepOf(config, { current: value, admin }), made({ current: value }, config)),
        );
      expect(await set(plan({}))).toMatch(
        /^invalid: There are 1 replicas or nodes that the plan does/,
      );
      expect(await set(plan({ otherNodes: 'leave' }))).toBe('nothing failed');
      const nodes = [place(second), place(replica)];
      const next = await rotateTwiceEach(rotator, plan({ nodes }), { current: at, admin });
      expect([await worksFor(next, second), await worksFor(next, replica)]).toEqual([true, true]);

      await replica.ask('CONFIG', 'SET', 'masteruser', a);
      expect(await set(plan({ nodes }), next)).toMatch(
        /^invalid: .* is a replica that logs in to its master as orders-/,
      );
      await replica.close();
    });

    it('and nodes of a cluster', async () => {
      // theirs is 10,000 above the other by itself, which may be somebody's
      const start = (busPort: number) =>
        Redis.start('aclfile', ['cluster-enabled yes', `cluster-port ${busPort}`]);
      const busPort = await freePort();
      const [one, two] = [await start(await freePort()), await start(busPort)];
      const nodes = [one, two];
      await one.ask('CLUSTER', 'MEET', '127.0.0.1', String(two.port), String(busPort));
      const known = async () => String(await one.ask('CLUSTER', 'INFO'));
      await expect.poll(known, { timeout: 20_000 }).toContain('cluster_known_nodes:2');
      for (const node of nodes) {
        await node.ask('ACL', 'SETUSER', 'keeper', `#${sha256(admin.password ?? '')}`);
        await node.ask('ACL', 'SETUSER', a, 'on', ...RULES);
      }
      const rotate = (more: object) => {
        const config = single({ port: one.port, ...more });
        return failureOf(rotateTwiceEach(rotator, config, { admin }));
      };
      expect(await rotate({})).toMatch(/^invalid: There are 1 replicas or nodes/);
      expect(await rotate({ nodes: nodes.map(place) })).toBe('nothing failed');
      for (const node of nodes) await node.close();
    });
  });

  it('are set at a server that has to prove itself', async () => {
    const { cert: certificate, key } = await selfSigned('redis.example');
    const folder = mkdtempSync(join(tmpdir(), 'reeve-redis-tls-'));
    const [caFile, keyFile] = [join(folder, 'ca.pem'), join(folder, 'key.pem')];
    writeFileSync(caFile, certificate);
    writeFileSync(keyFile, key, { mode: 0o600 });
    const port = await freePort();
    const files = [`tls-cert-file ${caFile}`, `tls-key-file ${keyFile}`, 'tls-auth-clients no'];
    const server = await Redis.start('aclfile', [`tls-port ${port}`, ...files]);
    await server.ask('ACL', 'SETUSER', a, 'on', ...RULES);
    const own = { ...server.admin };
    const rotate = (more: object) =>
      failureOf(rotateTwiceEach(rotator, single({ port, ...more }), { admin: own }));
    expect(await rotate({ caFile, serverName: 'redis.example' })).toBe('nothing failed');
    expect(await rotate({ tls: 'unverified' })).toBe('nothing failed');
    expect(await rotate({ tls: 'verified' })).toMatch(/^changed: .*does not prove that it is/);
    expect(await rotate({ caFile })).toMatch(/^changed: .*ERR_TLS_CERT_ALTNAME_INVALID$/);
    expect(await rotate({ tls: 'off' })).toMatch(/^unreachable: /);
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('leave no password in what the server shows and writes', async () => {
    const slow = JSON.stringify(await redis.ask('SLOWLOG', 'GET', '10000'));
    const seen = {
      monitor: monitored.text(),
      slow,
      log: redis.log(),
      users: readFileSync(redis.users, 'utf8'),
    };
    expect(seen.slow).toContain('SETUSER');
    expect(passwords.size).toBeGreaterThan(30);
    for (const [what, text] of Object.entries(seen)) {
      const found = [...passwords].filter((one) => text.includes(one));
      expect(found, what).toEqual([]);
    }
  });
});
