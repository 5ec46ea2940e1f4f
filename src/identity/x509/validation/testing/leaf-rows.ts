import { randomBytes } from 'node:crypto';
import {
  boolean,
  contextTag,
  element,
  integer,
  integerOfBytes,
  nothing,
  octetString,
  oid,
  sequence,
  TAG,
  text,
  time,
} from '../../der/index.ts';
import {
  CLIENT_AUTH,
  EXTENSION,
  extendedKeyUsage,
  SERVER_AUTH,
  subjectAlternativeName,
} from '../../extensions/index.ts';
import { NOW } from '../../testing/forge.ts';
import { ecKey, edKey, rsaKey, rsaSpki } from '../../testing/keys.ts';
import {
  constraints,
  DER,
  dns,
  ID,
  KEYS,
  leafKey,
  named,
  names,
  type Row,
  uri,
  usage,
} from './scene.ts';

/** Leaves that break a rule of their own: times, names, usages, keys. */
export const TIMES: readonly Row[] = [
  [
    'its end before its beginning',
    'validity',
    'ends before it begins',
    (s) => Object.assign(s.leaf, { notBefore: time(NOW), notAfter: time(NOW - 1_000) }),
  ],
  [
    'an end more than a minute ago',
    'expired',
    'the leaf expired at 2026-06-01T11:58:59',
    (s) => (s.leaf.notAfter = time(NOW - 61_000)),
  ],
  [
    'a beginning more than a minute ahead',
    'not-yet-valid',
    'the leaf begins at 2026-06-01T12:01:01',
    (s) => (s.leaf.notBefore = time(NOW + 61_000)),
  ],
  [
    'an issuer that expired',
    'expired',
    'certificate 2 of the chain expired',
    (s) => (s.issuing.notAfter = time(NOW - 61_000)),
  ],
  [
    'an issuer that is not valid yet',
    'not-yet-valid',
    'certificate 2 of the chain begins',
    (s) => (s.issuing.notBefore = time(NOW + 61_000)),
  ],
  [
    'a root that expired',
    'expired',
    'authority 1 of the trust bundle of `example.org` expired',
    (s) => (s.root.notAfter = time(NOW - 61_000)),
  ],
];

export const NAMES: readonly Row[] = [
  ['no names', 'no-names', 'no subject alternative name', (s) => delete s.leaf.extensions.names],
  ['an empty list of names', DER, 'has no names', (s) => (s.leaf.extensions.names = names())],
  [
    'only a DNS name',
    'no-uri',
    'only a DNS name',
    (s) => (s.leaf.extensions.names = names(dns('orders'))),
  ],
  [
    'two URIs',
    'several-uris',
    'has 2 URIs',
    (s) => (s.leaf.extensions.names = names(uri(ID), uri(`${ID}-2`))),
  ],
  [
    'the same URI twice',
    'several-uris',
    'has 2 URIs',
    (s) => (s.leaf.extensions.names = names(uri(ID), uri(ID))),
  ],
  [
    'a URI beside its SPIFFE ID',
    'several-uris',
    'has 2 URIs',
    (s) => (s.leaf.extensions.names = names(uri('https://example.org'), uri(ID))),
  ],
  [
    'a URI of another scheme',
    'not-spiffe',
    '`https://example.org/ns/shop`',
    named('https://example.org/ns/shop'),
  ],
  [
    'a SPIFFE ID without a path',
    'no-path',
    'names the trust domain',
    named('spiffe://example.org'),
  ],
  ['a SPIFFE ID that ends with a slash', 'id-malformed', 'ends with a slash', named(`${ID}/`)],
  ['a trust domain in capitals', 'id-malformed', 'has `E` in it', named('spiffe://Example.org/x')],
  ['a SPIFFE ID with a query', 'id-malformed', 'has `?` in it', named(`${ID}?x`)],
  [
    'a URI that is tagged as if others stood in it',
    DER,
    'other than printable ASCII',
    (s) => (s.leaf.extensions.names = names(text(contextTag(6, true), ID))),
  ],
  ['a SPIFFE ID with a zero byte', DER, 'other than printable ASCII', named(`${ID}\u0000`)],
  [
    'more names than allowed',
    DER,
    'more than 100 names',
    (s) => (s.leaf.extensions.names = names(uri(ID), ...Array(100).fill(dns('a')))),
  ],
  [
    'a name of a kind that there is not',
    DER,
    'no known kind',
    (s) => (s.leaf.extensions.names = names(uri(ID), text(contextTag(9), 'a'))),
  ],
  [
    'no subject and names that are not critical',
    'names-not-critical',
    'names that are not critical',
    (s) => (s.leaf.extensions.names = subjectAlternativeName(ID, [], false)),
  ],
];

