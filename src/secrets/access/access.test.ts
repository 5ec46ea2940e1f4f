import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { SecretKeeping } from '../keeping/index.ts';
import { policyOf, RotationConfig } from '../rotation/index.ts';
import { BY, PLAN, START, valueBox } from '../rotation/testing/world.ts';
import { type Denial, nextNews, SecretAccess, SecretWaiters, secretIdsOf } from './index.ts';

const ORDERS = 'production/shop/orders';
const PAYMENTS = 'production/shop/payments';
const orders = { spiffeId: 'spiffe://example.org/orders', services: [ORDERS] };
const payments = { spiffeId: 'spiffe://example.org/payments', services: [PAYMENTS] };

let store: MemoryDocuments;
let keeping: SecretKeeping;
let access: SecretAccess;
let waiters: SecretWaiters;
let denied: Denial[];
let declared: Map<string, ReadonlySet<string>>;

const values = valueBox();
const open = () =>
  SecretKeeping.open({
    ...{ store, values, policy: policyOf(RotationConfig.parse({})), lot: () => 0 },
    ...{ fingerprintsOf: () => [], clock: () => START, warn: () => undefined },
  });

beforeEach(async () => {
  store = new MemoryDocuments();
  keeping = await open();
  waiters = new SecretWaiters();
  keeping.onChange((id) => waiters.tell(id));
  denied = [];
  declared = new Map([
    [ORDERS, secretIdsOf(ORDERS, [{ name: 'db' }, { name: 'api', service: 'payments' }])],
    [PAYMENTS, secretIdsOf(PAYMENTS, [{ name: 'api' }, { name: 'db' }])],
  ]);
  access = new SecretAccess({
    secrets: keeping,
    declaredBy: (service) => declared.get(service),
    denials: { hear: (denial) => denied.push(denial) },
  });
  const value = { value: 'one' };
  await keeping.create({ name: 'db', service: ORDERS, kind: 'postgres', value }, BY);
  await keeping.create({ name: 'api', service: PAYMENTS, kind: 'api-key', value }, BY);
});
const audited = () =>
  store.log.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`);

describe('a workload', () => {
  it('reads its own secret, and that stands in the audit log', async () => {
    expect(await access.read(orders, { name: 'db' }, 'current')).toEqual({
      ...{ secret: `${ORDERS}/db`, value: { value: 'one' }, version: 1, expiresAt: null },
      previous: null,
    });
    expect(audited().at(-1)).toBe(`${orders.spiffeId} secret.read ${ORDERS}/db`);
    expect(denied).toEqual([]);
  });

  it('reads the secret of another from the moment that its owner says so, until he does not', async () => {
    const wanted = { name: 'api', service: 'payments' };
    const refused = { code: 'secrets/read-forbidden/not-consumer' };
    await expect(access.read(orders, wanted, 'current')).rejects.toMatchObject(refused);
    await keeping.edit(`${PAYMENTS}/api`, { consumers: [ORDERS] }, BY);
    expect(await access.read(orders, wanted, 'current')).toMatchObject({ version: 1 });
    // another process takes it back
    await (await open()).edit(`${PAYMENTS}/api`, { consumers: [] }, BY);
    await expect(access.read(orders, wanted, 'current')).rejects.toMatchObject(refused);
    expect(denied).toHaveLength(2);
    expect(store.log.filter(({ action }) => action === 'secret.read')).toHaveLength(1);
  });

  it('reads what another process has made', async () => {
    const other = await open();
    const given = { name: 'db', service: PAYMENTS, kind: 'postgres', value: { value: 'two' } };
    await other.create(given, BY);
    expect(await access.read(payments, { name: 'db' }, 'current')).toMatchObject({ version: 1 });
  });

  it.each([
    ['declares nothing of the kind', { name: 'nothing' }, 'undeclared'],
    ['names no service', { name: 'api', service: 'a/b/c/d' }, 'unknown'],
    ['asks in another environment', { name: 'db', service: 'staging/shop/orders' }, 'environment'],
  ])('that %s gets nothing', async (_, wanted, reason) => {
    await expect(access.read(orders, wanted, 'current')).rejects.toMatchObject({
      code: `secrets/read-forbidden/${reason}`,
    });
    expect(denied).toMatchObject([{ actor: orders.spiffeId, label: 'current' }]);
  });

  it('that is no service gets nothing', async () => {
    const nobody = { spiffeId: 'spiffe://example.org/nobody', services: [] };
    await expect(access.read(nobody, { name: 'db' }, 'current')).rejects.toMatchObject({
      code: 'secrets/read-forbidden/unknown',
    });
    expect(denied).toMatchObject([{ actor: nobody.spiffeId, secret: 'unknown/db' }]);
  });

  it('learns that its own secret is missing, and of that of another only that it may not', async () => {
    await expect(access.read(payments, { name: 'db' }, 'current')).rejects.toMatchObject({
      code: 'secrets/secret-not-found',
    });
    declared.set(ORDERS, new Set([`${PAYMENTS}/none`, `${PAYMENTS}/api`]));
    const errors = await Promise.all(
      ['none', 'api'].map((name) =>
        access.read(orders, { name, service: 'payments' }, 'current').catch((thrown) => thrown),
      ),
    );
    const [none, there] = errors.map(({ code, message }) => [
      code,
      message.replace(/none|api/, ''),
    ]);
    expect(none).toEqual(there);
  });

  it('that is several services is told which of them may, also where nothing is there yet', async () => {
    for (const id of [ORDERS, PAYMENTS]) declared.set(id, secretIdsOf(id, [{ name: 'queue' }]));
    const both = { ...orders, services: [ORDERS, PAYMENTS] };
    await expect(access.read(both, { name: 'queue' }, 'current')).rejects.toMatchObject({
      code: 'secrets/read-conflict',
      hint: `name the service: ${ORDERS} or ${PAYMENTS}`,
    });
  });

  it('that is several services reads what one of them may, and says which where both may', async () => {
    const both = { spiffeId: 'spiffe://example.org/both', services: [ORDERS, PAYMENTS] };
    expect(await access.read(both, { name: 'api' }, 'current')).toMatchObject({
      secret: `${PAYMENTS}/api`,
    });
    const given = { name: 'db', service: PAYMENTS, kind: 'postgres', value: { value: 'two' } };
    await keeping.create(given, BY);
    await expect(access.read(both, { name: 'db' }, 'current')).rejects.toMatchObject({
      code: 'secrets/read-conflict',
      hint: expect.stringContaining(`${ORDERS} or ${PAYMENTS}`),
    });
    const named = { name: 'db', service: 'payments' };
    expect(await access.read(both, named, 'current')).toMatchObject({ value: { value: 'two' } });
  });
});

describe('what may still be used beside the current value', () => {
  it('is the one before, until the end of the overlap, and not once it is taken away', async () => {
    await keeping.put(`${ORDERS}/db`, { value: 'two' }, BY);
    const read = () => access.read(orders, { name: 'db' }, 'current');
    expect(await read()).toMatchObject({ version: 2, previous: { version: 1, validUntil: null } });
    await keeping.plan(`${ORDERS}/db`, PLAN, BY);
    await keeping.change(`${ORDERS}/db`, { event: 'revoke', versions: [1], by: BY });
    expect(await read()).toMatchObject({ previous: null });
  });
});

describe('a watch', () => {
  const watch = (version: number, signal = new AbortController().signal) =>
    nextNews({ access, waiters }, () => orders, [{ name: 'db', version }], signal);

  it('tells at once of what is not known yet', async () => {
    expect(await watch(0)).toEqual([{ name: 'db', version: 1, expiresAt: null, previous: null }]);
  });

  it('tells of a new version when there is one', async () => {
    const news = watch(1);
    await keeping.edit(`${ORDERS}/db`, { owner: 'team-orders' }, BY);
    await keeping.put(`${ORDERS}/db`, { value: 'two' }, BY);
    expect(await news).toMatchObject([{ name: 'db', version: 2, previous: { version: 1 } }]);
  });

  it('tells that a secret may no longer be read', async () => {
    const news = watch(1);
    declared.set(ORDERS, new Set());
    waiters.tellAll();
    expect(await news).toMatchObject([
      { version: 0, problem: { code: 'secrets/read-forbidden/undeclared' } },
    ]);
  });

  it('ends without news, and leaves nothing behind', async () => {
    const ending = new AbortController();
    const news = watch(1, ending.signal);
    await expect.poll(() => waiters.size).toBe(1);
    ending.abort();
    expect(await news).toEqual([]);
    expect(waiters.size).toBe(0);
  });
});
