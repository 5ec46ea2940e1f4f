import { randomBytes } from 'node:crypto';
import {
  boolean,
  contextTag,
  element,
  integer,
  integerOfBytes,
  nothing,
  oid,
  sequence,
  TAG,
  text,
  time,
} from '../../../../src/identity/x509/der/index.ts';
import {
  authorityKeyId,
  CLIENT_AUTH,
  EXTENSION,
  extendedKeyUsage,
  extension,
  keyUsage,
  NAME_KIND,
  permittedUriHosts,
  SERVER_AUTH,
  subjectAlternativeName,
} from '../../../../src/identity/x509/extensions/index.ts';
import {
  forge,
  forgedAuthority,
  NOW,
  nameOf,
} from '../../../../src/identity/x509/testing/forge.ts';
import { ecKey, rsaKey, rsaSpki } from '../../../../src/identity/x509/testing/keys.ts';
import {
  aLongerChain,
  algorithm,
  constraints,
  dns,
  ID,
  KEYS,
  leafKey,
  named,
  names,
  pathLength,
  type Scene,
  subtrees,
  uri,
  usage,
} from '../../../../src/identity/x509/validation/testing/scene.ts';

/** What is broken, the code of the error, and how to break it in a scene that is valid. */
export type Broken = readonly [what: string, code: string, change: (scene: Scene) => void];

const odd = (...value: Buffer[]) => extension('1.2.3.4', true, Buffer.concat(value));

