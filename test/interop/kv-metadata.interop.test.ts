import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVault, VaultStoreConfig } from '../../src/sources/vault/index.ts';
import { OpenBao, openBaoPeer } from './support/openbao.ts';
import { isMissing } from './support/tools.ts';

const peer = openBaoPeer();
const VALUE = randomBytes(18).toString('base64url');

describe.skipIf(isMissing('OpenBao', peer))('the secrets of a real OpenBao', () => {
  let bao: OpenBao;
  let token = '';
  beforeAll(async () => {
    bao = await OpenBao.start(peer);
    await bao.call('POST', 'sys/mounts/teams/kv', { type: 'kv', options: { version: '2' } });
    for (const path of [
      'top',
      'shop/orders/db',
      'shop/orders/key',
      'shop/gone',
      'shop/destroyed',
    ]) {
      await bao.call('POST', `teams/kv/data/${path}`, { data: { password: VALUE } });
    }
    await bao.call('POST', 'teams/kv/metadata/shop/orders/db', {
      custom_metadata: { owner: 'team-orders', service: 'orders', rotation: 'every 30d' },
    });
    await bao.call('POST', 'teams/kv/data/shop/orders/db', { data: { password: `${VALUE}2` } });
    await bao.call('DELETE', 'teams/kv/data/shop/gone', {});
    await bao.call('PUT', 'teams/kv/destroy/shop/destroyed', { versions: [1] });
    // the only rights that the documentation asks for
    const rights = 'path "teams/kv/metadata/*" { capabilities = ["read", "list"] }';
    await bao.call('PUT', 'sys/policies/acl/lister', { policy: rights });
    const made = await bao.call('POST', 'auth/token/create', { policies: ['lister'] });
    token = made.auth?.client_token ?? '';
  });
  afterAll(() => bao?.stop());

  const read = (more: object = {}, own = token) => {
    const given = {
      name: 'eu-1',
      url: bao.url,
      mounts: ['teams/kv'],
      token: { variable: 'TOKEN' },
    };
    return readVault(VaultStoreConfig.parse({ ...given, ...more }), {
      environment: { TOKEN: own },
      now: Date.now(),
      signal: new AbortController().signal,
    });
  };

  it('are listed with what is known of them, and no value', async () => {
    const reading = await read();
    expect(JSON.stringify(reading)).not.toContain(VALUE);
    expect(reading.diagnostics).toEqual([]);
    const found = new Map(reading.observations.map((one) => [one.name, one]));
    expect([...found.keys()].sort()).toEqual(['shop/orders/db', 'shop/orders/key', 'top']);
    const db = found.get('shop/orders/db');
    expect(db).toMatchObject({
      owner: { owner: 'team-orders' },
      subject: { name: 'orders' },
      rotation: 'every 30d',
      location: { file: 'store eu-1: teams/kv/shop/orders/db' },
    });
    // changed after it was made
    expect(Date.parse(db?.lastRotated ?? '')).toBeGreaterThan(Date.parse(db?.created ?? ''));
    expect(Date.now() - Date.parse(db?.lastRotated ?? '')).toBeLessThan(600_000);
  });

  it('are read no further than asked for', async () => {
    const { observations, diagnostics } = await read({ maxPaths: 1 });
    expect(observations.length).toBeLessThanOrEqual(1);
    expect(diagnostics[0]?.code).toBe('vault-store/left-out');
  });

  it('are not told of where the token has no right', async () => {
    await expect(read({}, 'none')).rejects.toMatchObject({ code: 'vault-store/forbidden' });
    await expect(read({ mounts: ['sys'] })).rejects.toMatchObject({
      code: 'vault-store/forbidden',
    });
  });

  it('are none of a mount that is not there', async () => {
    expect((await read({ mounts: ['teams/none'] }, bao.token)).observations).toEqual([]);
  });
});
