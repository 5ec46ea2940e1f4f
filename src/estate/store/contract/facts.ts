import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalJson, type Fact, type StoredFact } from '../../fact.ts';
import { toRecords } from '../../record.ts';
import type { EstateStore } from '../../store.ts';
import type { StoreFixture } from '../store.contract.ts';
import { anyFact } from '../testing/facts.ts';

const MONDAY = '2025-03-03T00:00:00.000Z';
const TUESDAY = '2025-03-04T00:00:00.000Z';
const WEDNESDAY = '2025-03-05T00:00:00.000Z';

function named(name: string): Fact {
  return {
    entity: 'service',
    id: `production/shop/${name}`,
    environment: 'production',
    namespace: 'shop',
    name,
    source: { reader: 'kubernetes', how: 'configured', file: 'all.yaml', line: 1 },
  };
}

/** Facts as one text that does not depend on their order. */
function sorted(facts: readonly StoredFact[]): string[] {
  return facts.map((stored) => canonicalJson(stored)).sort();
}

async function recordsOf(store: EstateStore): Promise<string> {
  return canonicalJson(toRecords((await store.facts()).map((stored) => stored.fact)));
}

export function factsContract({ open, reopen }: StoreFixture): void {
  let store: EstateStore;
  const clear = async () => {
    for (const scope of ['scan', 'otlp']) await store.replace(scope, [], MONDAY);
  };
  const cleared = async (scope: string, at = MONDAY) => {
    await store.replace(scope, [], at);
  };

  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  test('a fact keeps the earliest and the latest time, in whatever order they come', async () => {
    await clear();
    await store.fold('scan', [named('a')], TUESDAY);
    await store.fold('scan', [named('a')], WEDNESDAY);
    await store.fold('scan', [named('a')], MONDAY);
    expect(await store.facts()).toEqual([
      { fact: named('a'), firstSeen: MONDAY, lastSeen: WEDNESDAY },
    ]);
  });

  test('a fact that two scopes bring is one fact, until neither brings it', async () => {
    await clear();
    await store.fold('scan', [named('a')], MONDAY);
    await store.fold('otlp', [named('a')], TUESDAY);
    expect(await store.facts()).toEqual([
      { fact: named('a'), firstSeen: MONDAY, lastSeen: TUESDAY },
    ]);
    await store.replace('scan', [], WEDNESDAY);
    expect(await store.facts()).toEqual([
      { fact: named('a'), firstSeen: TUESDAY, lastSeen: TUESDAY },
    ]);
    await store.replace('otlp', [], WEDNESDAY);
    expect(await store.facts()).toEqual([]);
  });

  test('replace withdraws what is gone, adds what is new and keeps when the rest was first seen', async () => {
    await clear();
    await store.replace('scan', [named('a'), named('b')], MONDAY);
    await store.fold('otlp', [named('d')], MONDAY);
    await store.replace('scan', [named('b'), named('c')], TUESDAY);
    expect(sorted(await store.facts())).toEqual(
      sorted([
        { fact: named('b'), firstSeen: MONDAY, lastSeen: TUESDAY },
        { fact: named('c'), firstSeen: TUESDAY, lastSeen: TUESDAY },
        { fact: named('d'), firstSeen: MONDAY, lastSeen: MONDAY },
      ]),
    );
  });

  test('times of any zone are compared as times', async () => {
    await clear();
    await store.fold('scan', [named('a')], '2025-03-04T01:00:00+02:00');
    await store.fold('scan', [named('a')], '2025-03-04T00:00:00Z');
    expect(await store.facts()).toMatchObject([
      { firstSeen: '2025-03-03T23:00:00.000Z', lastSeen: '2025-03-04T00:00:00.000Z' },
    ]);
  });

  test('what is not a time is refused', async () => {
    await expect(store.fold('scan', [named('a')], 'yesterday')).rejects.toMatchObject({
      code: 'estate/time-malformed',
    });
  });

  test('more facts than one statement or one read takes are all kept, and are there after reopening', async () => {
    await clear();
    const facts = Array.from({ length: 5_501 }, (_, index) => named(`service-${index}`));
    await store.fold('scan', facts, MONDAY);
    store = await reopen(store);
    expect(await store.facts()).toHaveLength(5_501);
    await store.replace('scan', facts.slice(0, 10), TUESDAY);
    expect(await store.facts()).toHaveLength(10);
  });

  test('folds at the same time wait for each other and all arrive', async () => {
    await clear();
    const names = Array.from({ length: 40 }, (_, index) => `service-${index}`);
    await Promise.all(
      names.map((name, index) =>
        store.fold(index % 2 ? 'scan' : 'otlp', [named('shared'), named(name)], MONDAY),
      ),
    );
    expect(await store.facts()).toHaveLength(41);
  });

  const batches = fc.array(
    fc.record({
      scope: fc.constantFrom('scan', 'otlp'),
      facts: fc.array(anyFact, { maxLength: 6 }),
      at: fc.constantFrom(MONDAY, TUESDAY, WEDNESDAY),
    }),
    { maxLength: 5 },
  );

  test('folding in any order, in any split, or twice, gives the same facts and the same records', async () => {
    await fc.assert(
      fc.asyncProperty(
        batches.chain((all) =>
          fc.record({
            all: fc.constant(all),
            shuffled: fc.shuffledSubarray(
              all.flatMap((batch) => batch.facts.map((fact) => ({ ...batch, facts: [fact] }))),
              { minLength: all.reduce((sum, batch) => sum + batch.facts.length, 0) },
            ),
          }),
        ),
        async ({ all, shuffled }) => {
          await clear();
          for (const { scope, facts, at } of all) await store.fold(scope, facts, at);
          const facts = sorted(await store.facts());
          const records = await recordsOf(store);
          const given = all.flatMap((batch) => batch.facts.map((fact) => canonicalJson(fact)));
          expect(
            new Set((await store.facts()).map((stored) => canonicalJson(stored.fact))),
          ).toEqual(new Set(given));
          for (const { scope, facts, at } of all) await store.fold(scope, facts, at);
          expect(sorted(await store.facts())).toEqual(facts);
          await clear();
          for (const { scope, facts, at } of shuffled) await store.fold(scope, facts, at);
          expect(sorted(await store.facts())).toEqual(facts);
          expect(await recordsOf(store)).toBe(records);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('replace gives the facts that emptying the scope and folding gives', async () => {
    const facts = fc.array(anyFact, { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(facts, facts, async (before, after) => {
        await clear();
        await store.fold('scan', before, MONDAY);
        await store.replace('scan', after, MONDAY);
        const replaced = sorted(await store.facts());
        await cleared('scan');
        await store.fold('scan', after, MONDAY);
        expect(replaced).toEqual(sorted(await store.facts()));
      }),
      { numRuns: 25 },
    );
  });
}
