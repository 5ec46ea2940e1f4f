import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainNone, whyNone } from './index.ts';
import { entryWith, NOW } from './testing/entries.ts';

const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const idOf = (name: string) => `spiffe://example.org/ns/shop/sa/${name}`;
const entryFor = (name: string, ...more: string[]) =>
  entryWith({ spiffeId: idOf(name), selectors: ['k8s:ns:shop', `k8s:sa:${name}`, ...more] });

const shop = ['orders', 'cart', 'payments', 'users'].map((name) => entryFor(name));
const workload = { selectors: ['k8s:sa:default', 'k8s:ns:shop'], agent: null };

describe('why a workload has no identity', () => {
  it('is told with what it has and what the nearest entries ask for besides', () => {
    expect(whyNone(shop, workload, NOW)).toEqual({
      seen: ['k8s:ns:shop', 'k8s:sa:default'],
      seenCount: 2,
      entryCount: 4,
      near: ['cart', 'orders', 'payments'].map((name) => ({
        entryId: entryFor(name).id,
        spiffeId: idOf(name),
        owner: 'team-orders',
        held: 1,
        lacks: [{ selector: `k8s:sa:${name}`, instead: ['k8s:sa:default'] }],
      })),
    });
  });

  it('is told in lines', () => {
    expect(explainNone(whyNone(shop.slice(0, 1), workload, NOW))).toBe(
      [
        'No identity: the one entry does not match. The workload has',
        '  k8s:ns:shop',
        '  k8s:sa:default',
        'entry spiffe://example.org/ns/shop/sa/orders',
        '  lacks k8s:sa:orders; the workload has k8s:sa:default',
      ].join('\n'),
    );
  });

  it.each<[string, ReturnType<typeof entryWith>[], readonly string[], string[]]>([
    [
      'the greater share',
      [entryFor('orders', 'unix:uid:1'), entryFor('cart')],
      workload.selectors,
      ['cart', 'orders'],
    ],
    [
      'fewer that are lacking',
      [
        entryWith({ spiffeId: idOf('b'), selectors: ['k8s:ns:shop', 'unix:uid:1'] }),
        entryWith({
          spiffeId: idOf('a'),
          selectors: ['k8s:ns:shop', 'k8s:sa:default', 'unix:uid:1', 'unix:gid:1'],
        }),
      ],
      workload.selectors,
      ['b', 'a'],
    ],
    [
      'another value of the same',
      [
        entryWith({ spiffeId: idOf('a'), selectors: ['k8s:ns:shop', 'unix:uid:1'] }),
        entryWith({ spiffeId: idOf('b'), selectors: ['k8s:ns:shop', 'k8s:sa:b'] }),
      ],
      workload.selectors,
      ['b', 'a'],
    ],
    [
      'nothing that has to do with it',
      [entryWith({ selectors: ['unix:uid:1'] })],
      workload.selectors,
      [],
    ],
    [
      'all of one that another agent gives',
      [
        entryFor('cart'),
        entryWith({ spiffeId: idOf('z'), selectors: ['k8s:ns:shop'], parent: AGENT }),
      ],
      workload.selectors,
      ['z', 'cart'],
    ],
  ])('puts first the entry with %s', (_, entries, selectors, want) => {
    for (const order of [entries, [...entries].reverse()]) {
      const { near } = whyNone(order, { selectors, agent: null }, NOW);
      expect(near.map(({ spiffeId }) => spiffeId.split('/').at(-1))).toEqual(want);
    }
  });

  it('names an end and an agent that stand in the way', () => {
    const expiresAt = new Date(NOW + 1).toISOString();
    const entry = entryWith({ selectors: ['k8s:ns:shop'], expiresAt, parent: AGENT });
    const why = whyNone([entry], workload, NOW + 1);
    expect(why.near[0]).toMatchObject({ lacks: [], expiredAt: expiresAt, agent: AGENT });
    expect(explainNone(why)).toContain(
      `  has expired: ${expiresAt}\n  is handed out only by ${AGENT}`,
    );
  });

  it.each<[string, ReturnType<typeof entryWith>[], readonly string[], string]>([
    [
      'nothing is registered',
      [],
      ['unix:uid:0'],
      'No identity: no entry is registered. The workload has\n  unix:uid:0',
    ],
    [
      'nothing is known',
      [],
      [],
      'No identity: no entry is registered; nothing is known of the workload.',
    ],
    [
      'nothing is near',
      [entryWith()],
      ['unix:uid:0'],
      'No identity: the one entry does not match. The workload has\n  unix:uid:0\nNo entry asks for anything that the workload has.',
    ],
  ])('is told where %s', (_, entries, selectors, want) => {
    expect(explainNone(whyNone(entries, { selectors, agent: null }, NOW))).toBe(want);
  });

  it('fits 80 columns and 60 lines, and does not depend on any order', () => {
    const value = fc.oneof(fc.constantFrom('a', 'b'), fc.stringMatching(/^[a-zé/]{1,300}$/));
    const selector = fc
      .tuple(fc.constantFrom('unix:path', 'k8s:sa', 'k8s:ns'), value)
      .map(([subject, each]) => `${subject}:${each}`);
    const held = fc.uniqueArray(selector, { maxLength: 100 });
    const entry = fc
      .uniqueArray(selector, { minLength: 1, maxLength: 32 })
      .map((selectors) => entryWith({ selectors }));
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { selector: ({ id }) => id }),
        held,
        (entries, selectors) => {
          const why = whyNone(entries, { selectors, agent: null }, NOW);
          const turned = { selectors: [...selectors].reverse(), agent: null };
          expect(whyNone([...entries].reverse(), turned, NOW)).toEqual(why);
          const lines = explainNone(why).split('\n');
          expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
          expect(lines.length).toBeLessThanOrEqual(60);
          expect(why.seen.length).toBeLessThanOrEqual(64);
          expect(why.near.length).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 50 },
    );
  });
});
