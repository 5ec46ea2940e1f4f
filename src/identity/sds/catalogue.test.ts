import { randomFillSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Entitled } from '../workload-api/index.ts';
import { toPem } from '../x509/index.ts';
import { Catalogue } from './catalogue.ts';
import { SdsConfig } from './config.ts';
import { ValidationContexts } from './contexts.ts';
import { verifyingNobody } from './nobody.ts';
import { TestDomain } from './testing/domain.ts';
import { type SeenSecret, seen } from './testing/protos.ts';

const NOW = Date.UTC(2027, 0, 1);
const HOUR_MS = 3_600_000;
const ORDERS = 'spiffe://example.org/orders';
const own = new TestDomain('example.org', NOW);
const other = new TestDomain('other.example', NOW);
const orders = own.svid('/orders');
const admin = own.svid('/admin');
const ENTITLED: Entitled = {
  kind: 'entitled',
  svids: [orders, admin],
  bundles: [own.bundle, other.bundle],
  crls: [],
};

const certificates = (...ders: readonly Buffer[]) =>
  ders.map((der) => toPem('CERTIFICATE', der)).join('');
const list = (crl: Buffer) => toPem('X509 CRL', crl);
const OWN_PEM = certificates(...own.bundle.x509Authorities);
const OTHER_PEM = certificates(...other.bundle.x509Authorities);

interface Setting {
  readonly entitled?: Partial<Entitled>;
  readonly isSpiffe?: boolean;
  readonly config?: object;
  readonly clock?: () => number;
}

function catalogueOf({ entitled, isSpiffe = true, config = {}, clock = () => NOW }: Setting = {}) {
  return new Catalogue({ ...ENTITLED, ...entitled }, isSpiffe, {
    config: SdsConfig.parse(config),
    contexts: new ValidationContexts(clock),
    nobody: verifyingNobody(clock, randomFillSync),
  });
}

function find(name: string, setting: Setting = {}): SeenSecret | undefined {
  const secret = catalogueOf(setting).find(name);
  return secret && seen(secret.body);
}

describe('a name', () => {
  const chainOf = (svid: typeof orders) => certificates(...svid.chain);

  it.each([
    ['default', orders],
    [ORDERS, orders],
    ['spiffe://example.org/admin', admin],
  ])('%s is a certificate with its chain and key', (name, svid) => {
    expect(find(name)).toEqual({
      name,
      chain: chainOf(svid),
      key: toPem('PRIVATE KEY', svid.privateKey),
    });
    expect(catalogueOf().find(name)?.spiffeId).toBe(svid.spiffeId);
  });

  it.each([
    ['ROOTCA', { 'example.org': OWN_PEM }],
    ['ALL', { 'example.org': OWN_PEM, 'other.example': OTHER_PEM }],
    ['spiffe://example.org', { 'example.org': OWN_PEM }],
    ['spiffe://other.example', { 'other.example': OTHER_PEM }],
  ])('%s is the bundles of trust domains, each apart', (name, domains) => {
    expect(find(name)).toEqual({ name, domains });
  });

  it.each([
    ['ROOTCA', OWN_PEM],
    ['spiffe://other.example', OTHER_PEM],
  ])('%s is one bundle for an Envoy without a validator of SPIFFE', (name, trusted) => {
    expect(find(name, { isSpiffe: false })).toEqual({ name, trusted });
    expect(find(name, { config: { spiffeValidator: false } })).toEqual({ name, trusted });
  });

  it.each([
    ['ALL', { isSpiffe: false }, 'validator of SPIFFE'],
    ['spiffe://third.example', {}, 'neither of that trust domain'],
    ['spiffe://example.org/payments', {}, 'entitled to spiffe://example.org/orders'],
    ['rootca', {}, 'entitled to spiffe://example.org/orders'],
    ['', {}, 'entitled'],
  ])('%j is nothing, and it is said why', (name, setting, why) => {
    const catalogue = catalogueOf(setting);
    expect(catalogue.find(name)).toBeUndefined();
    expect(catalogue.whyNot(name)).toContain(why);
  });

  it('can be another', () => {
    const config = {
      defaultSvidName: 'mine',
      defaultBundleName: 'ours',
      defaultAllBundlesName: 'everybody',
    };
    expect(find('mine', { config })?.chain).toBe(chainOf(orders));
    expect(find('ours', { config })?.domains).toEqual({ 'example.org': OWN_PEM });
    expect(find('everybody', { config })?.domains).toHaveProperty(['other.example']);
    expect(find('default', { config })).toBeUndefined();
  });

  it('of everything is that of an identity or of a trust domain', () => {
    const twice = { svids: [orders, admin, orders] };
    expect(catalogueOf({ entitled: twice }).names).toEqual([
      ORDERS,
      'spiffe://example.org/admin',
      'spiffe://example.org',
      'spiffe://other.example',
    ]);
  });
});

