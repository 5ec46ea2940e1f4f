import 'reflect-metadata';
import { randomFillSync, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { parseSpiffeId, toBundleFinder } from '../spiffe/index.ts';
import { integer } from './der/index.ts';
import { EXTENSION } from './extensions/index.ts';
import {
  type Authority,
  createSvidIssuer,
  issueCrl,
  judgeCsrNames,
  MAX_CSR_BYTES,
  readCertificate,
  readCrl,
  readCsr,
  validateSvid,
  writeCsr,
} from './index.ts';
import { testAuthority } from './testing/authority.ts';
import { ecKey, rsaKey, type TestKey } from './testing/keys.ts';

const HOUR = 3_600_000;
const ID = 'spiffe://example.org/ns/shop/sa/orders';
const now = Math.floor(Date.now() / 1_000) * 1_000;
const { subtle } = webcrypto;

const authority = (key: TestKey, pathLength: number, by?: Authority) =>
  testAuthority('example.org', {
    ...{ key, pathLength, by, notBefore: now - HOUR, notAfter: now + HOUR },
  });

describe.each<[string, TestKey, TestKey]>([
  ['P-256', ecKey(), ecKey()],
  ['P-384', ecKey('P-384'), ecKey('P-384')],
  ['RSA', rsaKey(), rsaKey()],
])('another library, of what authorities with keys of %s issue,', (_, rootKey, issuingKey) => {
  const root = authority(rootKey, 1);
  const issuing = authority(issuingKey, 0, root);
  const svid = createSvidIssuer(issuing, randomFillSync)(
    { id: parseSpiffeId(ID), publicKey: ecKey().spki, dnsNames: ['orders'], ttlSeconds: 600 },
    now,
  );
  const leaf = new x509.X509Certificate(svid.certificate);
  const between = new x509.X509Certificate(issuing.certificate.der);
  const anchor = new x509.X509Certificate(root.certificate.der);

  it('reads the leaf as it was meant', () => {
    expect(leaf.serialNumber).toBe(svid.serialNumber);
    expect(leaf.subject).toBe('CN=orders');
    expect([leaf.notBefore, leaf.notAfter].map(Number)).toEqual([now - 60_000, now + 600_000]);
    expect(leaf.getExtension(x509.BasicConstraintsExtension)).toMatchObject({
      ...{ ca: false, critical: true },
    });
    expect(leaf.getExtension(x509.KeyUsagesExtension)).toMatchObject({
      ...{ usages: x509.KeyUsageFlags.digitalSignature, critical: true },
    });
    expect(leaf.getExtension(x509.ExtendedKeyUsageExtension)?.usages).toEqual([
      x509.ExtendedKeyUsage.serverAuth,
      x509.ExtendedKeyUsage.clientAuth,
    ]);
    const names = leaf.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON();
    expect(names).toEqual([
      { type: 'url', value: ID },
      { type: 'dns', value: 'orders' },
    ]);
    const key = between.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
    expect(leaf.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(key);
  });

  it('reads the authorities as they were meant', () => {
    expect(between.getExtension(x509.BasicConstraintsExtension)).toMatchObject({
      ...{ ca: true, pathLength: 0, critical: true },
    });
    expect(anchor.getExtension(x509.KeyUsagesExtension)?.usages).toBe(
      x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
    );
    expect(between.issuer).toBe(anchor.subject);
  });

  it('builds the chain, and verifies every signature in it', async () => {
    const builder = new x509.X509ChainBuilder({ certificates: [between, anchor] });
    const chain = await builder.build(leaf);
    expect(chain.map(({ serialNumber }) => serialNumber)).toEqual(
      [leaf, between, anchor].map((one) => one.serialNumber),
    );
    expect(await anchor.isSelfSigned()).toBe(true);
    expect(await leaf.verify({ publicKey: anchor, signatureOnly: true })).toBe(false);
  });

  it('reads what they revoke, and who says so', async () => {
    const der = issueCrl(issuing, {
      ...{ number: 7n, thisUpdate: now, nextUpdate: now + HOUR },
      revoked: [{ serialNumber: svid.serialNumber, revokedAt: now, reason: 'keyCompromise' }],
    });
    const crl = new x509.X509Crl(der);
    expect(crl.issuer).toBe(between.subject);
    expect([crl.thisUpdate, crl.nextUpdate].map(Number)).toEqual([now, now + HOUR]);
    expect(crl.entries.map(({ serialNumber, reason }) => [serialNumber, reason])).toEqual([
      [svid.serialNumber, x509.X509CrlReason.keyCompromise],
    ]);
    expect(await crl.verify({ publicKey: between })).toBe(true);
    expect(await crl.verify({ publicKey: anchor })).toBe(false);
  });
});

interface Algorithm {
  readonly name: string;
  readonly namedCurve?: string;
  readonly hash?: string;
  readonly modulusLength?: number;
  readonly publicExponent?: Uint8Array;
  readonly saltLength?: number;
}
const EC: Algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const EXPONENT = Uint8Array.of(1, 0, 1);
const rsa = (name: string, hash = 'SHA-256', modulusLength = 2_048): Algorithm => {
  const saltLength = Number(hash.slice(4)) / 8;
  return { name, hash, modulusLength, publicExponent: EXPONENT, saltLength };
};
/** Of whatever kind: each is a member of the same union to `subtle`. */
const newKeys = (algorithm: Algorithm): Promise<webcrypto.CryptoKeyPair> =>
  subtle.generateKey(algorithm as webcrypto.EcKeyGenParams, true, ['sign', 'verify']);

interface Wish {
  readonly algorithm?: Algorithm;
  readonly name?: string;
  readonly names?: readonly { readonly type: string; readonly value: string }[];
  readonly extensions?: readonly x509.Extension[];
  readonly attributes?: x509.Attribute[];
}
const named = (names: Wish['names'] = []) =>
  new x509.SubjectAlternativeNameExtension(names as x509.JsonGeneralNames);
const uri = { type: 'url', value: ID };

async function csrOf({ algorithm = EC, names = [uri], ...wish }: Wish = {}): Promise<Buffer> {
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    keys: await newKeys(algorithm),
    signingAlgorithm: algorithm,
    ...(wish.name !== undefined && { name: wish.name }),
    extensions: [...(names.length > 0 ? [named(names)] : []), ...(wish.extensions ?? [])],
    attributes: wish.attributes ?? [],
  });
  return Buffer.from(csr.rawData);
}

