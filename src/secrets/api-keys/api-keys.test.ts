import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { base62Checksum } from '../../base/base62.ts';
import { Fault } from '../../base/fault.ts';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { ApiKeys, ApiKeysConfig } from './index.ts';
import { drawKey } from './key-text.ts';
import { ApiKeyGrant, type Asked } from './model.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5, 12);
const BY = { actor: 'ada', reason: 'a test' };
const ORDERS = 'production/shop/orders';
const PAYMENTS = 'production/shop/payments';
const LEDGER = 'production/shop/ledger';

const GRANT: ApiKeyGrant = {
  service: ORDERS,
  owner: 'team-orders',
  environments: ['production'],
  scopes: [
    { service: PAYMENTS, operations: ['POST /charges', 'GET /charges/{id}'] },
    { service: LEDGER, operations: ['*'] },
  ],
  expiresAt: new Date(START + 30 * DAY).toISOString(),
};
const ASKED: Asked = { environment: 'production', service: PAYMENTS, operation: 'POST /charges' };

let store: MemoryDocuments;
let now: number;
let warnings: string[];

beforeEach(() => {
  store = new MemoryDocuments();
  now = START;
  warnings = [];
});

const open = (config: Partial<ApiKeysConfig> = {}): Promise<ApiKeys> =>
  ApiKeys.open({
    store,
    config: ApiKeysConfig.parse(config),
    clock: () => now,
    random: randomBytes,
    warn: (message) => warnings.push(message),
  });
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'nothing';
  } catch (thrown) {
    return thrown instanceof Fault ? thrown.code : String(thrown);
  }
};

describe('an API key', () => {
  it('lets its holder do what it is for, and says who that is', async () => {
    const keys = await open();
    const { text, key } = await keys.issue(GRANT, BY);
    expect(keys.verify(text, ASKED)).toEqual({
      ...{ ok: true, id: key.id, service: ORDERS, owner: 'team-orders' },
      ...{ scopes: GRANT.scopes, expiresAt: GRANT.expiresAt },
    });
    expect(keys.verify(text, { ...ASKED, service: LEDGER, operation: 'DELETE /x' }).ok).toBe(true);
  });

  it.each<[why: string, asked: Partial<Asked>, edit?: (text: string) => string]>([
    ['environment', { environment: 'staging' }],
    ['service', { service: 'production/shop/reviews' }],
    ['service', { service: 'constructor' }],
    ['operation', { operation: 'DELETE /charges/{id}' }],
    ['operation', { operation: '*' }],
    ['malformed', {}, () => 'rvk_'],
    ['malformed', {}, (text) => `${text}0`],
    ['unknown', {}, () => drawKey(randomBytes)],
    ['unknown', {}, (text) => withOtherSecret(text)],
    ['unknown', { environment: 'staging' }, (text) => withOtherSecret(text)],
  ])('is refused (%s) for %j', async (why, asked, edit = (text) => text) => {
    const keys = await open();
    const { text } = await keys.issue(GRANT, BY);
    const verdict = keys.verify(edit(text), { ...ASKED, ...asked });
    expect(verdict).toMatchObject({ ok: false, why });
    expect(JSON.stringify(verdict)).not.toContain(text.slice(4, 15));
  });

  it('is refused from its end on, and not before', async () => {
    const keys = await open();
    const { text } = await keys.issue(GRANT, BY);
    now = START + 30 * DAY - 1;
    expect(keys.verify(text, ASKED).ok).toBe(true);
    now += 1;
    expect(keys.verify(text, ASKED)).toMatchObject({ why: 'expired' });
    expect(keys.stateOf(text)).toBe('expired');
  });

  it('is refused as soon as its revocation is kept, also after a restart', async () => {
    const keys = await open();
    const { text, key } = await keys.issue({ ...GRANT, expiresAt: null }, BY);
    await keys.revoke(key.id, BY);
    expect(keys.verify(text, ASKED)).toMatchObject({ why: 'revoked' });
    await keys.revoke(key.id, BY);
    expect(store.log.map(({ action }) => action)).toEqual(['api-key.issue', 'api-key.revoke']);
    expect((await open()).stateOf(text)).toBe('revoked');
  });

  it('stays as it is where its revocation is not kept', async () => {
    const keys = await open();
    const { text, key } = await keys.issue(GRANT, BY);
    store.fails = 'before';
    expect(await codeOf(keys.revoke(key.id, BY))).toBe('estate/unavailable');
    expect(keys.stateOf(text)).toBe('active');
    await keys.revoke(key.id, BY);
    expect(keys.stateOf(text)).toBe('revoked');
  });

  it('is nowhere but in the hands of who asked for it', async () => {
    const keys = await open();
    const { text, key } = await keys.issue(GRANT, BY);
    keys.verify(text, ASKED);
    await keys.flush();
    const kept = [
      ...(await store.documents('api-key')),
      ...(await store.documents('api-key-uses')),
      ...store.log,
      ...keys.list(),
    ];
    expect(JSON.stringify(kept)).toContain(key.id);
    expect(JSON.stringify(kept)).not.toContain(text.slice(16, 59));
    expect(Object.keys(key)).not.toContain('hash');
  });
});

