import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withKv } from '../../src/secrets/kv/index.ts';
import { KvPlace, type SecretValue } from '../../src/secrets/model/index.ts';
import { KvRotation } from '../../src/secrets/rotators/kv/config.ts';
import { kvRotator } from '../../src/secrets/rotators/kv/index.ts';
import { cutAfter } from '../../src/secrets/rotators/testing/cut.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../../src/secrets/rotators/testing/step.ts';
import { OpenBao, openBaoPeer } from './support/openbao.ts';
import { isMissing } from './support/tools.ts';

const peer = openBaoPeer();
const readme = readFileSync(
  join(import.meta.dirname, '../../src/secrets/rotators/kv/README.md'),
  'utf8',
);
/** The rights that the README asks for, for every path of the tests. */
const POLICY = (/```hcl\n([^`]+)```/.exec(readme)?.[1] ?? '').replaceAll('shop/orders/key', '*');

interface Path {
  readonly data: object | undefined;
  /** States of versions, oldest first: kept, deleted or destroyed. */
  readonly states: string;
  readonly custom: object;
}

describe.skipIf(isMissing('OpenBao', peer))('a KV engine of a real OpenBao', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-kv-'));
  let bao: OpenBao;
  let token = '';
  let count = 0;
  beforeAll(async () => {
    bao = await OpenBao.start(peer);
    await bao.call('PUT', 'sys/policies/acl/reeve', { policy: POLICY });
    token = await tokenWith({});
  });
  afterAll(async () => {
    await bao?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function tokenWith(more: object): Promise<string> {
    const made = await bao.call('POST', 'auth/token/create', { policies: ['reeve'], ...more });
    return made.auth?.client_token ?? '';
  }

  async function get(path: string, headers: Record<string, string> = {}) {
    const answer = await fetch(`${bao.url}/v1/${path}`, {
      headers: { 'x-vault-token': bao.token, ...headers },
    });
    return (await answer.json()) as { readonly data?: Record<string, never> };
  }

  /** What stands at a path, as an administrator sees it. */
  async function look(path: string): Promise<Path> {
    const { data } = await get(`secret/data/${path}`);
    const { data: about } = await get(`secret/metadata/${path}`);
    const versions: readonly { destroyed: boolean; deletion_time: string }[] = Object.values(
      about?.versions ?? {},
    );
    const stateOf = (one: (typeof versions)[number]) =>
      one.destroyed ? 'destroyed' : one.deletion_time === '' ? 'kept' : 'deleted';
    return {
      data: data?.data ?? undefined,
      states: versions.map(stateOf).join(' '),
      custom: about?.custom_metadata ?? {},
    };
  }

  const configOf = (more: object = {}) =>
    KvRotation.parse({ url: bao.url, path: `shop/orders/key-${count}`, ...more });
  const admin = () => ({ token });

  /** A path of its own, with a value that was rotated there once. */
  async function begun(more: object = {}) {
    count++;
    const config = configOf(more);
    const first = await rotateTwiceEach(kvRotator, config, { admin: admin() });
    return { config, first };
  }

  it('is rotated, with each step done twice', async () => {
    const { config, first } = await begun({ field: 'key' });
    expect(await look(config.path)).toEqual({
      data: { key: first.value },
      states: 'kept',
      custom: { 'reeve-secret': 'production/shop/orders/db' },
    });
    const values = { admin: admin(), current: first };
    const second = await rotateTwiceEach(kvRotator, config, values);
    const step = stepOf(config, values);
    expect(await kvRotator.isRefused(step, first)).toBe(false);
    await kvRotator.revoke(step, first);
    await kvRotator.revoke(step, first);
    expect(await look(config.path)).toMatchObject({
      data: { key: second.value },
      states: 'destroyed kept',
    });
    expect(await kvRotator.isRefused(step, first)).toBe(true);
    expect(await kvRotator.isRefused(step, second)).toBe(false);
    expect(await kvRotator.inspect?.(step)).toEqual([
      'cas_required false',
      'delete_version_after "0s"',
      'max_versions 0',
    ]);
  });

  it('gives its readers the current value again when a pending one is given up', async () => {
    const { config, first } = await begun();
    const step = stepOf(config, { admin: admin(), current: first });
    const pending = kvRotator.make(step);
    await kvRotator.undo?.(step, pending);
    expect((await look(config.path)).states).toBe('kept');
    await kvRotator.set(step, pending);
    await kvRotator.undo?.(step, pending);
    await kvRotator.undo?.(step, pending);
    expect(await look(config.path)).toMatchObject({
      data: { value: first.value },
      states: 'kept destroyed kept',
    });
    await kvRotator.revoke(step, first);
    expect((await look(config.path)).states).toBe('destroyed destroyed destroyed');
    expect(await kvRotator.isRefused(step, first)).toBe(true);
  });

  it('takes what can be brought back for what still works', async () => {
    const { config, first } = await begun();
    const second = await rotateTwiceEach(kvRotator, config, { admin: admin(), current: first });
    await bao.call('POST', `secret/delete/${config.path}`, { versions: [1] });
    const step = stepOf(config, { admin: admin(), current: second });
    expect(await kvRotator.isRefused(step, first)).toBe(false);
    await kvRotator.revoke(step, first);
    expect(await look(config.path)).toMatchObject({ states: 'destroyed kept' });
  });

  it('gets a new value where the one on top was deleted by hand', async () => {
    const { config, first } = await begun();
    await bao.call('POST', `secret/delete/${config.path}`, { versions: [1] });
    const second = await rotateTwiceEach(kvRotator, config, { admin: admin(), current: first });
    expect((await look(config.path)).data).toEqual({ value: second.value });
  });

  it.each([
    ['another value', { value: 'by-hand' }],
    ['more beside it', { value: 'same', more: 'by-hand' }],
    ['what is no text', { value: { of: ['another'] } }],
  ])('is left alone where somebody else has written %s', async (_, data) => {
    const { config, first } = await begun();
    const value = data.value === 'same' ? first.value : data.value;
    await bao.call('POST', `secret/data/${config.path}`, { data: { ...data, value } });
    const step = stepOf(config, { admin: admin(), current: first });
    const pending = kvRotator.make(step);
    const why = `changed: Somebody else has written to secret/${config.path} at ${new URL(bao.url).host}`;
    expect(await failureOf(kvRotator.set(step, pending))).toBe(why);
    expect(await failureOf(kvRotator.test(step, pending))).toBe(why);
    expect((await look(config.path)).data).toEqual({ ...data, value });
  });

  it('is not taken from others before it has a value', async () => {
    count++;
    const config = configOf();
    await bao.call('POST', `secret/data/${config.path}`, { data: { value: 'theirs' } });
    const step = stepOf(config, { admin: admin() });
    expect(await failureOf(kvRotator.set(step, kvRotator.make(step)))).toMatch(/^changed: /);
    expect((await look(config.path)).states).toBe('kept');
  });

  it('keeps who writes at the same moment from being overwritten', async () => {
    const { config, first } = await begun();
    const place = KvPlace.parse({ url: bao.url, path: config.path });
    const { signal } = new AbortController();
    const late = withKv({ place, admin: admin(), signal }, async (path) => {
      const { current } = await path.metadata();
      await bao.call('POST', `secret/data/${config.path}`, { data: { value: 'theirs' } });
      await path.write({ value: 'ours' }, current);
    });
    expect(await failureOf(late)).toBe(
      `changed: Writing secret/${config.path} at ${new URL(bao.url).host}: somebody else wrote there meanwhile`,
    );
    expect(first.value).not.toBe('theirs');
  });

  it('ends the same wherever a step is killed', async () => {
    for (const name of ['set', 'undo', 'revoke'] as const) {
      let isWhole = false;
      for (let pieces = 0; !isWhole; pieces++) {
        const { config, first } = await begun();
        const values = { admin: admin(), current: first };
        const whole = stepOf(config, values);
        const pending = kvRotator.make(whole);
        if (name !== 'set') await kvRotator.set(whole, pending);
        const value = name === 'revoke' ? first : pending;
        const cutter = await cutAfter(pieces, Number(new URL(bao.url).port));
        const step = stepOf({ ...config, url: `http://127.0.0.1:${cutter.port}` }, values);
        const failure = await failureOf(kvRotator[name]?.(step, value) ?? Promise.resolve());
        isWhole = failure === 'nothing failed';
        if (!isWhole) expect(failure).toMatch(/^unreachable: /);
        await cutter.close();
        await kvRotator[name]?.(whole, value);
        const { data, states } = await look(config.path);
        const want = {
          set: [pending.value, 'kept kept'],
          undo: [first.value, 'kept destroyed kept'],
          revoke: [pending.value, 'destroyed kept'],
        }[name];
        expect([data, states], `${name} cut after ${pieces}`).toEqual([
          { value: want[0] },
          want[1],
        ]);
        expect(pieces).toBeLessThan(20);
      }
    }
  });

  it.each<[string, () => SecretValue | undefined, object, string]>([
    ['no admin secret', () => undefined, {}, 'denied: The secret that Reeve logs in with at'],
    ['a token that is not known', () => ({ token: 's.none' }), {}, 'denied: Looking at'],
    ['a token of two lines', () => ({ token: 'a\nb' }), {}, 'denied: The secret that'],
    ['a mount that is not there', admin, { mount: 'none' }, 'denied: Looking at none/'],
    [
      'a role that is not known',
      () => ({ roleId: 'none', secretId: 'none' }),
      { auth: { method: 'approle' } },
      'denied: Logging in at',
    ],
    [
      'a projected token that is not there',
      () => undefined,
      { auth: { method: 'jwt', role: 'reeve', token: 'none' } },
      'denied: /var/run/secrets/reeve.dev/none/token cannot be read',
    ],
  ])('tells %s', async (_, value, more, message) => {
    const config = KvRotation.parse({ url: bao.url, path: 'shop/none', ...more });
    const step = stepOf(config, { admin: value() });
    const failure = await failureOf(kvRotator.isRefused(step, { value: 'a' }));
    expect(failure).toContain(message);
    expect(failure).not.toContain('s.none');
  });

  it('lets AppRoles in, and leaves no token of theirs behind', async () => {
    await bao.call('POST', 'sys/auth/approle', { type: 'approle' });
    await bao.call('POST', 'auth/approle/role/reeve', { token_policies: ['reeve'] });
    const { data: role } = await get('auth/approle/role/reeve/role-id');
    const answer = await fetch(`${bao.url}/v1/auth/approle/role/reeve/secret-id`, {
      method: 'POST',
      headers: { 'x-vault-token': bao.token },
    });
    const { data: secret } = (await answer.json()) as { data: { secret_id: string } };
    const value = { roleId: String(role?.role_id), secretId: secret.secret_id };
    const accessors = async () => {
      const list = await fetch(`${bao.url}/v1/auth/token/accessors?list=true`, {
        headers: { 'x-vault-token': bao.token },
      });
      const { data } = (await list.json()) as { data: { keys: readonly string[] } };
      return [...data.keys].sort();
    };
    const before = await accessors();
    count++;
    const config = configOf({ auth: { method: 'approle' } });
    await rotateTwiceEach(kvRotator, config, { admin: value });
    expect((await look(config.path)).states).toBe('kept');
    expect(await accessors()).toEqual(before);
  });

  it('lets service accounts in by their tokens', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await bao.call('POST', 'sys/auth/jwt', { type: 'jwt' });
    const pem = publicKey.export({ format: 'pem', type: 'spki' });
    await bao.call('POST', 'auth/jwt/config', { jwt_validation_pubkeys: [pem] });
    await bao.call('POST', 'auth/jwt/role/reeve', {
      ...{ role_type: 'jwt', user_claim: 'sub', bound_audiences: ['openbao'] },
      token_policies: ['reeve'],
    });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const seconds = Math.floor(Date.now() / 1_000);
    const claims = { sub: 'system:serviceaccount:reeve:reeve', aud: 'openbao', iat: seconds };
    const text = `${part({ alg: 'ES256' })}.${part({ ...claims, exp: seconds + 600 })}`;
    const signature = sign('sha256', Buffer.from(text), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    mkdirSync(join(folder, 'openbao'));
    const jwt = `${text}.${signature.toString('base64url')}`;
    writeFileSync(join(folder, 'openbao', 'token'), `${jwt}\n`);
    const auth = { method: 'jwt', mount: 'jwt', role: 'reeve' };
    const place = KvPlace.parse({ url: bao.url, path: 'shop/by-jwt', auth });
    const { signal } = new AbortController();
    const access = { place, admin: undefined, signal, tokenFolder: folder };
    await withKv(access, (path) => path.write({ value: 'a' }, 0));
    expect((await look('shop/by-jwt')).data).toEqual({ value: 'a' });
    writeFileSync(join(folder, 'openbao', 'token'), 'root:x:0:0');
    expect(await failureOf(withKv(access, (path) => path.metadata()))).toContain('holds no token');
  });

  it('is read with a token that is renewed in the second half of its life', async () => {
    const short = await tokenWith({ ttl: '12s' });
    const ttlOf = async () => {
      const { data } = await get('auth/token/lookup-self', { 'x-vault-token': short });
      return Number(data?.ttl);
    };
    const step = stepOf(configOf(), { admin: { token: short } });
    while ((await ttlOf()) > 5) await sleep(200);
    await kvRotator.isRefused(step, { value: 'a' });
    expect(await ttlOf()).toBeGreaterThan(6);
  });

  it('may be in a namespace', async () => {
    await bao.call('POST', 'sys/namespaces/platform', {});
    const inside = { 'x-vault-namespace': 'platform' };
    const send = (path: string, body: object) =>
      fetch(`${bao.url}/v1/${path}`, {
        method: 'POST',
        headers: { 'x-vault-token': bao.token, ...inside },
        body: JSON.stringify(body),
      });
    await send('sys/mounts/secret', { type: 'kv', options: { version: '2' } });
    count++;
    const config = configOf({ namespace: 'platform' });
    const value = await rotateTwiceEach(kvRotator, config, { admin: { token: bao.token } });
    expect((await get(`secret/data/${config.path}`, inside)).data?.data).toEqual(value);
    expect((await look(config.path)).data).toBe(undefined);
  });

  it('is told from one of version 1', async () => {
    await bao.call('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } });
    const config = KvRotation.parse({ url: bao.url, mount: 'old', path: 'a' });
    const step = stepOf(config, { admin: { token: bao.token } });
    const failure = await failureOf(kvRotator.set(step, kvRotator.make(step)));
    expect(failure).toBe('invalid: old is no KV engine of version 2');
  });

  it('which is sealed is unreachable', async () => {
    const { config, first } = await begun();
    await bao.call('PUT', 'sys/seal', {});
    const step = stepOf(config, { admin: admin(), current: first });
    expect(await failureOf(kvRotator.set(step, { value: randomUUID() }))).toMatch(
      /^unreachable: .*sealed/,
    );
  });
});
