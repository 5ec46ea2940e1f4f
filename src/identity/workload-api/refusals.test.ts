import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NearEntry, Selector, WhyNone } from '../registration/index.ts';
import { noneInShort } from './refusals.ts';

const seen = ['unix:uid:0', 'unix:gid:0', 'unix:path:/usr/bin/orders'] as readonly Selector[];
const near: NearEntry = {
  entryId: 'e1',
  spiffeId: 'spiffe://example.org/ns/shop/sa/orders',
  owner: 'team-orders',
  held: 1,
  lacks: [],
};
const none: WhyNone = { seen, seenCount: 3, entryCount: 12, near: [] };
const lacks = (selector: string, ...instead: string[]) =>
  ({ selector, instead }) as NearEntry['lacks'][number];

describe('why there is no identity, in short', () => {
  it.each<[string, WhyNone, string]>([
    [
      'nothing is near',
      none,
      'No identity is issued: of 12 entries none matches. Seen: unix:uid:0, unix:gid:0, unix:path:/usr/bin/orders',
    ],
    [
      'nothing is registered or seen',
      { seen: [], seenCount: 0, entryCount: 0, near: [] },
      'No identity is issued: no entry is registered. Seen: nothing',
    ],
    [
      'an entry lacks something',
      {
        ...none,
        entryCount: 1,
        near: [{ ...near, lacks: [lacks('unix:uid:1000', 'unix:uid:0'), lacks('k8s:ns:shop')] }],
      },
      'No identity is issued: 1 entry does not match. The nearest, spiffe://example.org/ns/shop/sa/orders: ' +
        'lacks unix:uid:1000 (has unix:uid:0); lacks k8s:ns:shop. Seen: unix:uid:0, unix:gid:0, ' +
        'unix:path:/usr/bin/orders',
    ],
    [
      'an entry is over, and another agent’s',
      {
        ...none,
        near: [{ ...near, expiredAt: '2026-01-01T00:00:00Z', agent: 'spiffe://example.org/a' }],
      },
      'No identity is issued: of 12 entries none matches. The nearest, spiffe://example.org/ns/shop/sa/orders: ' +
        'expired 2026-01-01T00:00:00Z; is handed out only by spiffe://example.org/a. Seen: unix:uid:0, ' +
        'unix:gid:0, unix:path:/usr/bin/orders',
    ],
    [
      'more was seen than is told',
      { ...none, seenCount: 70 },
      'No identity is issued: of 12 entries none matches. Seen: unix:uid:0, unix:gid:0, unix:path:/usr/bin/orders and 67 more',
    ],
  ])('where %s', (_, why, text) => {
    expect(noneInShort(why)).toBe(text);
  });

  it('counts what there is no room for', () => {
    const many = Array.from({ length: 64 }, (_, index) => `unix:path:/${'x'.repeat(80)}${index}`);
    const near64 = { ...near, lacks: many.map((selector) => lacks(selector)) };
    const why = { ...none, seen: many as readonly Selector[], seenCount: 70, near: [near64] };
    const short = noneInShort(why);
    expect(short).toMatch(/lacks .* and 6\d more\. Seen: .* and 6\d more$/);
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(1_024);
  });

  it('fits into a status, and still names the nearest entry, however long its parts are', () => {
    const text = fc.string({ minLength: 1, maxLength: 1_500 }).map((one) => one as Selector);
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 64 }),
        fc.array(fc.record({ selector: text, instead: fc.array(text, { maxLength: 3 }) })),
        fc.boolean(),
        (all, lacking, isNear) => {
          const why = {
            ...none,
            seen: all,
            seenCount: all.length,
            near: isNear ? [{ ...near, lacks: lacking }] : [],
          };
          const short = noneInShort(why);
          expect(Buffer.byteLength(short)).toBeLessThanOrEqual(1_024);
          expect(short.includes(near.spiffeId)).toBe(isNear);
        },
      ),
    );
  });
});