describe('registering a key', () => {
  it('a second time, as after a kill, changes nothing', async () => {
    const keys = await open();
    const text = drawKey(randomBytes);
    await keys.register(text, GRANT, BY);
    await keys.register(text, { ...GRANT, service: LEDGER }, BY);
    expect(keys.verify(text, ASKED)).toMatchObject({ service: ORDERS });
    expect(store.log).toHaveLength(1);
  });

  it('takes a revocation back for nobody', async () => {
    const keys = await open();
    const { text, key } = await keys.issue(GRANT, BY);
    await keys.revoke(key.id, BY);
    await keys.register(text, GRANT, BY);
    expect(keys.stateOf(text)).toBe('revoked');
  });

  it.each<[string, (keys: ApiKeys, text: string) => Promise<unknown>]>([
    ['secrets/api-key-malformed', (keys) => keys.register('rvk_x', GRANT, BY)],
    ['secrets/api-key-conflict', (keys, text) => keys.register(withOtherSecret(text), GRANT, BY)],
    ['secrets/api-keys-too-many', (keys) => keys.issue(GRANT, BY)],
    ['secrets/api-key-not-found', (keys) => keys.revoke('00000000000', BY)],
  ])('or ending one fails with %s', async (code, act) => {
    const keys = await open({ most: 1 });
    const { text } = await keys.issue(GRANT, BY);
    expect(await codeOf(act(keys, text))).toBe(code);
    expect(keys.stateOf(text)).toBe('active');
  });

  it.each<[string, Partial<ApiKeyGrant>]>([
    ['no scope', { scopes: [] }],
    ['no environment', { environments: [] }],
    ['a service twice', { scopes: [0, 1].map(() => ({ service: LEDGER, operations: ['*'] })) }],
    [
      'too many operations',
      {
        scopes: [0, 1].map((at) => ({
          service: `${LEDGER}${at}`,
          operations: Array.from({ length: 251 }, (_, line) => `GET /${line}`),
        })),
      },
    ],
    ['an end that is no time', { expiresAt: 'tomorrow' }],
  ])('is not asked for with %s', (_, flaw) => {
    expect(ApiKeyGrant.safeParse(GRANT).success).toBe(true);
    expect(ApiKeyGrant.safeParse({ ...GRANT, ...flaw }).success).toBe(false);
  });
});

describe('several processes with one store', () => {
  it('know of each other’s changes when they have read anew', async () => {
    const [one, other] = [await open(), await open()];
    const { text, key } = await one.issue(GRANT, BY);
    expect(other.stateOf(text)).toBe('unknown');
    await other.reload();
    expect(other.stateOf(text)).toBe('active');
    await other.revoke(key.id, BY);
    expect(one.stateOf(text)).toBe('active');
    await one.reload();
    expect(one.stateOf(text)).toBe('revoked');
  });

  it('change keys at the same time, and each change counts', async () => {
    const all = [await open(), await open(), await open()];
    const made = await Promise.all(all.map((keys) => keys.issue(GRANT, BY)));
    await Promise.all(all.map((keys, at) => keys.revoke(made[(at + 1) % 3]?.key.id ?? '', BY)));
    for (const keys of all) {
      await keys.reload();
      expect(made.map(({ text }) => keys.stateOf(text))).toEqual(Array(3).fill('revoked'));
    }
  });

  it('are not misled by what was read before a revocation', async () => {
    const [one, other] = [await open(), await open()];
    const { text, key } = await one.issue(GRANT, BY);
    await other.issue(GRANT, BY);
    const { promise: isLetOn, resolve: letOn } = Promise.withResolvers<void>();
    const documents = store.documents.bind(store);
    store.documents = async (kind) => {
      const read = await documents(kind);
      await isLetOn;
      return read;
    };
    const both = [one.reload(), one.revoke(key.id, BY)];
    await new Promise((resolve) => setTimeout(resolve, 20));
    letOn();
    await Promise.all(both);
    expect(one.stateOf(text)).toBe('revoked');
  });

  it('add up what was used', async () => {
    const [one, other] = [await open(), await open()];
    const { text, key } = await one.issue(GRANT, BY);
    await other.reload();
    one.verify(text, ASKED);
    now += 2 * HOUR;
    other.verify(text, { ...ASKED, operation: 'GET /charges/{id}' });
    await Promise.all([one.flush(), other.flush()]);
    now += 365 * DAY;
    expect((await open()).get(key.id)?.lastUsed).toBe(START + 2 * HOUR);
  });

  it('leave out and refuse what cannot be read', async () => {
    const keys = await open();
    const { text, key } = await keys.issue(GRANT, BY);
    await store.amend([{ kind: 'api-key', id: key.id, version: 1, body: { format: 2 } }], []);
    const again = await open();
    expect(again.stateOf(text)).toBe('unknown');
    expect(warnings).toEqual(['An API key is left out, and refused']);
  });
});

