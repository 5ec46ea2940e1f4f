import { randomFillSync, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSpiffeId, spiffeIdOf, toBundleFinder } from '../spiffe/index.ts';
import {
  type Authority,
  type AuthorityRequest,
  authorityOf,
  issueAuthority,
  uniqueSubject,
} from './authority.ts';
import { readCertificate } from './certificate.ts';
import { createSvidIssuer, type SvidRequest } from './issue-svid.ts';
import { nameToText } from './name.ts';
import { serialNumbers } from './serial.ts';
import { NOW } from './testing/forge.ts';
import { ecKey, edKey, rsaKey, type TestKey, testSigner } from './testing/keys.ts';
import { validateSvid } from './validation/index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const nextSerial = serialNumbers(randomFillSync);
const KEYS = { root: ecKey('P-384'), issuing: ecKey(), rsa: rsaKey(), leaf: ecKey() };

function request(key: TestKey, change: Partial<AuthorityRequest> = {}): AuthorityRequest {
  const serialNumber = nextSerial();
  return {
    publicKey: key.spki,
    id: spiffeIdOf('example.org'),
    subject: uniqueSubject('Example', serialNumber),
    serialNumber,
    notBefore: NOW - HOUR,
    notAfter: NOW + DAY,
    ...change,
  };
}

function anAuthority(key: TestKey, change: Partial<AuthorityRequest> = {}, by?: Authority) {
  const certificate = issueAuthority(request(key, change), by ?? testSigner(key));
  return authorityOf(certificate, key.privateKey);
}
const root = anAuthority(KEYS.root, { pathLength: 1 });
const issuing = anAuthority(KEYS.issuing, { pathLength: 0 }, root);
const bundleOf = toBundleFinder([
  { trustDomain: 'example.org', x509Authorities: [root.certificate.der], jwtAuthorities: [] },
]);
const ask: SvidRequest = {
  id: parseSpiffeId('spiffe://example.org/ns/shop/sa/orders'),
  publicKey: KEYS.leaf.spki,
  dnsNames: ['orders.shop.svc', 'orders'],
  ttlSeconds: 3_600,
};

