import { createServer } from 'node:https';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueBox } from '../../../src/secrets/rotation/testing/world.ts';
import {
  ORDERS,
  PAYMENTS,
  startWorld,
  type World,
} from '../../../src/server/secrets/access/testing/world.ts';
import { ReeveError } from '../error.ts';
import { readSvid } from '../source/index.ts';
import { MemorySource } from '../testing/memory-source.ts';
import { listen } from '../testing/requests.ts';
import { toError, toNews, toSecret } from './answer.ts';
import { type ReeveSecrets, reeveSecrets, type Secret } from './index.ts';

let world: World;
let source: MemorySource;
let secrets: ReeveSecrets;
let opened: ReeveSecrets[];
/** By how much the clock of the workload is ahead. */
let ahead: number;

const values = valueBox();
const DB = `${ORDERS}/db`;
const value = (password: string) => ({ username: 'orders', password });

async function sourceOf(service: string): Promise<MemorySource> {
  const { chain, privateKey } = await world.svid(service);
  const entry = await world.register(service);
  const authorities = world.identity.keeper.bundle.x509Authorities;
  const bundle = Buffer.concat(authorities.map((der) => Buffer.from(der)));
  const svid = readSvid({
    ...{ spiffeId: entry.spiffeId, privateKey, bundle, hint: '' },
    chain: Buffer.concat(chain.map((der) => Buffer.from(der))),
  });
  const bundles = new Map([['example.org', authorities.map((der) => Buffer.from(der))]]);
  return new MemorySource({ svids: [svid], bundles });
}

function open(more: object = {}): ReeveSecrets {
  const one = reeveSecrets({
    ...{ source, address: `https://127.0.0.1:${world.access.port}`, random: () => 0 },
    ...{ clock: () => Date.now() + ahead, ...more },
  });
  opened.push(one);
  return one;
}

beforeEach(async () => {
  ahead = 0;
  opened = [];
  world = await startWorld({ values });
  await world.keeping.create(
    { name: 'db', service: ORDERS, kind: 'postgres', value: value('first') },
    world.by,
  );
  source = await sourceOf(ORDERS);
  secrets = open();
});
afterEach(async () => {
  for (const one of opened) one.close();
  await world.close();
});
const put = (password: string) => world.keeping.put(DB, value(password), world.by);
const reads = async () => (await world.audited('secret.read')).length;

describe('a secret', () => {
  it('is read once, however often and by how many it is asked for', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => secrets.get('db')));
    expect(new Set(all).size).toBe(1);
    expect(await secrets.get('db')).toBe(all[0]);
    expect(all[0]).toMatchObject({ name: 'db', id: DB, version: 1, expiresAt: undefined });
    expect(all[0]?.value.password).toBe('first');
    expect({ ...all[0]?.value }).toEqual(value('first'));
    expect(await reads()).toBe(1);
  });

  it('that is rotated is told of without a restart, with what is still in use', async () => {
    const told: Secret[] = [];
    await secrets.get('db');
    const end = secrets.onChange('db', (secret) => told.push(secret));
    await put('second');
    await expect.poll(() => told.map(({ version }) => version)).toEqual([2]);
    expect((await secrets.get('db')).value.password).toBe('second');
    expect((await secrets.get('db')).previous).toEqual({ version: 1, validUntil: undefined });
    expect((await secrets.previous('db'))?.value.password).toBe('first');
    end();
    await put('third');
    await expect.poll(async () => (await secrets.get('db')).version).toBe(3);
    expect(told).toHaveLength(1);
  });

  it('that was never read is read for who listens', async () => {
    const told: number[] = [];
    secrets.onChange('db', ({ version }) => told.push(version));
    await expect.poll(() => told).toEqual([1]);
  });

  it('of another service is read by its name', async () => {
    const api = { name: 'api', service: PAYMENTS, kind: 'api-key', value: { value: 'key' } };
    await world.keeping.create({ ...api, consumers: [ORDERS] }, world.by);
    const { id, value: read } = await secrets.get('api', { service: 'payments' });
    expect([id, read.value]).toEqual([`${PAYMENTS}/api`, 'key']);
  });

  it('shows nothing of its value where it is printed, made JSON of, or part of an error', async () => {
    const secret = await secrets.get('db');
    const holder = { secret, value: secret.value, secrets, list: [secret.value] };
    const shown = [inspect(holder, { depth: 9, showHidden: true }), JSON.stringify(holder)].join();
    expect(shown).not.toContain('first');
    expect(shown).toContain('[hidden]');
    await expect(secrets.reader('db', 'token')()).rejects.toMatchObject({
      ...{ code: 'secrets/member-not-found', hint: 'it has username, password' },
    });
  });

  it.each([
    ['that is not declared', 'other', 'secrets/read-forbidden/undeclared'],
    ['whose name is none', '../x', 'secrets/name-malformed'],
  ])('%s is refused with the reason', async (_, name, code) => {
    await expect(secrets.get(name)).rejects.toMatchObject({ code });
  });

  it('that is taken away is not given any more', async () => {
    await secrets.get('db');
    world.access.setKnown([{ id: ORDERS, declaredSecrets: [] }]);
    await expect.poll(() => secrets.lastError?.code).toBe('secrets/read-forbidden/undeclared');
    await expect(secrets.get('db')).rejects.toMatchObject({
      code: 'secrets/read-forbidden/undeclared',
    });
  });
});

