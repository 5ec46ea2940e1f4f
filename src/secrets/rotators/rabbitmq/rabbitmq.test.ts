import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRefusal } from './amqp.ts';
import { managementOf, RabbitmqRotation } from './config.ts';
import { ApiError } from './faults.ts';
import { hashPassword } from './hashes.ts';
import { countSessionsOf, endSessionsOf } from './management.ts';
import { difference, type Right, readLimits, readRights, readTags } from './rights.ts';

describe('a hash', () => {
  it('is that of the documentation: salt, and SHA-256 of salt and password', () => {
    // the example of “Passwords”, as the page has it
    const made = hashPassword('test12', Buffer.from('908DC60A', 'hex'), undefined);
    expect(made).toEqual({
      password_hash: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
      hashing_algorithm: 'rabbit_password_hashing_sha256',
    });
  });

  it.each([
    ['rabbit_password_hashing_sha512', 'rabbit_password_hashing_sha512', 'sha512'],
    ['rabbit_password_hashing_md5', 'rabbit_password_hashing_sha256', 'sha256'],
    ['constructor', 'rabbit_password_hashing_sha256', 'sha256'],
  ])('of a user with %s is by %s', (was, algorithm, digest) => {
    const [salt, password] = [randomBytes(4), randomBytes(9).toString('hex')];
    const made = hashPassword(password, salt, was);
    expect(made.hashing_algorithm).toBe(algorithm);
    const whole = createHash(digest).update(salt).update(password).digest();
    expect(made.password_hash).toBe(Buffer.concat([salt, whole]).toString('base64'));
  });
});

describe('rights', () => {
  const one = fc.record({
    vhost: fc.constantFrom('/', 'a'),
    exchange: fc.constantFrom(undefined, 'x', 'y'),
    configure: fc.constantFrom(undefined, ''),
    write: fc.constantFrom('', '.*'),
    read: fc.constant(''),
  });
  const keyOf = ({ vhost, exchange }: Pick<Right, 'vhost' | 'exchange'>) => `${vhost} ${exchange}`;
  const some = fc.uniqueArray(one, { selector: keyOf });

  it('are equal after what differs was changed, as the API changes it', () => {
    fc.assert(
      fc.property(some, some, (wanted, had) => {
        const rights = new Map<string, Right>(had.map((right) => [keyOf(right), right]));
        const { gone, set } = difference(wanted, had);
        for (const right of gone) {
          for (const [key, { vhost, exchange }] of rights) {
            const isAlike = (exchange === undefined) === (right.exchange === undefined);
            if (vhost === right.vhost && isAlike) rights.delete(key);
          }
        }
        for (const right of set) rights.set(keyOf(right), right);
        const sorted = (list: Iterable<Right>) =>
          [...list].map((right) => JSON.stringify(right)).sort();
        expect(sorted(rights.values())).toEqual(sorted(wanted));
      }),
    );
  });

  it('that are equal change nothing', () => {
    fc.assert(
      fc.property(some, (rights) => {
        expect(difference(rights, rights)).toEqual({ gone: [], set: [] });
      }),
    );
  });

  it('are read from any answer', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (answer) => {
        expect(readRights(answer)).toBeInstanceOf(Array);
        expect(readTags(answer)).toBeInstanceOf(Array);
        expect(readLimits(answer)).toBeInstanceOf(Map);
      }),
    );
  });

  it.each([
    [{ tags: 'monitoring, custom' }, ['monitoring', 'custom']],
    [{ tags: ['monitoring', 'custom'] }, ['monitoring', 'custom']],
    [{ tags: '' }, []],
    [{}, []],
  ])('and tags in either form: %j', (answer, tags) => {
    expect(readTags(answer)).toEqual(tags);
  });
});

describe('what the driver says of a login', () => {
  it.each([
    ['Handshake terminated by server: 403 (ACCESS-REFUSED) with message "…"', 'refused'],
    ['Expected ConnectionOpenOk; got <ConnectionClose channel:0>', 'elsewhere'],
    ['Handshake terminated by server: 541 (INTERNAL-ERROR)', undefined],
    ['Socket closed abruptly during opening handshake', undefined],
    ['', undefined],
  ])('%j', (message, door) => {
    expect(readRefusal(new Error(message))).toBe(door);
  });
});

describe('ending sessions', () => {
  const answering = (status: number) => async () => {
    throw new ApiError(status, undefined);
  };

  it('goes on where one of them ends by itself meanwhile, which the broker calls a fault', async () => {
    await expect(endSessionsOf(answering(500), 'orders')).resolves.toBeUndefined();
  });

  it('says where it is refused', async () => {
    await expect(endSessionsOf(answering(403), 'orders')).rejects.toThrow(ApiError);
  });
});

describe('counting sessions', () => {
  /** A broker that lists these sessions at each look, and tells of these by name. */
  const count = (lists: readonly (readonly string[])[], told: readonly string[] = []) => {
    let looks = 0;
    return countSessionsOf(
      async (_, path) => {
        if (path[1] !== 'username') return told.includes(path[1] ?? '') ? {} : undefined;
        return (lists[looks++] ?? lists.at(-1))?.map((name) => ({ name }));
      },
      'orders',
      { signal: AbortSignal.timeout(60_000), looks: [0, 0, 0] },
    );
  };

  it.each<[string, string[][], string[], number]>([
    ['nobody', [[]], [], 0],
    ['those that the broker tells of', [['a', 'b']], ['b'], 2],
    ['one that is too new to be told of', [['a'], ['b']], [], 1],
    ['none of which the end overtook the beginning', [['a', 'b']], [], 0],
    ['none that ends meanwhile', [['a'], []], [], 0],
    ['what begins beside one that has ended', [['a'], ['a'], ['a', 'b']], [], 2],
  ])('finds %s', async (_, lists, told, sessions) => {
    expect(await count(lists, told)).toBe(sessions);
  });

  it('ends where its step does', async () => {
    const counting = countSessionsOf(
      async (_, path) => (path[1] === 'username' ? [{ name: 'a' }] : undefined),
      'orders',
      { signal: AbortSignal.abort() },
    );
    await expect(counting).rejects.toThrow('aborted');
  });
});

describe('the configuration', () => {
  const read = (more: object) =>
    RabbitmqRotation.parse({
      ...{ host: 'mq.example', accounts: { strategy: 'single', user: 'a' } },
      ...more,
    });

  it.each([
    [{}, { host: 'mq.example', port: 15_671 }],
    [
      { tls: 'off', management: { port: 1 } },
      { host: 'mq.example', port: 1, tls: 'off' },
    ],
    [
      { tls: 'off', caFile: 'a', management: { host: 'api.example', tls: 'verified' } },
      { host: 'api.example', port: 15_671, tls: 'verified' },
    ],
  ])('of the HTTP API is that of AMQP where nothing is said: %j', (more, wanted) => {
    expect(managementOf(read(more))).toEqual(wanted);
  });

  it.each([
    ['no virtual host', { vhosts: [] }],
    ['a user with a colon', { accounts: { strategy: 'single', user: 'a:b' } }],
    ['a port that is none', { management: { port: 0 } }],
  ])('refuses %s', (_, more) => {
    expect(() => read(more)).toThrow();
  });
});