const registered = { id: parseSpiffeId(ID), dnsNames: ['orders.shop'] };
function judge(der: Uint8Array) {
  const csr = readCsr(der);
  judgeCsrNames(csr, registered);
  return csr;
}

describe('a request for a certificate that another library has made', () => {
  it.each<[string, Wish, string]>([
    ['P-256', {}, 'P-256'],
    ['P-384', { algorithm: { ...EC, namedCurve: 'P-384', hash: 'SHA-384' } }, 'P-384'],
    ['P-256 and SHA-512', { algorithm: { ...EC, hash: 'SHA-512' } }, 'P-256'],
    ['RSA', { algorithm: rsa('RSASSA-PKCS1-v1_5') }, 'RSA'],
    ['RSASSA-PSS', { algorithm: rsa('RSA-PSS') }, 'RSA'],
    ['RSASSA-PSS and SHA-512', { algorithm: rsa('RSA-PSS', 'SHA-512') }, 'RSA'],
    ['a subject', { name: 'O=Shop, CN=orders.shop' }, 'P-256'],
    ['a host', { names: [uri, { type: 'dns', value: 'orders.shop' }] }, 'P-256'],
    ['no name', { names: [] }, 'P-256'],
    [
      'what every workload gets',
      {
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        ],
      },
      'P-256',
    ],
  ])('with %s is read', async (_, wish, kind) => {
    expect(judge(await csrOf(wish)).publicKey.kind).toBe(kind);
  });

  it.each<[string, Wish, string]>([
    [
      'the name of another workload',
      { names: [{ type: 'url', value: 'spiffe://example.org/ns/shop/sa/payments' }] },
      'other-id',
    ],
    ['two URIs', { names: [uri, { type: 'url', value: 'https://orders.shop/' }] }, 'several-uris'],
    ['a host of another', { names: [uri, { type: 'dns', value: 'payments.shop' }] }, 'dns-name'],
    ['an address', { names: [uri, { type: 'ip', value: '10.0.0.1' }] }, 'other-name'],
    ['a mailbox', { names: [uri, { type: 'email', value: 'a@orders.shop' }] }, 'other-name'],
    ['a directory name', { names: [uri, { type: 'dn', value: 'CN=admin' }] }, 'other-name'],
    ['a principal', { names: [uri, { type: 'upn', value: 'admin@shop' }] }, 'other-name'],
    ['a subject of another', { name: 'CN=payments.shop' }, 'common-name'],
    ['two subjects', { name: 'CN=orders.shop, CN=admin' }, 'common-name'],
    [
      'the right to sign',
      { extensions: [new x509.BasicConstraintsExtension(true, 1, true)] },
      'authority',
    ],
    [
      'the usage of an authority',
      { extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign)] },
      'key-usage',
    ],
    [
      'the usage of a signer of code',
      { extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning])] },
      'extended-key-usage',
    ],
    ['policies', { extensions: [new x509.CertificatePolicyExtension(['1.2.3.4'])] }, 'extension'],
    ['names twice', { extensions: [named([uri])] }, 'extension-twice'],
    [
      'a password',
      { attributes: [new x509.ChallengePasswordAttribute('of the test')] },
      'attribute',
    ],
    ['P-521', { algorithm: { ...EC, namedCurve: 'P-521', hash: 'SHA-512' } }, 'key-unsupported'],
    ['Ed25519', { algorithm: { name: 'Ed25519' } }, 'key-unsupported'],
    ['a short key', { algorithm: rsa('RSASSA-PKCS1-v1_5', 'SHA-256', 1_024) }, 'key-weak'],
    ['SHA-1', { algorithm: rsa('RSASSA-PKCS1-v1_5', 'SHA-1') }, 'signature-algorithm'],
    [
      'more than is read',
      { names: [{ type: 'url', value: `${ID}/${'a'.repeat(MAX_CSR_BYTES)}` }] },
      'too-large',
    ],
  ])('with %s is refused', async (_, wish, reason) => {
    const der = await csrOf(wish);
    expect(() => judge(der)).toThrow(
      expect.objectContaining({ code: `identity/csr-invalid/${reason}` }),
    );
  });

  it('and signed with another key, or changed since, is refused', async () => {
    const bad = expect.objectContaining({ code: 'identity/csr-invalid/signature' });
    const [{ publicKey }, { privateKey }] = [await newKeys(EC), await newKeys(EC)];
    const keys = { publicKey, privateKey };
    const csr = await x509.Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: EC });
    expect(() => readCsr(Buffer.from(csr.rawData))).toThrow(bad);
    const changed = await csrOf();
    changed[changed.indexOf('orders')] = 0x4f;
    expect(() => readCsr(changed)).toThrow(bad);
  });
});