describe('while Reeve is away', () => {
  it('what is known is given, and what has changed meanwhile is told of when it is back', async () => {
    const told: number[] = [];
    await secrets.get('db');
    secrets.onChange('db', ({ version }) => told.push(version));
    const start = await world.stop();
    await expect.poll(() => secrets.lastError?.code).toBe('secrets/unavailable');
    expect((await secrets.get('db')).value.password).toBe('first');
    await put('second');
    await start();
    await expect.poll(() => told, { timeout: 9_000 }).toEqual([2]);
    expect(secrets.lastError).toBeUndefined();
  });

  it('what expires is given no longer', async () => {
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    await world.keeping.put(DB, value('short'), world.by, expiresAt);
    expect((await secrets.get('db')).expiresAt?.toISOString()).toBe(expiresAt);
    await world.stop().then((start) => {
      world.close = (
        (close) => async () =>
          start().then(close)
      )(world.close);
    });
    expect((await secrets.get('db')).value.password).toBe('short');
    ahead = 700_000;
    await expect(secrets.get('db')).rejects.toMatchObject({ code: 'secrets/expired' });
  });
});

describe('something that is done with a secret', () => {
  it('is done once where it works', async () => {
    expect(await secrets.use('db', async ({ value: { password } }) => password)).toBe('first');
  });

  it('is done again with the version before, where the current one is not taken yet', async () => {
    await put('second');
    const tried: string[] = [];
    const connect = async ({ value: { password = '' } }: Secret) => {
      tried.push(password);
      if (password !== 'first') throw new Error('refused');
      return 'connected';
    };
    expect(await secrets.use('db', connect)).toBe('connected');
    expect(tried).toEqual(['second', 'first']);
  });

  it('is done again with the version that has come meanwhile', async () => {
    const connect = async ({ version }: Secret) => {
      if (version > 1) return version;
      await put('second');
      throw new Error('refused');
    };
    expect(await secrets.use('db', connect)).toBe(2);
  });

  it('is done again with what was known here before, where Reeve is away', async () => {
    await secrets.get('db');
    await put('second');
    await expect.poll(async () => (await secrets.get('db')).version).toBe(2);
    const start = await world.stop();
    const tried: number[] = [];
    const connect = async ({ version }: Secret) => {
      tried.push(version);
      if (version > 1) throw new Error('not known yet');
    };
    await secrets.use('db', connect);
    expect(tried).toEqual([2, 1]);
    await start();
  });

  it('fails with what it failed with where there is nothing else', async () => {
    const connect = () => Promise.reject(new Error('refused'));
    await expect(secrets.use('db', connect)).rejects.toThrow('refused');
  });
});

describe('whoever answers', () => {
  it('must be the server of the own trust domain', async () => {
    const { chain, key } = await world.svid(PAYMENTS);
    const cert = chain.map((der) => Buffer.from(der).toString('base64'));
    const pem = cert.map(
      (text) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`,
    );
    let asked = 0;
    const server = createServer({
      cert: pem.join('\n'),
      key,
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.on('request', () => asked++);
    const port = await listen(server);
    const misled = open({ address: `https://127.0.0.1:${port}` });
    await expect(misled.get('db')).rejects.toMatchObject({ code: 'mtls/not-accepted' });
    expect(asked).toBe(0);
    server.close();
  });

  it('may be another one that is named', async () => {
    const named = open({ server: 'spiffe://example.org/reeve/server' });
    expect((await named.get('db')).version).toBe(1);
    const wrong = open({ server: 'spiffe://example.org/other' });
    await expect(wrong.get('db')).rejects.toMatchObject({ code: 'mtls/not-accepted' });
  });

  it('may say anything: it is a secret, news, or an error of this package', () => {
    const texts = fc.oneof(
      fc.json().map((text) => JSON.parse(text)),
      fc.anything(),
    );
    const like = fc.record(
      {
        ...{ secret: texts, version: texts, expiresAt: texts, previous: texts, value: texts },
        ...{ secrets: fc.oneof(fc.array(texts), texts), code: texts, detail: texts },
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(texts, like), (body) => {
        for (const read of [() => toSecret('db', body), () => toNews(body)]) {
          try {
            read();
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(ReeveError);
          }
        }
        expect(toError(body, 500)).toBeInstanceOf(ReeveError);
      }),
    );
  });
});

describe('a source of secrets', () => {
  it('refuses more than it can keep fresh', async () => {
    for (let at = 0; at < 100; at++) secrets.onChange(`s-${at}`, () => {});
    await expect(secrets.get('one-more')).rejects.toMatchObject({ code: 'secrets/too-many' });
  });

  it('that is closed gives nothing', async () => {
    await secrets.get('db');
    secrets.close();
    await expect(secrets.get('db')).rejects.toMatchObject({ code: 'secrets/closed' });
  });

  it('needs an address of https', () => {
    expect(() => open({ address: 'http://127.0.0.1' })).toThrow(ReeveError);
    expect(() => open({ address: 'what' })).toThrow(/no https: URL/);
  });
});
