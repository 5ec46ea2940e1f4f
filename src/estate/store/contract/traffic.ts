import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EstateStore, TrafficOf } from '../../store.ts';
import { sumTraffic } from '../../traffic-sum.ts';
import type { StoreFixture } from '../store.contract.ts';
import { someTraffic } from '../testing/estate.ts';

const MONDAY = '2025-03-03T00:00:00.000Z';
const TUESDAY = '2025-03-04T00:00:00.000Z';

function seen(id: string, requests = 1): TrafficOf {
  return { id, ...someTraffic({ requests, statuses: { 200: requests } }) };
}

function asMap(...all: readonly TrafficOf[]) {
  return new Map(all.map(({ id, ...traffic }) => [id, traffic]));
}

export function trafficContract({ open, reopen }: StoreFixture): void {
  let store: EstateStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  test('what a scope has seen is all that it saw last, also after reopening', async () => {
    expect(await store.traffic()).toEqual(new Map());
    await store.replace('traffic:a', [], MONDAY, [seen('x'), seen('y')]);
    await store.replace('traffic:a', [], TUESDAY, [seen('y', 5), seen('z')]);
    store = await reopen(store);
    expect(await store.traffic()).toEqual(asMap(seen('y', 5), seen('z')));
  });

  test('what two scopes have seen of one endpoint is summed up', async () => {
    const [one, other] = [seen('x', 2), seen('x', 3)];
    await store.replace('traffic:a', [], MONDAY, [one, seen('y')]);
    await store.replace('traffic:b', [], MONDAY, [other]);
    const sum = { id: 'x', ...sumTraffic(someTraffic(one), someTraffic(other)) };
    expect((await store.traffic()).get('x')).toMatchObject({ requests: 5 });
    expect(await store.traffic()).toEqual(asMap(sum, seen('y')));
  });

  test('facts alone leave the traffic of their scope as it is', async () => {
    await store.replace('traffic:a', [], MONDAY, [seen('x')]);
    await store.replace('traffic:a', [], TUESDAY);
    expect(await store.traffic()).toEqual(asMap(seen('x')));
  });

  test('a scope that is withdrawn leaves neither facts nor traffic, and others keep theirs', async () => {
    const fact = {
      entity: 'weakness',
      id: 'w',
      subject: 'production',
      control: 'c',
      object: 'o',
      message: 'm',
      source: { reader: 'otlp', how: 'observed' },
    } as const;
    await store.replace('traffic:a', [fact], MONDAY, [seen('x')]);
    await store.replace('traffic:b', [fact], TUESDAY, [seen('y')]);
    await store.withdraw('traffic:a');
    expect(await store.facts()).toEqual([{ fact, firstSeen: TUESDAY, lastSeen: TUESDAY }]);
    expect(await store.traffic()).toEqual(asMap(seen('y')));
    await store.withdraw('traffic:none');
    await store.withdraw('traffic:b');
    expect(await store.facts()).toEqual([]);
    expect(await store.traffic()).toEqual(new Map());
  });

  test('more rows than one statement or one read takes, with ids of any text', async () => {
    const many = Array.from({ length: 5_500 }, (_, index) => seen(`id-${index}`, index));
    const hostile = ['\0', '\ud800', '\ufffd', `'"\\{}`, '😀', 'x'.repeat(10_000)].map((text) =>
      seen(text),
    );
    await store.replace('traffic:a', [], MONDAY, [...many, ...hostile]);
    const found = await store.traffic();
    expect(found.size).toBe(many.length + hostile.length);
    expect(found.get('id-5499')?.requests).toBe(5_499);
    for (const { id, ...traffic } of hostile) expect(found.get(id)).toEqual(traffic);
    await store.replace('traffic:a', [], TUESDAY, hostile);
    expect(await store.traffic()).toEqual(asMap(...hostile));
  });

  test('facts and traffic of one change are seen together or not at all', async () => {
    const broken = {
      ...seen('y'),
      callers: [
        {
          service: 's',
          isProved: true,
          get requests(): number {
            throw new RangeError('cannot be written');
          },
        },
      ],
    };
    await store.replace('traffic:a', [], MONDAY, [seen('x')]);
    await expect(store.replace('traffic:a', [], TUESDAY, [broken])).rejects.toThrow('written');
    expect(await store.traffic()).toEqual(asMap(seen('x')));
  });
}
