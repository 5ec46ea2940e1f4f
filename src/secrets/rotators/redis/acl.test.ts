import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSessions, hashOf, readInfo, readUser, tellUser } from './acl.ts';
import { doorsOf, nodesOf, RedisRotation } from './config.ts';

const one = 'a1'.repeat(32);
const two = 'b2'.repeat(32);

describe('a line of ACL LIST', () => {
  it.each([
    [
      `user default on nopass sanitize-payload ~* &* +@all`,
      {
        ...{ name: 'default', isOn: true, isNopass: true, hashes: [] },
        rules: ['~*', '&*', '+@all'],
      },
    ],
    [
      `user app off #${one} #${two} ~x* resetchannels -@all +get (~y resetchannels -@all +acl|whoami +set) (%R~z +get)`,
      {
        ...{ name: 'app', isOn: false, isNopass: false, hashes: [one, two] },
        rules: [
          ...['~x*', 'resetchannels', '-@all', '+get'],
          ...['(~y resetchannels -@all +acl|whoami +set)', '(%R~z +get)'],
        ],
      },
    ],
    ['user', undefined],
    ['', undefined],
    ['ERR no', undefined],
  ])('%s', (line, user) => {
    expect(readUser(line)).toEqual(user);
  });

  it('is read whatever it holds, and no password of it is a rule', () => {
    const word = fc.constantFrom(
      'on',
      'off',
      `#${one}`,
      '(',
      ')',
      '(~a',
      '+get)',
      '~k',
      '',
      'nopass',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
        const user = readUser(`user name ${words.join(' ')}`);
        expect(user?.name).toBe('name');
        expect(user?.rules.filter((rule) => rule.startsWith('#'))).toEqual([]);
      }),
    );
  });

  it('is told without passwords, and others than the known ones are counted', () => {
    const user = readUser(`user app on #${one} #${two} &c ~b ~a -@all +get -keys`);
    const told = user && tellUser(user, [one]);
    expect(told).toEqual([
      '&c',
      'commands -@all +get -keys',
      'on',
      'other passwords: 1',
      '~a',
      '~b',
    ]);
    expect(user && tellUser({ ...user, isOn: false, isNopass: true }, [one, two])).toEqual(
      expect.arrayContaining(['off', 'takes any password']),
    );
  });
});

it.each([
  ['-@all +set -keys +get', '-@all +get -keys +set'],
  ['-@all -keys +set +get', '-@all +get -keys +set'],
])('single commands are told in one order, whatever the server’s is: %s', (rules, wanted) => {
  const told = (text: string) => {
    const user = readUser(`user app on ${text} (~a ${text})`);
    return user && tellUser(user, []);
  };
  expect(told(rules)).toEqual([`(~a ${wanted})`, `commands ${wanted}`, 'on']);
});

it.each(['+get -@all', '+config -config|set +@read', '-config|set +config', '+a -@x +b -@y'])(
  'and what undoes something stays behind it: %s',
  (rules) => {
    const user = readUser(`user app on ${rules}`);
    expect(user && tellUser(user, [])).toContain(`commands ${rules}`);
  },
);

it('a password is known by its SHA-256 in hexadecimal', () => {
  const password = randomBytes(12).toString('hex');
  expect(hashOf(password)).toBe(createHash('sha256').update(password).digest('hex'));
});

it('answers of INFO are read by name', () => {
  const info = readInfo('# Replication\r\nrole:slave\r\nslave0:ip=::1,port=2\r\n\r\nodd\r\n');
  expect([...info]).toEqual([
    ['role', 'slave'],
    ['slave0', 'ip=::1,port=2'],
  ]);
});

it('sessions are counted by the whole name of their user', () => {
  const list = 'id=1 name= user=app lib=\nid=2 user=app2 x\nid=3 name=user=app user=other\n';
  expect(countSessions(list, 'app')).toBe(1);
});

describe('the configuration', () => {
  const read = (more: object) =>
    RedisRotation.safeParse({
      host: 'redis.example',
      accounts: { strategy: 'single', user: 'a' },
      ...more,
    });
  const alternating = (users: string[]) => ({ accounts: { strategy: 'alternating', users } });

  it.each([
    ['a user with a space', { accounts: { strategy: 'single', user: 'a b' } }],
    ['the default user in turns', alternating(['default', 'b'])],
    ['one user twice', alternating(['a', 'a'])],
    ['a node without a host', { nodes: [{ port: 1 }] }],
  ])('refuses %s', (_, more) => {
    expect(read(more).success).toBe(false);
  });

  it('has the host for its only server where no nodes are named', () => {
    const config = read({}).data;
    expect(config && nodesOf(config)).toEqual([{ host: 'redis.example', port: 6379 }]);
    const several = read({ nodes: [{ host: 'a' }, { host: 'redis.example' }] }).data;
    expect(several && nodesOf(several).map(({ host }) => host)).toEqual(['a', 'redis.example']);
    expect(several && doorsOf(several).map(({ host }) => host)).toEqual(['redis.example', 'a']);
  });
});
