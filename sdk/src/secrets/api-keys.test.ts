import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueBox } from '../../../src/secrets/rotation/testing/world.ts';
import type { VerifyKey } from '../../../src/server/secrets/access/answer.ts';
import {
  PAYMENTS,
  startWorld,
  type World,
} from '../../../src/server/secrets/access/testing/world.ts';
import { readSvid } from '../source/index.ts';
import { MemorySource } from '../testing/memory-source.ts';
import { type ReeveApiKeys, reeveApiKeys } from './index.ts';

const CHARGE = { operation: 'POST /charges' };

let world: World;
let keys: ReeveApiKeys;
/** Keys that are good, with when they end. */
let good: Map<string, string | null>;
let asked: Parameters<VerifyKey>[];
let now: number;

beforeEach(async () => {
  [good, asked, now] = [new Map([['rvk_1', null]]), [], Date.now()];
  const verifyKey: VerifyKey = (key, about) => {
    asked.push([key, about]);
    const expiresAt = good.get(key);
    if (expiresAt === undefined) return { ok: false, why: 'unknown', message: 'There is none' };
    const holder = { service: 'production/shop/orders', owner: null, scopes: [], expiresAt };
    return { ok: true, id: key, ...holder };
  };
  world = await startWorld({ values: valueBox(), verifyKey });
  const { chain, privateKey } = await world.svid(PAYMENTS);
  const { spiffeId } = await world.register(PAYMENTS);
  const authorities = world.identity.keeper.bundle.x509Authorities.map((der) => Buffer.from(der));
  const svid = readSvid({
    ...{ spiffeId, privateKey, bundle: Buffer.concat(authorities), hint: '' },
    chain: Buffer.concat(chain.map((der) => Buffer.from(der))),
  });
  const source = new MemorySource({
    svids: [svid],
    bundles: new Map([['example.org', authorities]]),
  });
  const address = `https://127.0.0.1:${world.access.port}`;
  keys = reeveApiKeys({ source, address, clock: () => now });
});
afterEach(async () => {
  keys.close();
  await world.close();
});

describe('an API key that is shown', () => {
  it('is good for what Reeve says, who is asked once for all who ask at once', async () => {
    const verdicts = await Promise.all([1, 2, 3].map(() => keys.verify('rvk_1', CHARGE)));
    expect(verdicts[0]).toEqual({
      ...{ ok: true, id: 'rvk_1', service: 'production/shop/orders', expiresAt: undefined },
    });
    await keys.verify('rvk_1', CHARGE);
    const about = { environment: 'production', service: PAYMENTS, operation: 'POST /charges' };
    expect(asked).toEqual([['rvk_1', about]]);
    await keys.verify('rvk_1', { operation: 'GET /charges/{id}' });
    expect(asked).toHaveLength(2);
  });

  it('is refused where Reeve refuses it, who is asked each time', async () => {
    for (const times of [1, 2]) {
      const verdict = await keys.verify('rvk_2', CHARGE);
      expect([verdict.ok, asked.length]).toEqual([false, times]);
    }
  });

  it('is refused soon after it was revoked, and at once when it ends', async () => {
    good.set('rvk_2', new Date(now + 4_000).toISOString());
    for (const key of ['rvk_1', 'rvk_2']) expect((await keys.verify(key, CHARGE)).ok).toBe(true);
    good.clear();
    now += 4_000;
    expect((await keys.verify('rvk_1', CHARGE)).ok).toBe(true);
    expect((await keys.verify('rvk_2', CHARGE)).ok).toBe(false);
    now += 1_000;
    expect((await keys.verify('rvk_1', CHARGE)).ok).toBe(false);
  });

  it('goes on to be taken while Reeve is away, for a while, and no other one is', async () => {
    await keys.verify('rvk_1', CHARGE);
    const start = await world.stop();
    now += 599_000;
    expect((await keys.verify('rvk_1', CHARGE)).ok).toBe(true);
    const away = { code: 'secrets/unavailable' };
    await expect(keys.verify('rvk_2', CHARGE)).rejects.toMatchObject(away);
    now += 1_000;
    await expect(keys.verify('rvk_1', CHARGE)).rejects.toMatchObject(away);
    await start();
  });
});
