import { describe, expect, it } from 'vitest';
import { conflictWith, type Entry, parseEntryInput, registerEntry } from './index.ts';
import { entryWith, NOW, REGISTERING, SAID } from './testing/entries.ts';

describe('an entry', () => {
  it("has SPIRE's lifetimes and no more than was said", () => {
    expect(registerEntry(parseEntryInput(SAID), REGISTERING)).toEqual({
      ...SAID,
      id: expect.stringMatching(/^entry-[0-9a-f]{16}$/),
      parent: null,
      x509TtlSeconds: 3_600,
      jwtTtlSeconds: 300,
      dnsNames: [],
      federatesWith: [],
      hint: '',
      expiresAt: null,
      services: [],
      origin: 'person',
      absentSince: null,
      createdBy: 'ada',
      createdAt: '2027-01-01T00:00:00.000Z',
    });
  });

  it('is named by its ID, parent and selectors, in whatever order these come', () => {
    const turned = entryWith({ selectors: [...SAID.selectors].reverse(), owner: 'others' });
    expect(turned.id).toBe(entryWith().id);
    expect(entryWith({ parent: 'spiffe://example.org/reeve/agent/a' }).id).not.toBe(turned.id);
    expect(entryWith({ selectors: ['k8s:ns:shop'] }).id).not.toBe(turned.id);
  });

  it.each<[string, Record<string, unknown>]>([
    [
      'a value for everything',
      {
        parent: 'spiffe://example.org/reeve/agent/node-1',
        x509TtlSeconds: 60,
        jwtTtlSeconds: 10,
        dnsNames: ['orders', 'orders.shop.svc', '*.shop.example.org', 'xn--bcher-kva.example'],
        federatesWith: ['other.org'],
        hint: 'internal',
        expiresAt: '2027-02-01T00:00:00Z',
        service: 'default/shop/orders',
      },
    ],
    [
      'selectors with colons, slashes and letters of any language',
      {
        selectors: ['unix:path:/opt/a:b c/bücher', 'k8s:pod-label:app.kubernetes.io/name:orders'],
      },
    ],
    ['a selector of 1,024 characters', { selectors: [`unix:path:${'x'.repeat(1_014)}`] }],
    ['32 selectors', { selectors: Array.from({ length: 32 }, (_, at) => `unix:gid:${at}`) }],
  ])('may have %s', (_, change) => {
    expect(registerEntry(parseEntryInput({ ...SAID, ...change }), REGISTERING)).toBeTruthy();
  });

  it.each<[Record<string, unknown>, string]>([
    [{ spiffeId: undefined }, 'spiffeId'],
    [{ spiffeId: 'example.org/x' }, 'does not begin with spiffe://'],
    [{ spiffeId: 'spiffe://example.org/a/../b' }, 'segment `..`'],
    [{ spiffeId: 'spiffe://example.org' }, 'has no path'],
    [{ spiffeId: 'spiffe://other.org/x' }, 'is not of the trust domain example.org'],
    [{ spiffeId: 'spiffe://example.org/reeve/agent/a' }, "which is Reeve's own"],
    [{ spiffeId: 'spiffe://example.org/reeve' }, "which is Reeve's own"],
    [{ owner: '' }, 'owner'],
    [{ owner: undefined }, 'owner'],
    [{ owner: 'x'.repeat(257) }, 'owner'],
    [{ parent: 'spiffe://example.org/ns/shop' }, 'is no agent'],
    [{ parent: 'spiffe://other.org/reeve/agent/a' }, 'is no agent'],
    [{ parent: 'spiffe://example.org/reeve/agent' }, 'is no agent'],
    [{ selectors: [] }, 'selectors'],
    [{ selectors: ['k8s:sa'] }, 'must read like `unix:uid:1000`'],
    [{ selectors: ['k8s:sa:'] }, 'must read like'],
    [{ selectors: ['K8s:sa:x'] }, 'must read like'],
    [{ selectors: [':sa:x'] }, 'must read like'],
    [{ selectors: ['k8s::x'] }, 'must read like'],
    [{ selectors: ['unix:path:a\nb'] }, 'must read like'],
    [{ selectors: ['unix:path:a\u202eb'] }, 'must read like'],
    [{ selectors: ['unix:path:\ud800'] }, 'must read like'],
    [{ selectors: [`unix:path:${'x'.repeat(1_015)}`] }, 'selectors.0'],
    [{ selectors: ['k8s:sa:x', 'k8s:sa:x'] }, 'has one of them twice'],
    [{ selectors: Array.from({ length: 33 }, (_, at) => `unix:gid:${at}`) }, 'selectors'],
    [{ x509TtlSeconds: 59 }, 'x509TtlSeconds'],
    [{ x509TtlSeconds: 3_600.5 }, 'x509TtlSeconds'],
    [{ x509TtlSeconds: 86_401 }, 'is more than the limit of 86400'],
    [{ jwtTtlSeconds: 9 }, 'jwtTtlSeconds'],
    [{ jwtTtlSeconds: 3_601 }, 'is more than the limit of 3600'],
    [{ dnsNames: ['Orders'] }, 'must be a DNS name'],
    [{ dnsNames: ['orders.'] }, 'must be a DNS name'],
    [{ dnsNames: ['or_ders'] }, 'must be a DNS name'],
    [{ dnsNames: ['10.0.0.1'] }, 'must be a DNS name'],
    [{ dnsNames: ['*'] }, 'must be a DNS name'],
    [{ dnsNames: ['*.org'] }, 'must be a DNS name'],
    [{ dnsNames: ['a.*.org'] }, 'must be a DNS name'],
    [{ dnsNames: ['-a.org'] }, 'must be a DNS name'],
    [{ dnsNames: [`${'a'.repeat(64)}.org`] }, 'must be a DNS name'],
    [{ dnsNames: ['bücher.example'] }, 'must be a DNS name'],
    [{ dnsNames: ['a', 'a'] }, 'has one of them twice'],
    [{ federatesWith: ['Other.org'] }, 'not the name of a trust domain'],
    [{ federatesWith: ['example.org'] }, 'whose own bundle every workload has'],
    [{ hint: 'two\nlines' }, 'hint'],
    [{ hint: 'x'.repeat(201) }, 'hint'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ expiresAt: '2026-12-31T23:59:59Z' }, 'is not after now'],
    [{ service: '' }, 'service'],
    [{ admin: true }, 'admin'],
    [{ downstream: true }, 'downstream'],
  ])('is refused with %j', (change, why) => {
    expect(() => registerEntry(parseEntryInput({ ...SAID, ...change }), REGISTERING)).toThrow(
      expect.objectContaining({
        code: 'identity/entry-invalid',
        message: expect.stringContaining(why),
      }),
    );
  });

  it('is refused with all that is wrong at once', () => {
    const wrong = { spiffeId: 'spiffe://other.org/x', expiresAt: '2020-01-01T00:00:00Z' };
    expect(() => entryWith(wrong)).toThrow(/other\.org.*; expiresAt/s);
  });
});