export const USAGES: readonly Row[] = [
  [
    'cA set to true',
    'leaf-is-authority',
    'cA is true',
    (s) =>
      (s.leaf.extensions.basicConstraints = constraints(EXTENSION.basicConstraints, boolean(true))),
  ],
  [
    'a path length',
    'leaf-path-length',
    'has a path length',
    (s) =>
      (s.leaf.extensions.basicConstraints = constraints(EXTENSION.basicConstraints, integer(0))),
  ],
  [
    'no key usage',
    'key-usage-missing',
    'the leaf has no key usage',
    (s) => delete s.leaf.extensions.keyUsage,
  ],
  [
    'a key usage that is not critical',
    'key-usage-not-critical',
    'not critical',
    (s) => (s.leaf.extensions.keyUsage = usage(false, 0)),
  ],
  [
    'no digitalSignature',
    'no-digital-signature',
    'no digitalSignature',
    (s) => (s.leaf.extensions.keyUsage = usage(true, 2)),
  ],
  [
    'keyCertSign',
    'leaf-signs-certificates',
    'keyCertSign',
    (s) => (s.leaf.extensions.keyUsage = usage(true, 0, 5)),
  ],
  [
    'cRLSign',
    'leaf-signs-lists',
    'cRLSign',
    (s) => (s.leaf.extensions.keyUsage = usage(true, 0, 6)),
  ],
  [
    'no serverAuth',
    'no-server-auth',
    'without serverAuth',
    (s) => (s.leaf.extensions.extendedKeyUsage = extendedKeyUsage(CLIENT_AUTH)),
  ],
  [
    'more extended usages than allowed',
    DER,
    'something follows',
    (s) => (s.leaf.extensions.extendedKeyUsage = extendedKeyUsage(...Array(51).fill(CLIENT_AUTH))),
  ],
  [
    'no clientAuth',
    'no-client-auth',
    'without clientAuth',
    (s) => (s.leaf.extensions.extendedKeyUsage = extendedKeyUsage(SERVER_AUTH)),
  ],
];

const explicitCurve = () => {
  // The parameters spelt out: prime field, curve, base point, order.
  const spelt = sequence(integer(1), sequence(oid('1.2.840.10045.1.1'), integer(23)));
  return sequence(
    sequence(oid('1.2.840.10045.2.1'), spelt),
    element(TAG.bitString, Buffer.of(0, 4)),
  );
};
const compressedPoint = () => {
  const point = KEYS.leaf.spki.subarray(-64);
  const sign = 2 + ((point.at(-1) ?? 0) & 1);
  const algorithm = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'));
  const bits = Buffer.concat([Buffer.of(0, sign), point.subarray(0, 32)]);
  return sequence(algorithm, element(TAG.bitString, bits));
};
const rsaAlgorithm = () => sequence(oid('1.2.840.113549.1.1.1'), nothing());
const rsaOf = (...numbers: Buffer[]) => {
  const bits = Buffer.concat([Buffer.of(0), sequence(...numbers)]);
  return sequence(rsaAlgorithm(), element(TAG.bitString, bits));
};
const withoutPoint = () => Buffer.concat([KEYS.leaf.spki.subarray(0, -64), Buffer.alloc(64, 0xff)]);
export const KEYS_OF_LEAVES: readonly Row[] = [
  ['an RSA key of 1,024 bits', 'key-weak', '1024 bits, fewer than 2048', leafKey(rsaKey(1_024))],
  [
    'an RSA key of 8,200 bits',
    'key-too-large',
    '8200 bits, more than 8192',
    leafKey(rsaSpki(8_200, 65_537)),
  ],
  ['an RSA key with the exponent 1', 'key-weak', 'exponent', leafKey(rsaSpki(2_048, 1))],
  [
    'an RSA key with an exponent of 33 bits',
    'key-too-large',
    'exponent',
    leafKey(rsaSpki(2_048, 2n ** 32n + 1n)),
  ],
  ['a key on P-224', 'key-unsupported', 'a key on another curve', leafKey(ecKey('secp224r1'))],
  ['a key on secp256k1', 'key-unsupported', 'a key on another curve', leafKey(ecKey('secp256k1'))],
  [
    'a curve that is spelt out',
    'key-unsupported',
    'a key on another curve',
    leafKey(explicitCurve()),
  ],
  ['an Ed25519 key', 'key-unsupported', 'an Ed25519 key', leafKey(edKey())],
  [
    'a point that is not on the curve',
    'key-malformed',
    'no point of its curve',
    leafKey(withoutPoint()),
  ],
  [
    'a point that is compressed',
    'key-malformed',
    'no point of its curve, uncompressed',
    leafKey(compressedPoint()),
  ],
  ['an RSA key with an even exponent', 'key-weak', 'even', leafKey(rsaSpki(2_048, 65_536))],
  [
    'an RSA key whose modulus is negative',
    'key-weak',
    'of 0 bits',
    leafKey(rsaOf(element(TAG.integer, Buffer.alloc(256, 0x80)), integer(65_537))),
  ],
  [
    'an RSA key of three numbers',
    DER,
    'of the RSA key',
    leafKey(rsaOf(integerOfBytes(Buffer.alloc(256, 0x81)), integer(65_537), integer(1))),
  ],
  [
    'something behind its key',
    DER,
    'of the public key',
    leafKey(sequence(rsaAlgorithm(), element(TAG.bitString, Buffer.of(0)), nothing())),
  ],
  [
    'a key of 3,000 bytes',
    'key-too-large',
    'more than 2048 bytes',
    leafKey(sequence(octetString(randomBytes(3_000)))),
  ],
];