/** Certificates that break one rule each; each rule has a code of its own. */
export const BROKEN: readonly Broken[] = [
  ['no certificate at all', 'certificate/none', (s) => (s.send = () => [])],
  [
    'eleven certificates',
    'certificate/chain-too-long',
    (s) => (s.send = (leaf) => Array(11).fill(leaf)),
  ],
  [
    'more than 32 KiB',
    'certificate/too-large',
    (s) => (s.leaf.extensions.large = extension('1.2.3', false, randomBytes(33_000))),
  ],
  ['text instead of DER', 'der/type', (s) => (s.send = () => [Buffer.from('-----BEGIN')])],
  [
    'a byte behind its end',
    'der/trailing',
    (s) => (s.leaf.finish = (der) => Buffer.concat([der, Buffer.of(0)])),
  ],
  ['its last byte missing', 'der/overrun', (s) => (s.leaf.finish = (der) => der.subarray(0, -1))],
  ['nothing but its first byte', 'der/cut', (s) => (s.leaf.finish = (der) => der.subarray(0, 1))],
  [
    'an indefinite length',
    'der/length-indefinite',
    (s) =>
      (s.leaf.finish = (der) =>
        Buffer.concat([Buffer.of(0x30, 0x80), der.subarray(4), Buffer.of(0, 0)])),
  ],
  [
    'a length in more bytes than needed',
    'der/length-form',
    (s) => (s.leaf.finish = (der) => Buffer.concat([Buffer.of(0x30, 0x83, 0), der.subarray(2)])),
  ],
  [
    'a length of five bytes',
    'der/length-too-long',
    (s) => (s.leaf.finish = (der) => Buffer.concat([Buffer.of(0x30, 0x85, 0, 0, 0), der])),
  ],
  [
    'an algorithm with a tag of two bytes',
    'der/tag',
    (s) => (s.leaf.innerAlgorithm = Buffer.of(0x1f, 0x81, 0)),
  ],
  [
    'version 2',
    'certificate/version',
    (s) => (s.leaf.version = element(contextTag(0, true), integer(1))),
  ],
  [
    'a negative version',
    'der/integer-range',
    (s) => (s.leaf.version = element(contextTag(0, true), element(TAG.integer, Buffer.of(0x80)))),
  ],
  [
    'the serial number 0',
    'certificate/serial-not-positive',
    (s) => (s.leaf.serialNumber = integer(0)),
  ],
  [
    'a serial number of 21 bytes',
    'certificate/serial-too-long',
    (s) => (s.leaf.serialNumber = integerOfBytes(Buffer.alloc(21, 1))),
  ],
  [
    'a serial number with a byte too many',
    'der/integer',
    (s) => (s.leaf.serialNumber = element(TAG.integer, Buffer.of(0, 1))),
  ],
  [
    'another algorithm inside than outside',
    'certificate/algorithms-differ',
    (s) => (s.leaf.innerAlgorithm = sequence(oid('1.2.840.10045.4.3.3'))),
  ],
  ['SHA-1', 'certificate/signature-algorithm', algorithm(sequence(oid('1.2.840.10045.4.1')))],
  [
    'an extension twice',
    'certificate/extension-twice',
    (s) => (s.leaf.extensions.again = keyUsage('digitalSignature')),
  ],
  [
    '51 extensions',
    'der/too-many-extensions',
    (s) => {
      for (let arc = 1; arc <= 51; arc++)
        s.leaf.extensions[`odd ${arc}`] = extension(`1.2.3.${arc}`, false, nothing());
    },
  ],
  [
    'an unknown critical extension',
    'certificate/critical-extension',
    (s) => (s.leaf.extensions.odd = odd(nothing())),
  ],
  [
    'an extension whose type is no object identifier',
    'der/oid',
    (s) => (s.leaf.extensions.odd = sequence(element(TAG.oid, Buffer.of(0x80)))),
  ],
  [
    'an extension that is half critical',
    'der/boolean',
    (s) =>
      (s.leaf.extensions.odd = sequence(
        oid('1.2.3.4'),
        element(TAG.boolean, Buffer.of(1)),
        element(TAG.octetString, nothing()),
      )),
  ],
  [
    'a time in another zone',
    'der/time',
    (s) => (s.leaf.notAfter = text(TAG.utcTime, '2606010000+0100')),
  ],
  ['a month 13', 'der/time-unreal', (s) => (s.leaf.notBefore = text(TAG.utcTime, '261301000000Z'))],
  [
    'its end before its beginning',
    'certificate/validity',
    (s) => Object.assign(s.leaf, { notBefore: time(NOW), notAfter: time(NOW - 1_000) }),
  ],
  [
    'an end more than a minute ago',
    'certificate/expired',
    (s) => (s.leaf.notAfter = time(NOW - 61_000)),
  ],
  [
    'a beginning more than a minute ahead',
    'certificate/not-yet-valid',
    (s) => (s.leaf.notBefore = time(NOW + 61_000)),
  ],
  ['no names', 'certificate/no-names', (s) => delete s.leaf.extensions.names],
  ['an empty list of names', 'der/names-empty', (s) => (s.leaf.extensions.names = names())],
  [
    'only a DNS name',
    'certificate/no-uri',
    (s) => (s.leaf.extensions.names = names(dns('orders'))),
  ],
  [
    'two URIs',
    'certificate/several-uris',
    (s) => (s.leaf.extensions.names = names(uri(ID), uri(`${ID}-2`))),
  ],
  [
    'a URI of another scheme',
    'certificate/not-spiffe',
    named('https://example.org/ns/shop/sa/orders'),
  ],
  ['a SPIFFE ID without a path', 'certificate/no-path', named('spiffe://example.org')],
  ['a SPIFFE ID that ends with a slash', 'certificate/id-malformed', named(`${ID}/`)],
  ['a SPIFFE ID with a zero byte', 'der/name-text', named(`${ID}\u0000`)],
  [
    'a name of a kind that there is not',
    'der/name-kind',
    (s) => (s.leaf.extensions.names = names(uri(ID), text(contextTag(9), 'a'))),
  ],
  [
    '101 names',
    'der/too-many-names',
    (s) => (s.leaf.extensions.names = names(uri(ID), ...Array(100).fill(dns('a')))),
  ],
  [
    'no subject and names that are not critical',
    'certificate/names-not-critical',
    (s) => (s.leaf.extensions.names = subjectAlternativeName(ID, [], false)),
  ],
  [
    'cA set to true',
    'certificate/leaf-is-authority',
    (s) =>
      (s.leaf.extensions.basicConstraints = constraints(EXTENSION.basicConstraints, boolean(true))),
  ],
  [
    'a path length',
    'certificate/leaf-path-length',
    (s) =>
      (s.leaf.extensions.basicConstraints = constraints(EXTENSION.basicConstraints, integer(0))),
  ],
  ['no key usage', 'certificate/key-usage-missing', (s) => delete s.leaf.extensions.keyUsage],
  [
    'a key usage that is not critical',
    'certificate/key-usage-not-critical',
    (s) => (s.leaf.extensions.keyUsage = usage(false, 0)),
  ],
  [
    'no digitalSignature',
    'certificate/no-digital-signature',
    (s) => (s.leaf.extensions.keyUsage = usage(true, 2)),
  ],
  [
    'keyCertSign',
    'certificate/leaf-signs-certificates',
    (s) => (s.leaf.extensions.keyUsage = usage(true, 0, 5)),
  ],
  [
    'cRLSign',
    'certificate/leaf-signs-lists',
    (s) => (s.leaf.extensions.keyUsage = usage(true, 0, 6)),
  ],
  [
    'a key usage that counts 8 unused bits',
    'der/named-bits',
    (s) =>
      (s.leaf.extensions.keyUsage = extension(
        EXTENSION.keyUsage,
        true,
        element(TAG.bitString, Buffer.of(8, 0x80)),
      )),
  ],
  [
    'a key usage with bits behind its last one',
    'der/named-bits-left',
    (s) =>
      (s.leaf.extensions.keyUsage = extension(
        EXTENSION.keyUsage,
        true,
        element(TAG.bitString, Buffer.of(7, 0xc0)),
      )),
  ],
  [
    'no serverAuth',
    'certificate/no-server-auth',
    (s) => (s.leaf.extensions.extendedKeyUsage = extendedKeyUsage(CLIENT_AUTH)),
  ],
  [
    'no clientAuth',
    'certificate/no-client-auth',
    (s) => (s.leaf.extensions.extendedKeyUsage = extendedKeyUsage(SERVER_AUTH)),
  ],
  [
    '51 extended usages',
    'der/too-many-usages',
    (s) => (s.leaf.extensions.extendedKeyUsage = extendedKeyUsage(...Array(51).fill(CLIENT_AUTH))),
  ],
  ['an RSA key of 1,024 bits', 'certificate/key-weak', leafKey(rsaKey(1_024))],
  ['an RSA key of 8,200 bits', 'certificate/key-too-large', leafKey(rsaSpki(8_200, 65_537))],
  ['an RSA key with the exponent 1', 'certificate/key-exponent', leafKey(rsaSpki(2_048, 1))],
  ['a key on secp256k1', 'certificate/key-unsupported', leafKey(ecKey('secp256k1'))],
  [
    'a point that is not on the curve',
    'certificate/key-malformed',
    leafKey(Buffer.concat([KEYS.leaf.spki.subarray(0, -64), Buffer.alloc(64, 0xff)])),
  ],
  [
    'a signature that is not made of whole bytes',
    'der/bits',
    (s) =>
      (s.leaf.finish = (der) => withSignature(der, element(TAG.bitString, Buffer.of(1, 0x80)))),
  ],
  ['the signature of another key', 'certificate/signature', (s) => (s.leaf.signedBy = KEYS.other)],
  ['another issuer', 'certificate/no-authority', (s) => (s.leaf.issuer = nameOf('issuing 2'))],
  [
    'the key id of another issuer',
    'certificate/other-key',
    (s) => (s.leaf.extensions.authorityKeyId = authorityKeyId(randomBytes(20))),
  ],
  [
    'the name of a trust domain without bundle',
    'certificate/unknown-trust-domain',
    named('spiffe://example.com/x'),
  ],
  [
    'a trust domain whose bundle is empty',
    'certificate/empty-bundle',
    (s) =>
      (s.bundles = () => [{ trustDomain: 'example.org', x509Authorities: [], jwtAuthorities: [] }]),
  ],
  [
    "forty roots of its root's name before its own",
    'certificate/too-many-paths',
    (s) => {
      const same = () => {
        const parts = forgedAuthority(KEYS.other, 'root 1', 'root 1', KEYS.other);
        delete parts.extensions.subjectKeyId;
        return forge(parts);
      };
      s.bundles = (root) => [
        {
          trustDomain: 'example.org',
          x509Authorities: [...Array.from({ length: 40 }, same), root],
          jwtAuthorities: [],
        },
      ];
    },
  ],
  [
    'an issuer that is no authority',
    'certificate/not-authority',
    (s) => (s.issuing.extensions.basicConstraints = constraints(EXTENSION.basicConstraints)),
  ],
  [
    'an issuer without key usage',
    'certificate/authority-key-usage-missing',
    (s) => delete s.issuing.extensions.keyUsage,
  ],
  [
    'an issuer without keyCertSign',
    'certificate/no-cert-sign',
    (s) => (s.issuing.extensions.keyUsage = keyUsage('cRLSign')),
  ],
  [
    'an issuer for clients only',
    'certificate/authority-usage',
    (s) => (s.issuing.extensions.usage = extendedKeyUsage(CLIENT_AUTH)),
  ],
  [
    'an issuer that names a workload',
    'certificate/authority-names-workload',
    (s) => (s.issuing.extensions.names = names(uri(ID))),
  ],
  [
    'more authorities than one of them allows',
    'certificate/path-length',
    (s) => {
      s.issuing.extensions.basicConstraints = pathLength(0);
      aLongerChain(s);
    },
  ],
  [
    'a host that its issuer does not permit',
    'certificate/name-not-permitted',
    (s) => (s.issuing.extensions.limits = permittedUriHosts(['example.com'])),
  ],
  [
    'a DNS name that its root excludes',
    'certificate/name-excluded',
    (s) =>
      (s.root.extensions.limits = constraints(EXTENSION.nameConstraints, subtrees(1, dns('shop')))),
  ],
  [
    'a name of a kind that its issuer limits oddly',
    'certificate/name-constraint-unknown',
    (s) => {
      const address = element(contextTag(NAME_KIND.ip), Buffer.of(10, 0, 0, 1));
      const range = element(contextTag(NAME_KIND.ip), Buffer.alloc(8));
      s.leaf.extensions.names = names(uri(ID), address);
      s.issuing.extensions.limits = constraints(EXTENSION.nameConstraints, subtrees(0, range));
    },
  ],
  [
    '101 subtrees of names',
    'der/too-many-subtrees',
    (s) => (s.issuing.extensions.limits = permittedUriHosts(Array(101).fill('example.org'))),
  ],
];

/** The certificate with another signature. */
function withSignature(der: Buffer, signature: Buffer): Buffer {
  const [tbs, algorithmOfIt] = partsOf(der);
  return sequence(tbs ?? nothing(), algorithmOfIt ?? nothing(), signature);
}

/** What stands in a SEQUENCE whose length takes three bytes, which holds for every certificate here. */
function partsOf(der: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let at = 4;
  while (at < der.length) {
    const first = der[at + 1] ?? 0;
    const count = first < 0x80 ? 0 : first & 0x7f;
    const length = count === 0 ? first : der.readUIntBE(at + 2, count);
    const end = at + 2 + count + length;
    parts.push(der.subarray(at, end));
    at = end;
  }
  return parts;
}
