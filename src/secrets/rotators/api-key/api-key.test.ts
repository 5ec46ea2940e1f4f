import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../../estate/store/testing/memory-documents.ts';
import { ApiKeys, ApiKeysConfig } from '../../api-keys/index.ts';
import { walkKills } from '../../rotation/testing/walk.ts';
import { BY, START, type World, type WorldTarget } from '../../rotation/testing/world.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../testing/step.ts';
import { type ApiKeyPort, ApiKeyRotation, apiKeyRotator } from './index.ts';

const CONFIG = {
  environments: ['production'],
  scopes: [{ service: 'production/shop/payments', operations: ['POST /charges'] }],
};
const config = ApiKeyRotation.parse(CONFIG);
const ASKED = {
  environment: 'production',
  service: 'production/shop/payments',
  operation: 'POST /charges',
};

let store: MemoryDocuments;
let keys: ApiKeys;
let now: number;

beforeEach(async () => {
  store = new MemoryDocuments();
  now = START;
  keys = await openKeys();
});

const openKeys = (most = 100) =>
  ApiKeys.open({
    store,
    config: ApiKeysConfig.parse({ most }),
    clock: () => now,
    random: randomBytes,
    warn: () => undefined,
  });

describe('the rotator of API keys', () => {
  it('issues keys that stand for the service of the secret', async () => {
    const value = await rotateTwiceEach(apiKeyRotator(keys), config, {});
    const verdict = keys.verify(value.key ?? '', ASKED);
    expect(verdict).toMatchObject({ ok: true, service: 'production/shop/orders', owner: null });
    expect(store.log).toMatchObject([{ action: 'api-key.issue', actor: 'reeve' }]);
  });

  it('leaves both keys to their users, until the one before is taken away', async () => {
    const rotator = apiKeyRotator(keys);
    const current = await rotateTwiceEach(rotator, config, {});
    const next = await rotateTwiceEach(rotator, config, { current });
    const step = stepOf(config, { current: next, previous: current });
    expect([await rotator.isRefused(step, current), await rotator.isRefused(step, next)]).toEqual([
      false,
      false,
    ]);
    await rotator.revoke(step, current);
    await rotator.revoke(step, current);
    expect(await rotator.isRefused(step, current)).toBe(true);
    expect(keys.verify(next.key ?? '', ASKED).ok).toBe(true);
  });

  it('says when a key ends', () => {
    const rotator = apiKeyRotator(keys);
    const short = stepOf({ ...config, lifeSeconds: 3_600 });
    expect(rotator.endOf?.(rotator.make(short))).toBe(short.now + 3_600_000);
    expect(rotator.endOf?.(rotator.make(stepOf(config)))).toBeUndefined();
  });

  it('has its keys end when they say so', async () => {
    const value = await rotateTwiceEach(apiKeyRotator(keys), { ...config, lifeSeconds: 3_600 }, {});
    now = Date.parse(value.expiresAt ?? '') - 1;
    expect(keys.stateOf(value.key ?? '')).toBe('active');
    now += 1;
    expect(keys.stateOf(value.key ?? '')).toBe('expired');
  });

  it('changes nothing where the current value is not from here', async () => {
    const rotator = apiKeyRotator(keys);
    const pending = rotator.make(stepOf(config));
    const foreign = rotator.make(stepOf(config));
    for (const current of [foreign, { key: 'x' }, { value: 'x' }]) {
      const failure = await failureOf(rotator.set(stepOf(config, { current }), pending));
      expect(failure).toMatch(/^changed: /);
    }
    expect(store.log).toEqual([]);
  });

  it('does not go on with a key that was revoked meanwhile', async () => {
    const rotator = apiKeyRotator(keys);
    const pending = rotator.make(stepOf(config));
    await rotator.set(stepOf(config), pending);
    await rotator.revoke(stepOf(config), pending);
    expect(await failureOf(rotator.test(stepOf(config), pending))).toBe(
      'refused: The new API key is revoked',
    );
  });

  it('asks a person where there is no room', async () => {
    const full = apiKeyRotator(await openKeys(1));
    await full.set(stepOf(config), full.make(stepOf(config)));
    const failure = await failureOf(full.set(stepOf(config), full.make(stepOf(config))));
    expect(failure).toMatch(/^invalid: There are 1 API keys/);
  });

  it('takes away what was never issued by leaving it alone', async () => {
    const rotator = apiKeyRotator(keys);
    for (const value of [{}, { key: '' }, rotator.make(stepOf(config))]) {
      await rotator.revoke(stepOf(config), value);
      expect(await rotator.isRefused(stepOf(config), value)).toBe(true);
    }
    expect(store.log).toEqual([]);
  });

  it('tells what its keys may do', async () => {
    expect(await apiKeyRotator(keys).inspect?.(stepOf(config))).toEqual([
      'environment production',
      'production/shop/payments: POST /charges',
    ]);
  });
});

describe('a rotation that is killed', () => {
  /** Keys of a process that is as often another as the rotation's is. */
  function target(): WorldTarget {
    const documents = new MemoryDocuments();
    let opened: Promise<ApiKeys> | undefined;
    let known: ApiKeys | undefined;
    const held = async () => {
      opened ??= ApiKeys.open({
        store: documents,
        config: ApiKeysConfig.parse({}),
        clock: () => START,
        random: randomBytes,
        warn: () => undefined,
      });
      known = await opened;
      return known;
    };
    const port: ApiKeyPort = {
      settleSeconds: 60,
      stateOf: (text) => known?.stateOf(text) ?? 'unknown',
      register: async (...asked) => (await held()).register(...asked),
      revoke: async (...asked) => (await held()).revoke(...asked),
    };
    return {
      rotator: apiKeyRotator(port),
      plan: { config: CONFIG },
      accepts: ({ key }) => known?.stateOf(key ?? '') === 'active',
    };
  }

  it('ends the same wherever that is, with a key that works all along and no orphan', async () => {
    await walkKills({ open: target, minutes: 240 });
  });

  it('ends the same where the new key leaks', async () => {
    const act = (world: World) => world.send({ event: 'leak', versions: [2], by: BY });
    await walkKills({ open: target, act, isTold: true, minutes: 240 });
  });
});
