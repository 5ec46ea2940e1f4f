import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entry, EntryIndex } from './index.ts';
import { entryWith, NOW } from './testing/entries.ts';

const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const orders = entryWith();
const HELD = ['k8s:ns:shop', 'k8s:pod-uid:7', 'k8s:sa:orders'];
const idsFor = (index: EntryIndex, selectors: readonly string[], agent: string | null = null) =>
  index.match({ selectors, agent }, NOW).map(({ entry }) => entry.spiffeId);

describe('entries', () => {
  it.each<[string, readonly string[], boolean]>([
    ['all of its selectors', HELD, true],
    ['its selectors in another order, and twice', [...HELD, ...HELD].reverse(), true],
    ['one of its selectors less', HELD.slice(0, 2), false],
    ['another value of one', ['k8s:ns:shop', 'k8s:sa:default'], false],
    ['nothing', [], false],
  ])('match a workload with %s or do not', (_, selectors, isMatch) => {
    expect(idsFor(new EntryIndex([orders]), selectors)).toEqual(isMatch ? [orders.spiffeId] : []);
  });

  it('of a parent match only what its agent attested', () => {
    const index = new EntryIndex([entryWith({ parent: AGENT })]);
    expect(idsFor(index, HELD, AGENT)).toHaveLength(1);
    expect(idsFor(index, HELD, `${AGENT}0`)).toEqual([]);
    expect(idsFor(index, HELD)).toEqual([]);
  });

  it('match until they expire', () => {
    const until = new Date(NOW + 1_000).toISOString();
    const index = new EntryIndex([entryWith({ expiresAt: until })]);
    expect(index.match({ selectors: HELD, agent: null }, NOW + 999)).toHaveLength(1);
    expect(index.match({ selectors: HELD, agent: null }, NOW + 1_000)).toHaveLength(0);
  });

  it('that share a hint give it to the oldest, and their identities all the same', () => {
    const [old, middle, young] = ['a', 'b', 'c'].map((name, age) =>
      entryWith(
        {
          spiffeId: `spiffe://example.org/${name}`,
          hint: 'internal',
          selectors: [HELD[age] ?? ''],
        },
        { now: NOW + age },
      ),
    ) as [Entry, Entry, Entry];
    const found = new EntryIndex([young, old, middle]).match({ selectors: HELD, agent: null }, NOW);
    expect(found.map(({ entry, hint }) => [entry.spiffeId.at(-1), hint])).toEqual([
      ['a', 'internal'],
      ['b', ''],
      ['c', ''],
    ]);
  });

  it('tell what any of them asks for', () => {
    const index = new EntryIndex([orders, entryWith({ selectors: ['k8s:ns:test'] })]);
    expect([index.asksFor('k8s', 'sa'), index.asksFor('unix', 'sha256')]).toEqual([true, false]);
    index.delete(orders.id);
    expect([index.asksFor('k8s', 'sa'), index.asksFor('k8s', 'ns')]).toEqual([false, true]);
  });

  it('can be changed and taken out', () => {
    const index = new EntryIndex([orders]);
    index.set({ ...orders, owner: 'others' });
    expect([index.size, index.get(orders.id)?.owner]).toEqual([1, 'others']);
    expect([index.delete(orders.id), index.delete(orders.id)]).toEqual([true, false]);
    expect([index.size, idsFor(index, HELD)]).toEqual([0, []]);
  });

  it('match as looking at each of them would, whatever is put in and taken out', () => {
    const selector = fc.constantFrom(...'abcdefgh').map((value) => `unix:uid:${value}`);
    const selectors = fc.uniqueArray(selector, { minLength: 1, maxLength: 5 });
    const parent = fc.constantFrom(null, AGENT);
    const entry = fc
      .record({ selectors, parent, name: fc.constantFrom('x', 'y') })
      .map(({ name, ...said }) => entryWith({ ...said, spiffeId: `spiffe://example.org/${name}` }));
    const step = fc.record({ entry, isGone: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(entry),
        fc.array(step),
        selectors,
        parent,
        (first, steps, held, agent) => {
          const index = new EntryIndex(first);
          const kept = new Map(first.map((one) => [one.id, one]));
          for (const { entry: one, isGone } of steps) {
            if (isGone) {
              expect(index.delete(one.id)).toBe(kept.delete(one.id));
            } else {
              index.set(one);
              kept.set(one.id, one);
            }
          }
          const wanted = [...kept.values()].filter(
            (one) =>
              (one.parent ?? agent) === agent && one.selectors.every((each) => held.includes(each)),
          );
          const found = index
            .match({ selectors: held, agent }, NOW)
            .map(({ entry: one }) => one.id);
          expect([...found].sort()).toEqual(wanted.map(({ id }) => id).sort());
          expect(index.size).toBe(kept.size);
        },
      ),
    );
  });
});
