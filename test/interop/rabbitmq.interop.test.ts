import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SecretValue } from '../../src/secrets/model/index.ts';
import { walkKills } from '../../src/secrets/rotation/testing/walk.ts';
import { hashPassword } from '../../src/secrets/rotators/rabbitmq/hashes.ts';
import {
  RabbitmqRotation,
  rabbitmqRotator as rotator,
} from '../../src/secrets/rotators/rabbitmq/index.ts';
import { cutAfter } from '../../src/secrets/rotators/testing/cut.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../../src/secrets/rotators/testing/step.ts';
import { debianRabbitmq, Rabbitmq } from './support/rabbitmq.ts';
import { administered, lookedAt } from './support/rotated.ts';
import { isMissing } from './support/tools.ts';

type Values = Parameters<typeof stepOf>[1];
const peer = debianRabbitmq();

describe.skipIf(isMissing('RabbitMQ', peer))('users of RabbitMQ', () => {
  let rabbitmq: Rabbitmq;
  let tls: Awaited<ReturnType<typeof Rabbitmq.certify>>;
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
  const at = (...parts: string[]) => `/${parts.map(encodeURIComponent).join('/')}`;
  const base = () => ({
    ...{ host: '127.0.0.1', port: rabbitmq.port, connectSeconds: 5, vhosts: ['/', 'shop/1'] },
    management: { port: rabbitmq.managementPort },
  });
  const single = (more: object = {}, user = a) =>
    RabbitmqRotation.parse({ ...base(), accounts: { strategy: 'single', user }, ...more });
  const alternating = (more: object = {}, previous = 'keep') => {
    const accounts = { strategy: 'alternating', users: [a, b], previous };
    return RabbitmqRotation.parse({ ...base(), accounts, ...more });
  };
  const made = (values: Values, config = single()) => {
    const pending = rotator.make(stepOf(config, values));
    passwords.add(pending.password ?? '');
    return pending;
  };
  const give = (user: string, password: string | undefined, tags = '') => {
    const hash = hashPassword(password ?? '', randomBytes(4), undefined);
    return rabbitmq.call('PUT', at('users', user), {
      ...(password === undefined ? { password_hash: '' } : hash),
      tags,
    });
  };
  const permit = (user: string, vhost: string, configure = '') =>
    rabbitmq.call('PUT', at('permissions', vhost, user), { configure, write: '.*', read: '.*' });

  beforeAll(async () => {
    tls = await Rabbitmq.certify('mq.example');
    rabbitmq = await Rabbitmq.start(tls.lines);
    admin = { ...rabbitmq.admin };
    passwords.add(rabbitmq.admin.password);
    await rabbitmq.call('PUT', at('vhosts', 'shop/1'));
  });
  afterAll(async () => {
    await rabbitmq?.close();
    tls?.forget();
  });

  beforeEach(async () => {
    [a, b] = [`orders ä ${++round}`, `orders-b-${round}`];
    current = {
      ...{ username: a, password: draw(), host: '127.0.0.1', port: String(rabbitmq.port) },
      vhost: '/',
    };
    await give(a, current.password, 'monitoring');
    for (const vhost of ['/', 'shop/1']) await permit(a, vhost);
  });

  const sessionOf = (value: SecretValue, vhost = '/') =>
    rabbitmq.connect(value.username, value.password, vhost);
  async function worksFor(value: SecretValue, vhost = 'shop/1'): Promise<boolean> {
    try {
      await (await sessionOf(value, vhost)).close();
      return true;
    } catch {
      return false;
    }
  }

  it('that are one have the new password at once, each step twice', async () => {
    const next = await rotateTwiceEach(rotator, single(), { current, admin });
    expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
    expect(await rotator.isRefused(stepOf(single(), { admin }), current)).toBe(true);
    expect(await rotator.isRefused(stepOf(single(), { admin }), next)).toBe(false);
    const session = await sessionOf(next);
    session.on('error', () => {});
    const closed = once(session, 'close');
    await rotator.revoke(stepOf(single(), { current: next, admin }), current);
    await closed;
    expect(await worksFor(next)).toBe(true);
    expect(await rabbitmq.call('GET', at('users', a))).toMatchObject({ tags: ['monitoring'] });
  });

  it('get a first value, though they had no password', async () => {
    await give(a, undefined);
    expect(await worksFor(await rotateTwiceEach(rotator, single(), { admin }))).toBe(true);
  });

  it('keep the algorithm of their hash', async () => {
    const algorithm = 'rabbit_password_hashing_sha512';
    const hash = hashPassword(current.password ?? '', randomBytes(4), algorithm);
    await rabbitmq.call('PUT', at('users', a), { ...hash, tags: '' });
    const next = await rotateTwiceEach(rotator, single(), { current, admin });
    expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
    expect(await rabbitmq.call('GET', at('users', a))).toMatchObject({
      hashing_algorithm: algorithm,
    });
  });

  it('that consume the HTTP API are tried there', async () => {
    const config = single({ consumers: 'management' });
    const next = await rotateTwiceEach(rotator, config, { current, admin });
    expect(await rotator.isRefused(stepOf(config, { admin }), current)).toBe(true);
    await give(a, next.password, '');
    expect(await rotator.isRefused(stepOf(config, { admin }), next)).toBe(false);
    expect(await failureOf(rotator.test(stepOf(config, { admin }), next))).toMatch(
      /^denied: .*takes the value of .*, who may not use the HTTP API$/,
    );
  });

  it('get their current value back after a pending one', async () => {
    const pending = made({ current, admin });
    for (const step of ['undo', 'set', 'undo', 'undo'] as const) {
      await rotator[step]?.(stepOf(single(), { current, admin }), pending);
    }
    expect([await worksFor(current), await worksFor(pending)]).toEqual([true, false]);
  });

  it('have no password, and no sessions, when their value is revoked', async () => {
    const sessions = await Promise.all([sessionOf(current), sessionOf(current, 'shop/1')]);
    const closed = sessions.map((session) =>
      once(
        session.on('error', () => {}),
        'close',
      ),
    );
    for (let again = 0; again < 2; again++) {
      await rotator.revoke(stepOf(single(), { current, admin }), current);
      expect(await rotator.isRefused(stepOf(single(), { admin }), current)).toBe(true);
    }
    await Promise.all(closed);
    expect(await rotator.inspect?.(stepOf(single(), { current, admin }))).toContain('no password');
  });

  it('take turns with the same rights, and later changes follow', async () => {
    const topic = (user: string, exchange: string, write: string) =>
      rabbitmq.call('PUT', at('topic-permissions', '/', user), { exchange, write, read: '^a' });
    await permit(a, '/', '^orders');
    await topic(a, 'amq.topic', '^w');
    await topic(a, 'other.topic', '^o');
    await rabbitmq.call('PUT', at('user-limits', a, 'max-connections'), { value: 7 });
    const inspect = (value: SecretValue) =>
      rotator.inspect?.(stepOf(alternating(), { admin, current: value }));
    const before = await inspect(current);
    expect(before).toEqual([
      'by topic in / at amq.topic: write "^w" read "^a"',
      'by topic in / at other.topic: write "^o" read "^a"',
      'in /: configure "^orders" write ".*" read ".*"',
      'in shop/1: configure "" write ".*" read ".*"',
      'max-connections 7',
      'tag monitoring',
    ]);
    const next = await rotateTwiceEach(rotator, alternating(), { current, admin });
    expect(next.username).toBe(b);
    expect(await inspect(next)).toEqual(before);
    expect([await worksFor(current), await worksFor(next)]).toEqual([true, true]);

    await permit(b, '/', '^later');
    await rabbitmq.call('DELETE', at('topic-permissions', '/', b));
    await topic(b, 'amq.topic', '^w');
    await rabbitmq.call('DELETE', at('user-limits', b, 'max-connections'));
    await rabbitmq.call('PUT', at('user-limits', b, 'max-channels'), { value: 9 });
    await give(b, next.password, 'policymaker');
    const changed = await inspect(next);
    expect(changed).toContain('by topic in / at amq.topic: write "^w" read "^a"');
    const values = { current: next, previous: current, admin };
    const third = await rotateTwiceEach(rotator, alternating(), values);
    expect([third.username, await inspect(third)]).toEqual([a, changed]);
    expect([await worksFor(current), await worksFor(third)]).toEqual([false, true]);
  });

  it('lose their password in turn where the plan says so, when nobody uses the one before', async () => {
    const config = alternating({}, 'lock');
    const session = await sessionOf(current);
    const next = made({ current, admin }, config);
    await rotator.set(stepOf(config, { current, admin }), next);
    const finish = async () =>
      rotator.finish?.(stepOf(config, { previous: current, current: next, admin }));
    expect(await failureOf(finish())).toMatch(/^unreachable: 1 sessions of orders/);
    await session.close();
    await expect.poll(() => failureOf(finish())).toBe('nothing failed');
    expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
    const values = { current: next, previous: current, admin };
    expect(await worksFor(await rotateTwiceEach(rotator, config, values))).toBe(true);
  });

  it('lose their password though the broker goes on to list a session that has ended', async () => {
    const config = alternating({}, 'lock');
    const next = made({ current, admin }, config);
    await rotator.set(stepOf(config, { current, admin }), next);
    // as where the note of its end overtook the one of its beginning
    rabbitmq.eval(`rabbit_connection_tracking:handle_cast({connection_created, [
      {node, node()}, {name, <<"127.0.0.1:1 -> 127.0.0.1:2">>}, {user, <<"${a}">>}, {vhost, <<"/">>},
      {pid, self()}, {protocol, {0, 9, 1}}, {type, network}, {peer_host, {127, 0, 0, 1}},
      {peer_port, 1}, {connected_at, 0}]}).`);
    expect(await rabbitmq.call('GET', at('connections', 'username', a))).toHaveLength(1);
    const values = { previous: current, current: next, admin };
    expect(await failureOf(Promise.resolve(rotator.finish?.(stepOf(config, values))))).toBe(
      'nothing failed',
    );
    expect([await worksFor(current), await worksFor(next)]).toEqual([false, true]);
  });

  it.each([
    ['single', single, ['port']],
    ['alternating', alternating, ['management']],
    ['single', single, ['management']],
  ])(
    '(%s) are taken up by another process after a kill at any answer (%#)',
    async (_, plan, cuts) => {
      let isCut = true;
      let pieces = 0;
      for (; isCut; pieces++) {
        const isApi = cuts.includes('management');
        const way = await cutAfter(pieces, isApi ? rabbitmq.managementPort : rabbitmq.port);
        const config = plan(isApi ? { management: { port: way.port } } : { port: way.port });
        const port = String(config.port);
        const values = { current: { ...current, port }, admin };
        const pending = made(values, config);
        const failure = await failureOf(rotator.set(stepOf(config, values), pending));
        isCut = way.isCut();
        // whatever is cut off while it logs out has been done
        if (isCut) expect(failure).toMatch(isApi ? /^unreachable: / : /^(unreachable: |nothing)/);
        await way.close();

        const direct = { ...pending, port: String(rabbitmq.port) };
        const works = [await worksFor(current), await worksFor(direct)];
        expect(works).toContain(true);
        if (plan === alternating) expect(works[0]).toBe(true);
        await rotator.set(stepOf(plan(), { current, admin }), direct);
        await rotator.test(stepOf(plan(), { current, admin }), direct);
        if (plan === single) current = direct;
        else await rabbitmq.call('DELETE', at('users', b));
      }
      expect(pieces).toBeGreaterThan(2);
    },
  );

  it.each([
    ['one' as const, () => single({ vhosts: ['/'] })],
    ['several' as const, () => alternating({ vhosts: ['/'] }, 'lock')],
  ])('serve a consumer wherever Reeve is killed (%s at once)', async (holds, config) => {
    await walkKills({
      ...{ holds, minutes: 90 },
      open: async () => {
        await rabbitmq.call('DELETE', at('users', b)).catch(() => {});
        await give(a, undefined);
        return lookedAt(administered(rotator, admin), config(), (value) => worksFor(value, '/'));
      },
    });
  });

  it('that were brought back from a backup are told, and nothing is changed', async () => {
    const backup = (await rabbitmq.call('GET', '/definitions')) as object;
    const next = await rotateTwiceEach(rotator, single(), { current, admin });
    await rabbitmq.call('POST', '/definitions', backup);
    const pending = made({ current: next, admin });
    const values = { current: next, previous: current, admin };
    expect(await failureOf(rotator.set(stepOf(single(), values), pending))).toMatch(
      /^changed: .*refuses the current value of orders/,
    );
    expect([await worksFor(current), await worksFor(pending)]).toEqual([true, false]);
  });

  describe('are told of', () => {
    const setBy = (values: Values, config = single()) =>
      failureOf(
        rotator.set(stepOf(config, { current, ...values }), made({ current, admin }, config)),
      );
    const clerk = async (tags: string) => {
      const [username, password] = [`clerk-${round}`, draw()];
      await give(username, password, tags);
      return { username, password };
    };

    const rows: readonly [string, () => Promise<string>, RegExp][] = [
      [
        'when the broker is down',
        () => {
          const down = { ...current, port: '1' };
          return failureOf(rotator.isRefused(stepOf(single({ port: 1 }), { admin }), down));
        },
        /^unreachable: 127.0.0.1:1: nothing listens there$/,
      ],
      [
        'when the HTTP API is down',
        () => setBy({ admin }, single({ management: { port: 1 } })),
        /^unreachable: 127.0.0.1:1: nothing listens there$/,
      ],
      [
        'when the administrator is refused',
        () => setBy({ admin: { ...admin, password: draw() } }),
        /^denied: .*changing the password of orders.*: it refuses the password, or the user$/,
      ],
      [
        'when the administrator may look only',
        async () => setBy({ admin: await clerk('monitoring') }),
        /^denied: .*: the administrator may not do this$/,
      ],
      [
        'when the administrator has no tag',
        async () => setBy({ admin: await clerk('') }),
        /^denied: .*: the administrator may not use the HTTP API$/,
      ],
      [
        'when the user is gone',
        async () => {
          await rabbitmq.call('DELETE', at('users', a));
          return setBy({ admin });
        },
        /^changed: .*refuses the current value/,
      ],
      [
        'when the user of a first value is not there',
        () => {
          const config = single({}, 'nobody here');
          return failureOf(rotator.set(stepOf(config, { admin }), made({ admin }, config)));
        },
        /^changed: .*there is no such user or virtual host \(status 404\)$/,
      ],
      [
        'when the user was locked by hand',
        async () => {
          await give(a, undefined);
          return setBy({ admin });
        },
        /^changed: .*the account was changed by hand$/,
      ],
      [
        'when the current value is of another virtual host',
        () => setBy({ admin, current: { ...current, vhost: 'shop/1' } }),
        /^changed: .*it is for the virtual host shop\/1, and the plan is for \/$/,
      ],
      [
        'when the user may not enter one of the virtual hosts',
        async () => {
          await rabbitmq.call('DELETE', at('permissions', 'shop/1', a));
          return failureOf(rotator.test(stepOf(single(), { admin }), current));
        },
        /^denied: .*who has no permissions in the virtual host shop\/1$/,
      ],
      [
        'when a limit of connections is reached, which is no refusal',
        async () => {
          const session = await sessionOf(current);
          await rabbitmq.call('PUT', at('user-limits', a, 'max-connections'), { value: 1 });
          const told = await failureOf(rotator.test(stepOf(single(), { admin }), current));
          expect(await rotator.isRefused(stepOf(single(), { admin }), current)).toBe(false);
          await session.close();
          return told;
        },
        /^unreachable: .*a limit is reached$/,
      ],
      [
        'when the pending value was not set',
        () => failureOf(rotator.test(stepOf(single(), { current, admin }), made({ current }))),
        /^refused: .* refuses the pending value of orders/,
      ],
      [
        'when alternating users have no administrator',
        () => setBy({}, alternating()),
        /^invalid: Alternating accounts need an administrator/,
      ],
      [
        'when the broker has no TLS and is to prove itself',
        () => setBy({ admin }, single({ tls: 'verified' })),
        /^invalid: .* does not offer TLS$/,
      ],
      [
        'when the HTTP API has no TLS and is to prove itself',
        () =>
          setBy(
            { admin },
            single({ management: { port: rabbitmq.managementPort, tls: 'verified' } }),
          ),
        /^invalid: .* does not offer TLS$/,
      ],
    ];
    it.each(rows)('%s', async (_, fail, told) => {
      expect(await fail()).toMatch(told);
    });

    it.each<[string, number, string, RegExp]>([
      ['is no API', 200, '<html>', /^changed: .*that is no answer of RabbitMQ/],
      ['sends us elsewhere', 307, '', /^changed: .*that is no answer of RabbitMQ/],
      ['has no such path', 404, '<html>', /^changed: .*that is no answer of RabbitMQ/],
      ['starts', 503, '{}', /^unreachable: .*\(status 503\)$/],
      ['is asked too often', 429, '{}', /^unreachable: .*too often \(status 429\)$/],
      ['is old', 405, '{}', /^invalid: .*\(status 405\)$/],
      ['says what nobody knows', 401, '{"reason":"s3cret"}', /^denied: .*\(status 401\)$/],
      ['says too much', 200, JSON.stringify(['a'.repeat(9_000_000)]), /^changed: /],
    ])('when what answers %s', async (_, status, body, told) => {
      const server = createServer((__, answer) =>
        answer.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(body),
      ).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      expect(await setBy({ admin }, single({ management: { port } }))).toMatch(told);
      server.closeAllConnections();
      server.close();
    });

    it.each([
      ['broker', (port: number) => ({ port })],
      ['HTTP API', (port: number) => ({ management: { port }, requestSeconds: 1 })],
    ])('when the %s says nothing, and do not hold up a step that is to end', async (_, more) => {
      const server = createServer(() => {}).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const config = single({ connectSeconds: 1, ...more((server.address() as AddressInfo).port) });
      const value = { ...current, port: String(config.port) };
      const asked = (signal: AbortSignal) =>
        failureOf(
          rotator.set(stepOf(config, { current: value, admin, signal }), {
            ...made({ current }, config),
          }),
        );
      const told = await Promise.all([
        asked(new AbortController().signal),
        asked(AbortSignal.timeout(50)),
        asked(AbortSignal.abort()),
      ]);
      for (const one of told) expect(one).toMatch(/^unreachable: /);
      server.closeAllConnections();
      server.close();
    });
  });

  it('are set at a broker that has to prove itself', async () => {
    const config = (more: object) =>
      single({ port: tls.port, management: { port: tls.managementPort }, ...more });
    const rotate = (more: object) => failureOf(rotateTwiceEach(rotator, config(more), { admin }));
    const { caFile } = tls;
    expect(await rotate({ caFile, serverName: 'mq.example' })).toBe('nothing failed');
    expect(await rotate({ tls: 'unverified' })).toBe('nothing failed');
    expect(await rotate({ tls: 'verified' })).toMatch(/^changed: .*does not prove that it is/);
    expect(await rotate({ caFile })).toMatch(/^changed: .*ERR_TLS_CERT_ALTNAME_INVALID$/);
    expect(await rotate({ tls: 'off' })).toMatch(/^unreachable: /);
    const plain = { port: rabbitmq.port, tls: 'off' };
    const more = { ...plain, management: { port: tls.managementPort, tls: 'verified' } };
    expect(await rotate(more)).toMatch(/^changed: .*does not prove that it is/);
  });

  it('leave no password in the log of the broker', () => {
    const text = rabbitmq.log();
    expect(text).toContain('orders-b-');
    expect(passwords.size).toBeGreaterThan(30);
    expect([...passwords].filter((one) => text.includes(one))).toEqual([]);
  });
});