describe('an entry beside others', () => {
  const first = entryWith({ hint: 'internal' });

  it.each<[string, Parameters<typeof entryWith>[0]]>([
    ['of another ID without a hint', { spiffeId: 'spiffe://example.org/other' }],
    [
      'with its hint for others',
      {
        spiffeId: 'spiffe://example.org/other',
        selectors: ['k8s:ns:shop', 'k8s:sa:cart'],
        hint: 'internal',
      },
    ],
    [
      'with another hint for the same',
      { spiffeId: 'spiffe://example.org/other', hint: 'external' },
    ],
  ])('may stand %s', (_, said) => {
    expect(conflictWith([first], entryWith(said))).toBeUndefined();
  });

  it('may have the hint of one that another agent hands out', () => {
    const [here, there] = ['node-1', 'node-2'].map((name) =>
      entryWith({ hint: 'internal', parent: `spiffe://example.org/reeve/agent/${name}` }),
    ) as [Entry, Entry];
    expect(conflictWith([there], here)).toBeUndefined();
  });

  it.each<[string, Parameters<typeof entryWith>[0], string]>([
    ['alike', { owner: 'others' }, 'is registered with these selectors already, by ada'],
    [
      'with its hint for the same',
      { spiffeId: 'spiffe://example.org/o', hint: 'internal' },
      'both have the hint internal',
    ],
    [
      'with its hint for more',
      {
        spiffeId: 'spiffe://example.org/o',
        hint: 'internal',
        selectors: ['k8s:ns:shop'],
      },
      'both have the hint internal',
    ],
    [
      'with its hint for fewer',
      {
        spiffeId: 'spiffe://example.org/o',
        hint: 'internal',
        selectors: ['k8s:ns:shop', 'k8s:sa:orders', 'unix:uid:1'],
        parent: 'spiffe://example.org/reeve/agent/a',
      },
      'both have the hint internal',
    ],
  ])('is refused %s', (_, said, why) => {
    expect(conflictWith([first], entryWith(said, { now: NOW + 1 }))).toMatchObject({
      code: 'identity/entry-conflict',
      message: expect.stringContaining(why),
    });
  });
});
