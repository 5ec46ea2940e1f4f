import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { kvKeyOf } from '../../base/kv-path.ts';
import { readVault, VaultStoreConfig } from './index.ts';
import { toCredential } from './observe.ts';
import { walk } from './walk.ts';

const NOW = Date.parse('2026-06-01T00:00:00.000Z');
const PLACE = { store: 'eu-1', url: 'https://bao.example.org:8200', mount: 'kv', path: 'shop/db' };
const metadata = (more: object = {}) => ({
  data: {
    created_time: '2026-01-02T03:04:05.678901234Z',
    updated_time: '2026-05-01T00:00:00.1Z',
    current_version: 3,
    custom_metadata: null,
    versions: {
      3: { created_time: '2026-04-30T00:00:00Z', deletion_time: '', destroyed: false },
    },
    ...more,
  },
});
const version = (more: object) => ({
  versions: { 3: { created_time: '2026-04-30T00:00:00Z', deletion_time: '', ...more } },
});

describe('the metadata of a secret', () => {
  it('say when it was made and changed, and where it is', () => {
    expect(toCredential(PLACE, metadata(), NOW)).toEqual({
      kind: 'credential',
      name: 'shop/db',
      credentialKind: 'secret',
      keys: ['kv:https://bao.example.org:8200/kv/shop/db'],
      location: { file: 'store eu-1: kv/shop/db', in: 'secret' },
      created: '2026-01-02T03:04:05.678Z',
      lastRotated: '2026-04-30T00:00:00.000Z',
      source: { reader: 'vault', how: 'configured', file: 'store eu-1: kv/shop/db' },
    });
  });

  it('name its owner, service, kind and rotation where somebody wrote them there', () => {
    const custom_metadata = {
      owner: 'team-orders',
      service: 'orders',
      kind: 'postgres',
      rotation: 'every 30d',
    };
    expect(toCredential(PLACE, metadata({ custom_metadata }), NOW)).toMatchObject({
      subject: { by: 'name', name: 'orders' },
      credentialKind: 'postgres',
      owner: { owner: 'team-orders', rank: 'label' },
      rotation: 'every 30d',
    });
  });

  it.each([
    ['is deleted', version({ deletion_time: '2026-05-31T00:00:00Z' })],
    ['is destroyed', version({ destroyed: true })],
    ['was never written', { current_version: 0, versions: {} }],
  ])('are those of no credential where its latest version %s', (_, more) => {
    expect(toCredential(PLACE, metadata(more), NOW)).toBeUndefined();
  });

  it('say when it will be deleted', () => {
    const found = toCredential(
      PLACE,
      metadata(version({ deletion_time: '2026-07-01T00:00:00Z' })),
      NOW,
    );
    expect(found?.expires).toBe('2026-07-01T00:00:00.000Z');
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), fc.jsonValue(), (any, json) => {
        for (const odd of [any, json, { data: any }, metadata({ custom_metadata: json })]) {
          toCredential(PLACE, odd, NOW);
        }
      }),
    );
  });

  it('are named by origin and namespace, not by how the address is written', () => {
    const url = 'https://bao.example.org:8200/';
    expect(kvKeyOf({ ...PLACE, url, namespace: 'teams/a' })).toBe(
      'kv:https://bao.example.org:8200/teams/a/kv/shop/db',
    );
  });
});

describe('an engine', () => {
  const tree =
    (lists: Record<string, unknown>) =>
    async (path: string): Promise<unknown> => {
      const folder = /^kv\/metadata\/(.*)\?list=true$/.exec(path)?.[1];
      return folder === undefined ? metadata() : { data: { keys: lists[folder] } };
    };
  const pathsOf = async (lists: Record<string, unknown>, most = 100) => {
    const { secrets, leftOut } = await walk('kv', tree(lists), most);
    return { paths: secrets.map(({ path }) => path).sort(), leftOut };
  };

  it('is walked through all of its folders', async () => {
    const many = Object.fromEntries(['a/', 'b/', 'c/', 'd/', 'e/', 'f/'].map((f) => [f, ['x']]));
    expect(
      await pathsOf({
        '': ['one', ...Object.keys(many)],
        ...many,
        'a/': ['x', 'b/'],
        'a/b/': ['y z'],
      }),
    ).toEqual({
      paths: ['a/b/y z', 'a/x', 'b/x', 'c/x', 'd/x', 'e/x', 'f/x', 'one'],
      leftOut: [],
    });
  });

  it.each<[string, Record<string, unknown>, number, string]>([
    ['more secrets than are read', { '': ['a', 'b', 'c'] }, 2, 'all secrets after the first 2'],
    [
      'names that lead elsewhere',
      { '': ['..', '../', 'a#b', '\n', ''] },
      100,
      'names that no path can have',
    ],
  ])('tells of %s', async (_, lists, most, told) => {
    expect((await pathsOf(lists, most)).leftOut).toEqual([told]);
  });

  it('has an end, whatever the store says', async () => {
    const endless = async (path: string) =>
      path.endsWith('?list=true') ? { data: { keys: ['x/', 'y/', 'z'] } } : metadata();
    const { secrets, leftOut } = await walk('kv', endless, 500);
    expect(secrets.length).toBeLessThanOrEqual(500);
    expect(leftOut.length).toBeGreaterThan(0);
    const deep = async () => ({ data: { keys: ['x/'] } });
    expect((await walk('kv', deep, 500)).leftOut).toEqual(['folders deeper than 20']);
  });
});

