import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DeliveryTarget, type FileTarget, type KubernetesTarget } from '../model/index.ts';
import { contentOf, fileTextOf } from './content.ts';

const value = { username: 'orders', password: randomUUID() };
const secret = (more: object) =>
  DeliveryTarget.parse({
    ...{ kind: 'kubernetes', cluster: 'eu-1', namespace: 'shop', name: 'db', ...more },
  }) as KubernetesTarget;
const file = (more: object = {}) =>
  DeliveryTarget.parse({ kind: 'file', path: '/run/x', ...more }) as FileTarget;

describe('what is stored of a value', () => {
  it('is each member under its own name, where nothing is said', () => {
    expect(contentOf(secret({}), value)).toEqual(value);
  });

  it('is what the target says, and nothing else', () => {
    const data = { 'db.url': 'pg://{username}', fixed: 'x' };
    expect(contentOf(secret({ data }), value)).toEqual({ 'db.url': 'pg://orders', fixed: 'x' });
  });

  it('is what logs in at a registry', () => {
    const type = 'kubernetes.io/dockerconfigjson';
    const content = contentOf(secret({ type, registry: 'r.example.org' }), value);
    expect(JSON.parse(content['.dockerconfigjson'] ?? '')).toEqual({
      auths: {
        'r.example.org': {
          ...value,
          auth: Buffer.from(`orders:${value.password}`).toString('base64'),
        },
      },
    });
    expect(() => contentOf(secret({ type }), value)).toThrow('needs a registry');
    const registry = 'r.example.org';
    expect(() => contentOf(secret({ type, registry }), { value: 'a' })).toThrow('needs a registry');
  });

  it.each([
    ['kubernetes.io/tls', {}, 'needs the key `tls.crt`'],
    ['kubernetes.io/tls', { data: { 'tls.crt': '{username}' } }, 'needs the key `tls.key`'],
    ['kubernetes.io/ssh-auth', {}, 'needs the key `ssh-privatekey`'],
  ])('has the keys that the type %s needs', (type, more, message) => {
    expect(() => contentOf(secret({ type, ...more }), value)).toThrow(message);
  });

  it.each(['with space', '..', 'a/b', ''])('has no key %j', (key) => {
    expect(() => contentOf(secret({}), { [key]: 'a' })).toThrow('cannot be a key');
    expect(DeliveryTarget.safeParse({ ...secret({}), data: { [key]: 'a' } }).success).toBe(false);
  });

  it('is no more than a store takes', () => {
    const data = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, '{v}{v}{v}{v}']));
    const long = { v: 'x'.repeat(65_536) };
    expect(() => contentOf(secret({ data }), long)).toThrow('more than 1000000 bytes');
  });
});

describe('the text of a file', () => {
  it.each([
    ['its template', file({ content: 'p={password}\n' }), value, `p=${value.password}\n`],
    ['the one member', file(), { value: 'one' }, 'one'],
    [
      'all members',
      file(),
      value,
      `{\n  "password": "${value.password}",\n  "username": "orders"\n}\n`,
    ],
  ])('is %s', (_, target, given, text) => {
    expect(fileTextOf(target, given)).toBe(text);
  });
});

describe('a target', () => {
  it.each([
    ['a path that is not absolute', { path: 'etc/x' }],
    ['a path that climbs', { path: '/etc/../x' }],
    ['a path with a line break', { path: '/etc/a\nb' }],
    ['a folder', { path: '/etc/' }],
    ['a mode for all', { path: '/etc/x', mode: '0644' }],
  ])('of a file is not %s', (_, more) => {
    expect(DeliveryTarget.safeParse({ kind: 'file', ...more }).success).toBe(false);
  });

  it.each([
    ['plain HTTP to elsewhere', { url: 'http://bao.example.org' }],
    ['an address with a password', { url: 'https://a:b@bao.example.org' }],
    ['a path that climbs', { path: 'a/../b' }],
    ['a path with a query', { path: 'a?list=true' }],
    ['a mount of another API', { mount: '../sys' }],
    ['a token of elsewhere', { auth: { method: 'jwt', role: 'r', token: '../../shadow' } }],
  ])('of a KV engine is not %s', (_, more) => {
    const given = { kind: 'kv', url: 'https://bao.example.org', path: 'a', ...more };
    expect(DeliveryTarget.safeParse({ ...given, ...more }).success).toBe(false);
    expect(
      DeliveryTarget.safeParse({ kind: 'kv', url: 'https://b.example', path: 'a' }).success,
    ).toBe(true);
  });

  it.each([
    ['a namespace that climbs', { namespace: '../kube-system' }],
    ['a name with a slash', { name: 'a/b' }],
    ['a name with a query', { name: 'a?x' }],
  ])('of a cluster is not %s', (_, more) => {
    expect(DeliveryTarget.safeParse({ ...secret({}), ...more }).success).toBe(false);
  });
});
