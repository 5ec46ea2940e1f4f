import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSpiffeId, toBundleFinder } from '../spiffe/index.ts';
import {
  type Authority,
  createSvidIssuer,
  issueCrl,
  judgeCsrNames,
  readCertificate,
  readCrl,
  readCsr,
  toPem,
  validateSvid,
} from './index.ts';
import { testAuthority } from './testing/authority.ts';
import { ecKey, rsaKey, type TestKey } from './testing/keys.ts';

const HOUR = 3_600_000;
const ID = 'spiffe://example.org/ns/shop/sa/orders';
const now = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'reeve-openssl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);

/** Runs OpenSSL in the folder of the test; gives all that it said. */
function openssl(...words: string[]) {
  const { status, stdout, stderr, error } = spawnSync('openssl', words, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (error) throw error;
  return { status, said: stdout + stderr };
}

function pem(name: string, label: string, ...ders: readonly Buffer[]): string {
  writeFileSync(path(name), toPem(label, ...ders));
  return name;
}

const authority = (key: TestKey, pathLength: number, by?: Authority, only?: string[]) =>
  testAuthority('example.org', {
    ...{ key, pathLength, by, notBefore: now - HOUR, notAfter: now + HOUR },
    ...(only && { permittedTrustDomains: only }),
  });

const dersOf = (...all: Authority[]) => all.map(({ certificate }) => certificate.der);

describe.each<[string, TestKey, TestKey]>([
  ['P-256', ecKey(), ecKey()],
  ['P-384', ecKey('P-384'), ecKey('P-384')],
  ['RSA', rsaKey(), rsaKey()],
])('OpenSSL, of certificates with keys of %s,', (kind, rootKey, issuingKey) => {
  const root = authority(rootKey, 1);
  const issuing = authority(issuingKey, 0, root);
  const svid = createSvidIssuer(issuing, randomFillSync)(
    { id: parseSpiffeId(ID), publicKey: ecKey().spki, dnsNames: ['orders'], ttlSeconds: 600 },
    now,
  );
  const files = {
    root: pem(`root-${kind}.pem`, 'CERTIFICATE', ...dersOf(root)),
    issuing: pem(`issuing-${kind}.pem`, 'CERTIFICATE', ...dersOf(issuing)),
    leaf: pem(`leaf-${kind}.pem`, 'CERTIFICATE', svid.certificate),
  };
  const verify = (...words: string[]) =>
    openssl(
      'verify',
      '-x509_strict',
      '-CAfile',
      files.root,
      '-untrusted',
      files.issuing,
      ...words,
      files.leaf,
    );

  it('verifies the chain, strictly and for both purposes', () => {
    for (const purpose of ['sslserver', 'sslclient']) {
      const { status, said } = verify('-purpose', purpose);
      expect(said).toContain(`${files.leaf}: OK`);
      expect(status).toBe(0);
    }
    expect(verify('-verify_hostname', 'payments').status).not.toBe(0);
  });

  it('reads what the leaf says', () => {
    const { said } = openssl('x509', '-in', files.leaf, '-noout', '-text');
    expect(said).toContain(`URI:${ID}, DNS:orders`);
    expect(said).toContain('CA:FALSE');
    expect(said).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(said).toContain('TLS Web Server Authentication, TLS Web Client Authentication');
  });

  it('believes the lists of both authorities, and finds what they revoke', () => {
    const crl = (by: Authority, ...serials: string[]) =>
      issueCrl(by, {
        number: 3n,
        thisUpdate: now - 1_000,
        nextUpdate: now + HOUR,
        revoked: serials.map((serialNumber) => ({
          serialNumber,
          revokedAt: now - 1_000,
          reason: 'keyCompromise',
        })),
      });
    const empty = crl(issuing);
    const full = crl(issuing, svid.serialNumber, 'ff00');
    const rootList = pem(`root-${kind}.crl`, 'X509 CRL', crl(root));
    const good = pem(`good-${kind}.crl`, 'X509 CRL', empty);
    const bad = pem(`bad-${kind}.crl`, 'X509 CRL', full);
    const shown = openssl('crl', '-in', bad, '-noout', '-text', '-CAfile', files.issuing);
    expect(shown.said).toContain('verify OK');
    expect(shown.said).toContain(`Serial Number: ${svid.serialNumber.toUpperCase()}`);
    expect(shown.said).toContain('Key Compromise');
    expect(shown.said).toMatch(/CRL Number: \n\s+3\n/);
    const lists = (file: string) => ['-crl_check_all', '-CRLfile', rootList, '-CRLfile', file];
    expect(verify(...lists(good)).said).toContain('OK');
    expect(verify(...lists(bad)).said).toContain('certificate revoked');
  });

  it('refuses what we refuse: a name that the issuer may not certify', () => {
    const narrow = authority(issuingKey, 0, root, ['example.com']);
    const { certificate } = createSvidIssuer(narrow, randomFillSync)(
      { id: parseSpiffeId(ID), publicKey: ecKey().spki, ttlSeconds: 600 },
      now,
    );
    const untrusted = pem(`narrow-${kind}.pem`, 'CERTIFICATE', ...dersOf(narrow));
    const leaf = pem(`outside-${kind}.pem`, 'CERTIFICATE', certificate);
    const words = ['-CAfile', files.root, '-untrusted', untrusted, leaf];
    expect(openssl('verify', ...words).said).toContain('permitted subtree violation');
  });
});

describe('what OpenSSL makes', () => {
  const newKey = (name: string, ...words: string[]) => {
    openssl('genpkey', '-out', `${name}.key`, ...words);
    return ['-key', `${name}.key`];
  };
  const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const registered = { id: parseSpiffeId(ID), dnsNames: ['orders'] };

  it.each([
    ['P-256', P256],
    ['P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
  ])('is a request of %s that passes', (kind, words) => {
    const key = newKey(`csr-${kind}`, ...words);
    const out = `${kind}.csr`;
    openssl(
      'req',
      '-new',
      ...key,
      '-subj',
      '/O=Shop',
      '-outform',
      'DER',
      '-out',
      out,
      '-addext',
      `subjectAltName=URI:${ID},DNS:orders`,
    );
    const csr = readCsr(readFileSync(path(out)));
    judgeCsrNames(csr, registered);
    expect(csr.publicKey.kind).toBe(kind);
    expect(csr.names.uris).toEqual([ID]);
  });

  it.each([
    ['/CN=admin', [], 'common-name'],
    ['/O=Shop', ['-addext', 'subjectAltName=IP:10.0.0.1'], 'other-name'],
    ['/O=Shop', ['-addext', 'basicConstraints=CA:TRUE'], 'authority'],
    ['/O=Shop', ['-sha1'], 'signature-algorithm'],
  ])('is a request for %s %j that is refused', (subject, words, reason) => {
    const key = newKey('csr-bad', ...P256);
    openssl(
      'req',
      '-new',
      ...key,
      '-subj',
      subject,
      '-outform',
      'DER',
      '-out',
      'bad.csr',
      ...words,
    );
    expect(() => judgeCsrNames(readCsr(readFileSync(path('bad.csr'))), registered)).toThrow(
      expect.objectContaining({ code: `identity/csr-invalid/${reason}` }),
    );
  });

  it('is a curve spelt out, which is refused', () => {
    const key = newKey('explicit', ...P256, '-pkeyopt', 'ec_param_enc:explicit');
    openssl('req', '-new', ...key, '-subj', '/O=Shop', '-outform', 'DER', '-out', 'explicit.csr');
    expect(() => readCsr(readFileSync(path('explicit.csr')))).toThrow(/a key on another curve/);
  });

  it('is a chain with RSASSA-PSS and a list that are valid', () => {
    const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'];
    const rootKey = newKey('pss', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
    const authorityWords = [
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
    ];
    openssl(
      'req',
      '-x509',
      '-config',
      '/dev/null',
      ...rootKey,
      ...pss,
      '-sha384',
      '-subj',
      '/CN=root',
      '-days',
      '1',
      '-out',
      'pss.pem',
      ...authorityWords,
    );
    const leafKey = newKey('pss-leaf', ...P256);
    openssl(
      'req',
      '-x509',
      '-config',
      '/dev/null',
      ...leafKey,
      '-CA',
      'pss.pem',
      '-CAkey',
      'pss.key',
      ...pss,
      '-sha384',
      '-subj',
      '/CN=orders',
      '-days',
      '1',
      '-outform',
      'DER',
      '-out',
      'pss-leaf.der',
      '-addext',
      `subjectAltName=URI:${ID}`,
      '-addext',
      'keyUsage=critical,digitalSignature',
      '-addext',
      'basicConstraints=CA:FALSE',
    );
    openssl('x509', '-in', 'pss.pem', '-outform', 'DER', '-out', 'pss.der');
    const anchor = readFileSync(path('pss.der'));
    const bundleOf = toBundleFinder([
      { trustDomain: 'example.org', x509Authorities: [anchor], jwtAuthorities: [] },
    ]);
    const svid = validateSvid([readFileSync(path('pss-leaf.der'))], { bundleOf, now: Date.now() });
    expect(svid.leaf.signatureAlgorithm.name).toBe('RSASSA-PSS with SHA384');
    writeFileSync(path('index.txt'), '');
    writeFileSync(path('number'), '0A\n');
    writeFileSync(
      path('ca.cnf'),
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n',
    );
    const words = ['-config', 'ca.cnf', '-cert', 'pss.pem', '-keyfile', 'pss.key'];
    openssl(
      'ca',
      ...words,
      '-revoke',
      pem('revoke.pem', 'CERTIFICATE', svid.leaf.der),
      '-crl_reason',
      'superseded',
    );
    openssl('ca', ...words, '-gencrl', '-crldays', '1', '-out', 'made.crl');
    openssl('crl', '-in', 'made.crl', '-outform', 'DER', '-out', 'made.der');
    const crl = readCrl(readFileSync(path('made.der')), readCertificate(anchor));
    expect(crl.number).toBe(10n);
    expect(crl.revoked.get(svid.leaf.serialNumber)?.reason).toBe('superseded');
  });
});