it('is not read any further once one of its secrets cannot be read', async () => {
  const names = Array.from({ length: 200 }, (_, at) => `n-${at}`);
  let count = 0;
  const failing = async (path: string): Promise<unknown> => {
    if (path.endsWith('?list=true')) return { data: { keys: names } };
    if (++count === 10) throw new Fault('vault-store/forbidden', 'refused');
    return metadata();
  };
  await expect(walk('kv', failing, 500)).rejects.toMatchObject({ code: 'vault-store/forbidden' });
  await new Promise(setImmediate);
  expect(count).toBeLessThan(20);
});

describe('a store', () => {
  const token = randomBytes(16).toString('hex');
  let server: Server;
  let answer: { status: number; body: string; headers?: Record<string, string> };
  let asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers['x-vault-token'] === token}`);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  const read = (more: object = {}, environment: Record<string, string> = { TOKEN: token }) => {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const given = { name: 'eu-1', url, mounts: ['kv'], token: { variable: 'TOKEN' }, ...more };
    return readVault(VaultStoreConfig.parse(given), {
      environment,
      now: NOW,
      signal: new AbortController().signal,
    });
  };

  it.each<[string, typeof answer, string]>([
    ['refuses', { status: 403, body: '{"errors":["denied"]}' }, 'vault-store/forbidden'],
    ['is sealed', { status: 503, body: '{}' }, 'vault-store/unavailable'],
    ['answers with no JSON', { status: 200, body: '<html>' }, 'vault-store/malformed'],
    ['answers too much', { status: 200, body: ' '.repeat(9 * 1_048_576) }, 'vault-store/malformed'],
    [
      'leads elsewhere',
      { status: 307, body: '', headers: { location: 'http://127.0.0.1:1/v1/x' } },
      'vault-store/unavailable',
    ],
  ])('that %s says nothing of its secrets, and why is told', async (_, given, code) => {
    answer = given;
    asked = [];
    const fault = await read().catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code });
    expect(String(fault)).not.toContain(token);
    expect(asked).toEqual(['/v1/kv/metadata/?list=true true']);
  });

  it('that is empty has none', async () => {
    answer = { status: 404, body: '{"errors":[]}' };
    expect(await read()).toEqual({ observations: [], diagnostics: [] });
  });

  it('is not asked without a token', async () => {
    asked = [];
    for (const odd of ['', ' ', 'two words', 'line\nbreak', 'é']) {
      await expect(read({}, { TOKEN: odd })).rejects.toMatchObject({
        code: 'vault-store/token-missing',
      });
    }
    await expect(read({ token: { file: '/does/not/exist' } })).rejects.toMatchObject({
      code: 'vault-store/token-missing',
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['plain HTTP beyond this machine', { url: 'http://bao.example.org' }],
    ['what is no address', { url: 'bao' }],
    ['a password in the address', { url: 'https://a:b@bao.example.org' }],
    ['a mount that leads elsewhere', { mounts: ['kv/../sys'] }],
    ['two places of the token', { token: { file: 'a', variable: 'B' } }],
  ])('is not configured with %s', (_, more) => {
    const given = {
      name: 'a',
      url: 'https://b.example.org',
      mounts: ['kv'],
      token: { variable: 'T' },
    };
    expect(VaultStoreConfig.safeParse(given).success).toBe(true);
    expect(VaultStoreConfig.safeParse({ ...given, ...more }).success).toBe(false);
  });
});