describe('a request for a certificate that we have made', () => {
  it.each<[string, TestKey]>([
    ['P-256', ecKey()],
    ['P-384', ecKey('P-384')],
    ['RSA', rsaKey()],
  ])('with a key of %s is read and verified by another library', async (_, key) => {
    const { privateKey, spki: publicKey } = key;
    const der = writeCsr({ privateKey, publicKey, id: registered.id });
    const csr = new x509.Pkcs10CertificateRequest(der);
    expect(await csr.verify()).toBe(true);
    expect(Buffer.from(csr.publicKey.rawData).equals(publicKey)).toBe(true);
    expect(csr.subject).toBe('');
    const names = csr.getExtension('2.5.29.17') as x509.SubjectAlternativeNameExtension;
    expect(names.critical).toBe(true);
    expect(names.names.toJSON()).toEqual([uri]);
    const bare = new x509.Pkcs10CertificateRequest(writeCsr({ privateKey, publicKey }));
    expect([await bare.verify(), bare.attributes, bare.extensions]).toEqual([true, [], []]);
  });
});

describe('an authority of another library', () => {
  async function issued(change: readonly x509.Extension[] = [], names: Wish['names'] = [uri]) {
    const [rootKeys, leafKeys] = [await newKeys(EC), await newKeys(EC)];
    const times = { notBefore: new Date(now - HOUR), notAfter: new Date(now + HOUR) };
    const common = { ...times, signingAlgorithm: EC };
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      ...{ ...common, serialNumber: '01', name: 'CN=root', keys: rootKeys },
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
      ],
    });
    const leaf = await x509.X509CertificateGenerator.create({
      ...{ ...common, serialNumber: '02', issuer: root.subject, publicKey: leafKeys.publicKey },
      signingKey: rootKeys.privateKey,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.SubjectAlternativeNameExtension(names as x509.JsonGeneralNames, true),
        await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
        ...change,
      ],
    });
    return { rootKeys, root, leaf: Buffer.from(leaf.rawData) };
  }
  const finderOf = (root: x509.X509Certificate) =>
    toBundleFinder([
      {
        ...{ trustDomain: 'example.org', jwtAuthorities: [] },
        x509Authorities: [Buffer.from(root.rawData)],
      },
    ]);

  it('signs SVIDs that are valid', async () => {
    const { root, leaf } = await issued();
    const svid = validateSvid([leaf], { bundleOf: finderOf(root), now });
    expect([svid.id.uri, svid.path.length]).toEqual([ID, 2]);
  });

  it.each<[string, readonly x509.Extension[], Wish['names'], string]>([
    ['two URIs', [], [uri, { type: 'url', value: 'https://orders.shop/' }], 'several-uris'],
    ['no URI', [], [{ type: 'dns', value: 'orders.shop' }], 'no-uri'],
    ['cA', [new x509.BasicConstraintsExtension(true, 0, true)], [uri], 'leaf-is-authority'],
    [
      'the usage of clients alone',
      [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
      [uri],
      'no-server-auth',
    ],
    [
      'a critical extension that nobody knows',
      [new x509.CertificatePolicyExtension(['1.2.3.4'], true)],
      [uri],
      'critical-extension',
    ],
  ])('signs SVIDs with %s, which are refused', async (_, change, names, reason) => {
    const { root, leaf } = await issued(change, names);
    expect(() => validateSvid([leaf], { bundleOf: finderOf(root), now })).toThrow(
      expect.objectContaining({ code: `identity/certificate-invalid/${reason}` }),
    );
  });

  it('signs lists that are read', async () => {
    const { root, rootKeys, leaf } = await issued();
    const crl = await x509.X509CrlGenerator.create({
      ...{ issuer: root.subject, signingAlgorithm: EC, signingKey: rootKeys.privateKey },
      ...{ thisUpdate: new Date(now), nextUpdate: new Date(now + HOUR) },
      extensions: [new x509.Extension(EXTENSION.crlNumber, false, integer(9))],
      entries: [
        {
          serialNumber: '02',
          revocationDate: new Date(now),
          reason: x509.X509CrlReason.superseded,
        },
      ],
    });
    const issuer = readCertificate(Buffer.from(root.rawData));
    const { number, revoked } = readCrl(Buffer.from(crl.rawData), issuer);
    expect(number).toBe(9n);
    expect(revoked.get(readCertificate(leaf).serialNumber)?.reason).toBe('superseded');
  });
});