describe('a version', () => {
  const versionOf = (name: string, setting: Setting) => catalogueOf(setting).find(name)?.version;
  const names = ['default', 'ROOTCA', 'ALL'];

  it.each(names)('of %s is the same for the same, wherever it is made', (name) => {
    expect(versionOf(name, {})).toBe(versionOf(name, {}));
  });

  it.each([
    ['default', { svids: [own.svid('/orders')] }],
    ['ROOTCA', { bundles: [{ ...own.bundle, x509Authorities: other.bundle.x509Authorities }] }],
    ['ALL', { bundles: [own.bundle] }],
    ['ALL', { crls: [own.crl()], bundles: [own.bundle] }],
  ])('of %s is another where %j is', (name, entitled) => {
    expect(versionOf(name, { entitled })).not.toBe(versionOf(name, {}));
  });
});

describe('trust', () => {
  it('in nobody is no context: Envoy would take none', () => {
    const bundles = [{ ...own.bundle, x509Authorities: [] }, other.bundle];
    expect(find('ROOTCA', { entitled: { bundles } })).toBeUndefined();
    expect(find('ALL', { entitled: { bundles } })?.domains).toEqual({ 'other.example': OTHER_PEM });
    expect(catalogueOf({ entitled: { bundles } }).names).not.toContain('spiffe://example.org');
  });

  it('in an authority that cannot be read is left out, for Envoy would take nothing else either', () => {
    const x509Authorities = [Buffer.from('no certificate'), ...other.bundle.x509Authorities];
    const bundles = [own.bundle, { ...other.bundle, x509Authorities }];
    expect(find('ALL', { entitled: { bundles } })?.domains).toEqual({
      'example.org': OWN_PEM,
      'other.example': OTHER_PEM,
    });
  });

  it.each([
    ['ROOTCA', true],
    ['ALL', true],
    ['spiffe://other.example', true],
    ['ROOTCA', false],
  ])('of %s that is withdrawn is trust in a root that nobody has', (name, isSpiffe) => {
    const catalogue = catalogueOf({ isSpiffe });
    const withdrawn = catalogue.withdrawn(name);
    const { domains, trusted } = seen(withdrawn?.body ?? Buffer.alloc(0));
    const pem = isSpiffe ? Object.values(domains ?? {}).join() : (trusted ?? '');
    const root = new X509Certificate(pem);
    expect(root.subjectAltName).toBe('URI:spiffe://nobody.invalid');
    expect(root.ca).toBe(true);
    expect(catalogue.withdrawn(name)?.version).toBe(withdrawn?.version);
  });

  it.each(['default', ORDERS, 'odd'])('%s cannot be withdrawn', (name) => {
    expect(catalogueOf().withdrawn(name)).toBeUndefined();
  });
});