describe('uses', () => {
  it('are kept once an hour for each operation, and not for what is refused', async () => {
    const keys = await open();
    const { text, key } = await keys.issue(GRANT, BY);
    const version = async () => (await store.document('api-key-uses', key.id))?.version ?? 0;
    keys.verify(text, { ...ASKED, environment: 'staging' });
    await keys.flush();
    expect(await version()).toBe(0);
    for (let minute = 0; minute < 59; minute++) {
      keys.verify(text, ASKED);
      await keys.flush();
      now += 60_000;
    }
    expect(await version()).toBe(1);
    now += HOUR;
    keys.verify(text, ASKED);
    await keys.close();
    expect(await version()).toBe(2);
    expect(keys.get(key.id)?.lastUsed).toBe(START + HOUR);
  });

  it('are kept with the next attempt where the store was away', async () => {
    const keys = await open();
    const { text, key } = await keys.issue(GRANT, BY);
    keys.verify(text, ASKED);
    store.fails = 'before';
    expect(await codeOf(keys.flush())).toBe('estate/unavailable');
    await keys.flush();
    expect((await open()).get(key.id)?.lastUsed).toBe(START);
  });

  it('tell what a key has and does not need', async () => {
    const keys = await open({ unusedAfterDays: 10 });
    const { text, key } = await keys.issue({ ...GRANT, expiresAt: null }, BY);
    expect(keys.get(key.id)?.unused).toEqual([]);
    now += 9 * DAY;
    keys.verify(text, ASKED);
    now += 2 * DAY;
    expect(keys.get(key.id)?.unused).toEqual([
      { service: PAYMENTS, operations: ['GET /charges/{id}'] },
      { service: LEDGER, operations: ['*'] },
    ]);
    now += 9 * DAY;
    expect(keys.get(key.id)?.unused).toEqual(GRANT.scopes);
  });

  it('and keys are forgotten long after the end', async () => {
    const keys = await open({ keptDays: 10 });
    const { text, key } = await keys.issue({ ...GRANT, expiresAt: null }, BY);
    const { text: other } = await keys.issue({ ...GRANT, expiresAt: null }, BY);
    keys.verify(text, ASKED);
    await keys.flush();
    await keys.revoke(key.id, BY);
    now += 9 * DAY;
    await keys.flush();
    expect(keys.stateOf(text)).toBe('revoked');
    now += 2 * DAY;
    await keys.flush();
    expect([keys.stateOf(text), keys.stateOf(other)]).toEqual(['unknown', 'active']);
    expect(await store.documents('api-key')).toHaveLength(1);
    expect(await store.documents('api-key-uses')).toHaveLength(0);
  });
});

describe('verification', () => {
  it('gives an answer to anything', async () => {
    const keys = await open();
    const { text } = await keys.issue(GRANT, BY);
    const any = fc.oneof(fc.constant(text), fc.string({ unit: 'binary', maxLength: 200 }));
    const word = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'production', PAYMENTS));
    fc.assert(
      fc.property(any, word, word, word, (key, environment, service, operation) => {
        const verdict = keys.verify(key, { environment, service, operation });
        expect(verdict.ok).toBe(false);
      }),
    );
  });
});

/** The same name, another secret part. */
function withOtherSecret(text: string): string {
  const other = drawKey(randomBytes);
  const body = `${text.slice(4, 15)}${other.slice(15, 59)}`;
  return `rvk_${body}${base62Checksum(body)}`;
}