describe('an X.509-SVID that is issued', () => {
  const issue = createSvidIssuer(issuing, randomFillSync);

  it('is what was asked for, to Node', () => {
    const { certificate, serialNumber } = issue(ask, NOW + 999);
    const read = new X509Certificate(certificate);
    expect(read.subjectAltName).toBe(`URI:${ask.id.uri}, DNS:orders.shop.svc, DNS:orders`);
    expect(read.subject).toBe('CN=orders.shop.svc');
    expect(read.issuer).toContain('O=Example');
    expect(read.ca).toBe(false);
    expect(read.serialNumber.toLowerCase()).toBe(serialNumber);
    expect(read.validFromDate.getTime()).toBe(NOW - 60_000);
    expect(read.validToDate.getTime()).toBe(NOW + HOUR);
    expect(read.publicKey.equals(KEYS.leaf.publicKey)).toBe(true);
    expect(read.verify(KEYS.issuing.publicKey)).toBe(true);
    expect(read.checkIssued(new X509Certificate(issuing.certificate.der))).toBe(true);
    expect(read.checkHost('orders')).toBe('orders');
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('is valid, and names its key and that of its issuer', () => {
    const svid = validateSvid([issue(ask, NOW).certificate, issuing.certificate.der], {
      bundleOf,
      now: NOW,
    });
    expect(svid.id).toEqual(ask.id);
    expect(svid.leaf.extensions).toMatchObject({
      basicConstraints: { isAuthority: false },
      keyUsage: { isCritical: true, bits: new Set([0]) },
      authorityKeyId: issuing.certificate.extensions.subjectKeyId,
      unknown: [],
    });
    expect(svid.leaf.extensions.subjectKeyId).toHaveLength(20);
  });

  it('has names that are critical where it has no subject', () => {
    for (const dnsNames of [undefined, ['a'.repeat(60).concat('.example.org')]]) {
      const { dnsNames: _, ...rest } = ask;
      const { certificate } = issue({ ...rest, ...(dnsNames && { dnsNames }) }, NOW);
      expect(new X509Certificate(certificate).subject).toBeFalsy();
      expect(readCertificate(certificate).extensions.names?.isCritical).toBe(true);
    }
    expect(readCertificate(issue(ask, NOW).certificate).extensions.names?.isCritical).toBe(false);
  });

  it('has a random serial number that is positive and 16 bytes long', () => {
    const all = Array.from({ length: 600 }, () => issue(ask, NOW).serialNumber);
    expect(new Set(all).size).toBe(600);
    for (const serial of all) expect(serial).toMatch(/^[4-7][0-9a-f]{31}$/);
  });

  it('is signed by authorities of RSA too, and for keys of RSA', () => {
    const authority = anAuthority(KEYS.rsa, { pathLength: 0 }, root);
    const svid = createSvidIssuer(authority, randomFillSync)(
      { ...ask, publicKey: KEYS.rsa.spki },
      NOW,
    );
    const chain = [svid.certificate, authority.certificate.der];
    expect(validateSvid(chain, { bundleOf, now: NOW }).path).toHaveLength(3);
  });

  it('does not outlive its authority', () => {
    const late = NOW + DAY - 60_000;
    expect(issue(ask, late).notAfter).toBe(NOW + DAY);
    for (const now of [NOW + DAY, NOW - HOUR - 1]) {
      expect(() => issue(ask, now)).toThrow(
        expect.objectContaining({ code: 'identity/authority-unavailable' }),
      );
    }
  });

  it.each<[string, Partial<SvidRequest>]>([
    ['path', { id: parseSpiffeId('spiffe://example.org') }],
    ['trust-domain', { id: parseSpiffeId('spiffe://example.com/x') }],
    ['ttl', { ttlSeconds: 0 }],
    ['ttl', { ttlSeconds: 0.5 }],
    ['ttl', { ttlSeconds: Number.NaN }],
    ['dns-names', { dnsNames: ['orders shop'] }],
    ['dns-names', { dnsNames: [''] }],
    ['dns-names', { dnsNames: ['-a'] }],
    ['dns-names', { dnsNames: ['a.*.b'] }],
    ['dns-names', { dnsNames: ['a\u0000.example.org'] }],
    ['dns-names', { dnsNames: [`${'a'.repeat(64)}.org`] }],
    ['dns-names', { dnsNames: Array(100).fill('a') }],
  ])('is refused for its %s', (reason, change) => {
    expect(() => issue({ ...ask, ...change }, NOW)).toThrow(
      expect.objectContaining({ code: `identity/svid-request-invalid/${reason}` }),
    );
  });

  it('of any names, key and time is valid', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
    const keys = fc.constantFrom(KEYS.leaf, KEYS.rsa, KEYS.root);
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zA-Z0-9_-]{1,200}$/), { minLength: 1, maxLength: 9 }),
        fc.array(label, { maxLength: 20 }),
        fc.integer({ min: 1, max: 80_000 }),
        keys,
        (segments, dnsNames, ttlSeconds, key) => {
          const id = spiffeIdOf('example.org', ...segments);
          const svid = issue({ id, dnsNames, ttlSeconds, publicKey: key.spki }, NOW);
          const chain = [svid.certificate, issuing.certificate.der];
          const { leaf, id: read } = validateSvid(chain, { bundleOf, now: NOW });
          expect(read).toEqual(id);
          expect(leaf.extensions.names?.dnsNames).toEqual(dnsNames);
          expect(leaf.serialNumber).toBe(svid.serialNumber);
          expect(leaf.notAfter).toBe(NOW + ttlSeconds * 1_000);
          expect(new X509Certificate(svid.certificate).verify(KEYS.issuing.publicKey)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the certificate of an authority', () => {
  it('has a subject of its own, which its serial number makes unique', () => {
    const [a, b] = [anAuthority(KEYS.root), anAuthority(KEYS.root)];
    expect(a.certificate.subject.equals(b.certificate.subject)).toBe(false);
    const text = nameToText(a.certificate.subject, 'the subject');
    expect(text).toBe(`O=Example, CN=SPIFFE authority, serialNumber=${a.certificate.serialNumber}`);
  });

  it('is an authority to Node, and self-signed where it is a root', () => {
    const [read, below] = [root, issuing].map(
      ({ certificate }) => new X509Certificate(certificate.der),
    );
    expect(read?.ca).toBe(true);
    expect(read?.verify(KEYS.root.publicKey)).toBe(true);
    expect(read?.subjectAltName).toBe('URI:spiffe://example.org');
    expect(root.certificate.extensions.authorityKeyId).toBeUndefined();
    expect(below?.ca).toBe(true);
    expect(below?.checkIssued(read as X509Certificate)).toBe(true);
    expect(issuing.certificate.extensions.basicConstraints?.pathLength).toBe(0);
  });

  it('may permit only some trust domains', () => {
    const narrow = anAuthority(
      KEYS.issuing,
      { pathLength: 0, permittedTrustDomains: ['example.com'] },
      root,
    );
    const svid = createSvidIssuer(narrow, randomFillSync)(ask, NOW);
    expect(() =>
      validateSvid([svid.certificate, narrow.certificate.der], { bundleOf, now: NOW }),
    ).toThrow(/does not permit/);
  });

  it.each<[string, Partial<AuthorityRequest>, Authority | undefined]>([
    ['path', { id: parseSpiffeId('spiffe://example.org/x') }, undefined],
    ['subject', { subject: {} }, undefined],
    ['validity', { notAfter: NOW - HOUR }, undefined],
    ['outlives', { notAfter: NOW + DAY + 1_000, pathLength: 0 }, root],
    ['path-length', {}, root],
    ['path-length', { pathLength: 1 }, root],
    ['path-length', { pathLength: 0 }, issuing],
  ])('is refused for its %s', (reason, change, by) => {
    expect(() => anAuthority(KEYS.leaf, change, by)).toThrow(
      expect.objectContaining({ code: `identity/authority-invalid/${reason}` }),
    );
  });

  it('goes with its own key alone', () => {
    expect(() => authorityOf(root.certificate, KEYS.issuing.privateKey)).toThrow(
      expect.objectContaining({ code: 'identity/authority-invalid/other-key' }),
    );
    for (const key of [edKey().privateKey, KEYS.root.publicKey]) {
      expect(() => authorityOf(root.certificate, key)).toThrow(
        expect.objectContaining({ code: 'identity/key-invalid' }),
      );
    }
  });

  it('is refused for keys that verifiers refuse', () => {
    expect(() => anAuthority({ ...KEYS.leaf, spki: edKey().spki })).toThrow(/Ed25519/);
    expect(() => issueAuthority(request(ecKey('secp224r1')), testSigner(KEYS.root))).toThrow(
      /another curve/,
    );
  });
});