describe('what is revoked', () => {
  const crl = own.crl();
  const domainsWith = (name: string, entitled: Partial<Entitled>, clock = () => NOW) => {
    const catalogue = catalogueOf({ entitled, clock });
    const secret = catalogue.find(name);
    return {
      domains: secret && seen(secret.body).domains,
      unenforced: catalogue.unenforced,
    };
  };

  it.each(['ROOTCA', 'ALL'])('stands among the authorities of %s', (name) => {
    const { domains, unenforced } = domainsWith(name, { crls: [crl] });
    expect(domains?.['example.org']).toBe(OWN_PEM + list(crl));
    expect(domains?.['other.example'] ?? OTHER_PEM).toBe(OTHER_PEM);
    expect(unenforced).toEqual([]);
  });

  it('stands by itself without a validator of SPIFFE, and is asked about the peer alone', () => {
    expect(find('ROOTCA', { isSpiffe: false, entitled: { crls: [crl] } })).toEqual({
      name: 'ROOTCA',
      trusted: OWN_PEM,
      crl: list(crl),
      isLeafOnly: true,
    });
  });

  it('is told by the newest list, each once', () => {
    const newer = own.crl(own.root(0), 2, 2n);
    const { domains } = domainsWith('ROOTCA', { crls: [crl, newer, newer] });
    expect(domains?.['example.org']).toBe(OWN_PEM + list(newer));
  });

  it('is told of every authority or of none: Envoy refuses those without a list', () => {
    const two = new TestDomain('example.org', NOW);
    const second = two.addRoot();
    const bundles = [two.bundle];
    const one = domainsWith('ROOTCA', { bundles, svids: [two.svid('/a')], crls: [two.crl()] });
    expect(one.domains?.['example.org']).not.toContain('CRL');
    expect(one.unenforced).toEqual(['example.org']);
    const crls = [two.crl(second), two.crl()];
    const both = domainsWith('ROOTCA', { bundles, svids: [two.svid('/a')], crls });
    expect(both.domains?.['example.org']?.match(/BEGIN X509 CRL/g)).toHaveLength(2);
    expect(both.unenforced).toEqual([]);
  });

  it.each([
    ['that is too old', own.crl(own.root(0), -0.5), Infinity],
    ['that will be too old within a minute', own.crl(own.root(0), 1 / 60), Infinity],
    ['that is not good yet', own.crl(own.root(0), 9, 1n, NOW + 5_000), NOW + 5_000],
  ])('is not told by a list %s: Envoy would refuse everything', (_, odd, until) => {
    const catalogue = catalogueOf({ entitled: { crls: [odd] } });
    const secret = catalogue.find('ROOTCA');
    expect(secret && seen(secret.body).domains).toEqual({ 'example.org': OWN_PEM });
    expect([catalogue.unenforced, catalogue.until]).toEqual([['example.org'], until]);
  });

  it.each([
    ["of another authority's", new TestDomain('example.org', NOW).crl()],
    ['that is none', Buffer.from('nothing')],
  ])('is not told by a list %s', (_, odd) => {
    const { domains, unenforced } = domainsWith('ROOTCA', { crls: [odd] });
    expect([domains, unenforced]).toEqual([{ 'example.org': OWN_PEM }, []]);
  });

  it('is no longer told by a list that has become too old', () => {
    let now = NOW;
    const contexts = new ValidationContexts(() => now);
    const wish = { ...ENTITLED, name: 'ROOTCA', isSpiffe: true, bundles: [own.bundle] };
    const before = contexts.contextOf({ ...wish, crls: [crl] });
    expect(contexts.contextOf({ ...wish, crls: [crl] })).toBe(before);
    expect(before?.until).toBe(NOW + HOUR_MS - 60_000);
    now += HOUR_MS - 60_000;
    expect(contexts.contextOf({ ...wish, crls: [crl] })).not.toBe(before);
    expect(contexts.contextOf({ ...wish, crls: [crl] })?.secret.version).toBe(
      contexts.contextOf({ ...wish, crls: [] })?.secret.version,
    );
  });

  it('below an upstream needs a list of the upstream too, unless Envoy only asks about the peer', () => {
    const issuing = own.authority(own.root(0));
    const svids = [own.svid('/orders', issuing)];
    const below = own.crl(issuing);
    const alone = domainsWith('ROOTCA', { svids, crls: [below] });
    expect(alone).toEqual({ domains: { 'example.org': OWN_PEM }, unenforced: ['example.org'] });
    const both = domainsWith('ROOTCA', { svids, crls: [below, crl] });
    expect(both.domains?.['example.org']).toBe(OWN_PEM + list(crl) + list(below));
    const plain = find('ROOTCA', { isSpiffe: false, entitled: { svids, crls: [below] } });
    expect(plain?.crl).toBe(list(below));
  });

  it('is read once for all who have the same, however many there are', () => {
    const contexts = new ValidationContexts(() => NOW);
    const wish = { name: 'ROOTCA', isSpiffe: true, crls: [crl] };
    const first = contexts.contextOf({ ...wish, bundles: [own.bundle], svids: [orders] });
    for (let round = 0; round < 200; round++) {
      const svids = [{ ...admin, chain: [...admin.chain] }];
      const again = contexts.contextOf({ ...wish, bundles: [{ ...own.bundle }], svids });
      expect(again).toBe(first);
    }
  });
});
