import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EstateStore } from '../../store.ts';
import type { StoreFixture } from '../store.contract.ts';
import {
  aCall,
  aCredential,
  aFinding,
  anEndpoint,
  anEstate,
  aService,
  someAnswers,
} from '../testing/estate.ts';

const DAYS = Array.from({ length: 9 }, (_, day) => `2025-03-0${day + 1}T00:00:00.000Z`);
const [FIRST = '', SECOND = '', THIRD = '', FOURTH = ''] = DAYS;
const orders = aService('orders');
const web = aService('web', { owner: 'team-web' });

export function publicationContract({ open, reopen }: StoreFixture): void {
  let store: EstateStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  test('before the first publication everything is empty', async () => {
    expect(await store.answers()).toBeUndefined();
    expect(await store.answersHistory(10)).toEqual([]);
    expect(await store.services({ limit: 10 })).toEqual({ items: [], next: undefined, total: 0 });
    expect(await store.findings({ limit: 10 })).toEqual({ items: [], next: undefined, total: 0 });
    expect(await store.owners()).toEqual([]);
    expect(await store.environments()).toEqual([]);
  });

  test('what is published is what is listed, also after reopening', async () => {
    const endpoint = anEndpoint(orders.id, '/orders');
    const call = aCall(web.id, orders.id);
    const credential = aCredential('db', { service: orders.id, owner: 'team-orders' });
    const estate = anEstate({
      services: [web, orders],
      endpoints: [endpoint],
      calls: [call],
      credentials: [credential],
    });
    await store.publish(estate, FIRST);
    store = await reopen(store);
    expect((await store.services({ limit: 10 })).items).toEqual([orders, web]);
    expect((await store.endpoints({ limit: 10 })).items).toEqual([endpoint]);
    expect((await store.calls({ limit: 10 })).items).toEqual([call]);
    expect((await store.credentials({ limit: 10 })).items).toEqual([credential]);
    expect(await store.answers()).toEqual({ answers: someAnswers(0), at: FIRST });
  });

  test('a publication replaces the one before: changed, new and gone', async () => {
    await store.publish(anEstate({ services: [orders, web] }), FIRST);
    const moved = { ...orders, owner: 'team-b' };
    const staging = aService('orders', { environment: 'staging' });
    await store.publish(anEstate({ services: [moved, staging] }), SECOND);
    expect((await store.services({ limit: 10 })).items).toEqual([moved, staging]);
    expect(await store.environments()).toEqual(['production', 'staging']);
    await store.publish(anEstate(), THIRD);
    expect((await store.services({ limit: 10 })).total).toBe(0);
    expect(await store.environments()).toEqual([]);
  });

  test('a publication that fails changes nothing', async () => {
    await store.publish(anEstate({ services: [orders] }), FIRST);
    const broken = {
      ...web,
      toJSON: () => {
        throw new RangeError('cannot be written');
      },
    };
    await expect(
      store.publish(anEstate({ services: [broken], answers: someAnswers(5) }), SECOND),
    ).rejects.toThrow('cannot be written');
    expect((await store.services({ limit: 10 })).items).toEqual([orders]);
    expect(await store.answers()).toMatchObject({ at: FIRST });
  });

  test('readers see a publication whole or not at all', async () => {
    const estate = (owner: string) =>
      anEstate({
        services: Array.from({ length: 2_000 }, (_, index) => aService(`s${index}`, { owner })),
      });
    await store.publish(estate('a'), FIRST);
    let isDone = false;
    const published = store.publish(estate('b'), SECOND).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      const { items } = await store.services({ limit: 1_000 });
      expect(new Set(items.map((service) => service.owner)).size).toBe(1);
    }
    await published;
    expect((await store.services({ limit: 1, filter: { owner: 'b' } })).total).toBe(2_000);
  });

  test('a finding keeps its first time, is resolved when it is gone, and opens again', async () => {
    const finding = aFinding('finding-1', orders.id);
    await store.publish(anEstate({ services: [orders], findings: [finding] }), FIRST);
    const worse = { ...finding, severity: 'critical' as const };
    await store.publish(anEstate({ services: [orders], findings: [worse] }), SECOND);
    const open = { ...worse, firstSeen: FIRST, lastSeen: SECOND, resolvedAt: null };
    expect((await store.findings({ limit: 10 })).items).toEqual([open]);

    await store.publish(anEstate({ services: [orders] }), THIRD);
    const resolved = { ...open, resolvedAt: THIRD };
    expect((await store.findings({ limit: 10 })).items).toEqual([]);
    expect(await store.findings({ limit: 10, filter: { state: 'resolved' } })).toMatchObject({
      items: [resolved],
      total: 1,
    });

    await store.publish(anEstate({ services: [orders], findings: [finding] }), FOURTH);
    expect((await store.findings({ limit: 10 })).items).toEqual([
      { ...finding, firstSeen: FIRST, lastSeen: FOURTH, resolvedAt: null },
    ]);
    expect((await store.findings({ limit: 10, filter: { state: 'resolved' } })).total).toBe(0);
  });

  test('owners are counted with what they answer for; a call’s findings count for both ends', async () => {
    const call = aCall(web.id, orders.id);
    await store.publish(
      anEstate({
        services: [orders, web],
        endpoints: [anEndpoint(orders.id, '/a'), anEndpoint(orders.id, '/b', { owner: null })],
        calls: [call],
        credentials: [aCredential('db', { owner: 'team-orders' })],
        findings: [
          aFinding('finding-1', call.id),
          aFinding('finding-2', orders.id),
          aFinding('finding-3', 'production'),
        ],
      }),
      FIRST,
    );
    expect(await store.owners()).toEqual([
      { owner: 'team-orders', services: 1, endpoints: 1, credentials: 1, findings: 2 },
      { owner: 'team-web', services: 1, endpoints: 0, credentials: 0, findings: 1 },
    ]);
  });

  test('summaries are read back as they were published, and go with the next publication', async () => {
    const queues = [{ owner: null, counts: { shadow: 3 } }, { owner: 'é\ud800\0' }];
    await store.publish(anEstate(), FIRST, { queues, coverage: 0.5 });
    expect(await store.summary('queues')).toEqual(queues);
    expect(await store.summary('coverage')).toBe(0.5);
    expect(await store.summary('other')).toBeUndefined();
    await store.publish(anEstate(), SECOND, { coverage: null });
    expect(await store.summary('queues')).toBeUndefined();
    expect(await store.summary('coverage')).toBeNull();
    await store.publish(anEstate(), THIRD);
    expect(await store.summary('coverage')).toBeUndefined();
  });

  test('the history keeps each change of the answers, and of equal ones the first and the last', async () => {
    const satisfied = [1, 1, 1, 1, 2, 1, 3, 3, 3];
    for (const [day, count] of satisfied.entries()) {
      await store.publish(anEstate({ answers: someAnswers(count) }), DAYS[day] ?? '');
    }
    const kept = (await store.answersHistory(100)).map(({ answers, at }) => [
      answers.callsAuthenticated.satisfied,
      at,
    ]);
    expect(kept).toEqual(
      [
        [1, 0],
        [1, 3],
        [2, 4],
        [1, 5],
        [3, 6],
        [3, 8],
      ].map(([count, day]) => [count, DAYS[day ?? 0]]),
    );
    expect(await store.answersHistory(2)).toEqual([
      { answers: someAnswers(3), at: DAYS[6] },
      { answers: someAnswers(3), at: DAYS[8] },
    ]);
    expect(await store.answers()).toEqual({ answers: someAnswers(3), at: DAYS[8] });
  });

  test('publishing the same again, as after a lost acknowledgement, changes nothing', async () => {
    const estate = anEstate({ services: [orders], findings: [aFinding('f', orders.id)] });
    await store.publish(estate, FIRST);
    await store.publish(estate, FIRST);
    expect(await store.answersHistory(10)).toHaveLength(1);
    expect((await store.findings({ limit: 10 })).items).toMatchObject([
      { firstSeen: FIRST, lastSeen: FIRST },
    ]);
  });

  test('a store that answers can be written', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });
}
