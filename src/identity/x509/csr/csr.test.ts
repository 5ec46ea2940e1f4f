import { randomBytes, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { parseSpiffeId } from '../../spiffe/index.ts';
import { signingAlgorithmOf } from '../algorithms.ts';
import {
  bitString,
  contextTag,
  element,
  integer,
  nothing,
  octetString,
  oid,
  sequence,
  set,
  TAG,
  text,
} from '../der/index.ts';
import {
  basicConstraints,
  CLIENT_AUTH,
  EXTENSION,
  extendedKeyUsage,
  extension,
  keyUsage,
  NAME_KIND,
  permittedUriHosts,
  SERVER_AUTH,
} from '../extensions/index.ts';
import { EMPTY_NAME, writeName } from '../name.ts';
import { brokenBytes } from '../testing/broken-bytes.ts';
import { ecKey, edKey, rsaKey, type TestKey } from '../testing/keys.ts';
import { judgeCsrNames, MAX_CSR_BYTES, readCsr } from './index.ts';

const ID = 'spiffe://example.org/ns/shop/sa/orders';
const KEY = ecKey();
const OTHER = ecKey();
const registered = { id: parseSpiffeId(ID), dnsNames: ['orders.shop', 'orders'] };

/** The parts of a request; a row of the table breaks one. */
interface Parts {
  version: Buffer;
  subject: Buffer;
  spki: Buffer;
  extensions: Buffer[];
  attributes: (asked: Buffer) => Buffer[];
  algorithm: Buffer;
  signedBy: TestKey;
  finish: (der: Buffer) => Buffer;
}

const uri = (value: string) => text(contextTag(NAME_KIND.uri), value);
const dns = (value: string) => text(contextTag(NAME_KIND.dns), value);
const names = (...all: Buffer[]) =>
  extension(EXTENSION.subjectAlternativeName, false, sequence(...all));
const request = (asked: Buffer) => sequence(oid('1.2.840.113549.1.9.14'), set(asked));
const keyOf = (key: TestKey) => (parts: Parts) => {
  parts.spki = key.spki;
  parts.signedBy = key;
  parts.algorithm = signingAlgorithmOf(key.privateKey)?.der ?? sequence(oid('1.3.101.112'));
};

function aRequest(): Parts {
  return {
    version: integer(0),
    subject: EMPTY_NAME,
    spki: KEY.spki,
    extensions: [names(uri(ID), dns('orders.shop'))],
    attributes: (asked) => [request(asked)],
    algorithm: signingAlgorithmOf(KEY.privateKey)?.der ?? sequence(),
    signedBy: KEY,
    finish: (der) => der,
  };
}

function write(parts: Parts): Buffer {
  const info = sequence(
    parts.version,
    parts.subject,
    parts.spki,
    element(contextTag(0, true), ...parts.attributes(sequence(...parts.extensions))),
  );
  const { privateKey } = parts.signedBy;
  const hash = signingAlgorithmOf(privateKey)?.hash ?? null;
  return parts.finish(sequence(info, parts.algorithm, bitString(sign(hash, info, privateKey))));
}

function judge(change: (parts: Parts) => unknown) {
  const parts = aRequest();
  change(parts);
  const csr = readCsr(write(parts));
  judgeCsrNames(csr, registered);
  return csr;
}

type Row = readonly [what: string, code: string, words: string, change: (parts: Parts) => unknown];

const ENCODING: readonly Row[] = [
  [
    'more bytes than allowed',
    'too-large',
    `more than the ${MAX_CSR_BYTES}`,
    (p) => p.extensions.push(extension('1.2.3', false, randomBytes(MAX_CSR_BYTES))),
  ],
  ['version 2', 'version', 'is of version 2', (p) => (p.version = integer(1))],
  [
    'bytes behind its end',
    '',
    'something follows',
    (p) => (p.finish = (der) => Buffer.concat([der, Buffer.of(0)])),
  ],
  [
    'the signature of another key',
    'signature',
    'not signed with the key that it brings',
    (p) => (p.signedBy = OTHER),
  ],
  [
    'a byte of its names changed',
    'signature',
    'not signed with the key that it brings',
    (p) =>
      (p.finish = (der) => {
        const copy = Buffer.from(der);
        copy[copy.indexOf('/sa/')] = 0x2d;
        return copy;
      }),
  ],
  [
    'SHA-1',
    'signature-algorithm',
    'weak or not known',
    (p) => (p.algorithm = sequence(oid('1.2.840.10045.4.1'))),
  ],
  [
    'a challenge password',
    'attribute',
    '1.2.840.113549.1.9.7, which is not understood',
    (p) =>
      (p.attributes = (asked) => [
        request(asked),
        sequence(oid('1.2.840.113549.1.9.7'), set(text(TAG.utf8String, 'x'))),
      ]),
  ],
  [
    'extensions asked for twice',
    'attribute-twice',
    'asks for extensions twice',
    (p) => (p.attributes = (asked) => [request(asked), request(asked)]),
  ],
  [
    'two lists of extensions',
    '',
    'something follows',
    (p) => (p.attributes = (asked) => [sequence(oid('1.2.840.113549.1.9.14'), set(asked, asked))]),
  ],
  ['an extension twice', 'extension-twice', 'twice', (p) => p.extensions.push(names(uri(ID)))],
];

const ASKS: readonly Row[] = [
  [
    'an unknown extension',
    'extension',
    'the extension 1.2.3.4',
    (p) => p.extensions.push(extension('1.2.3.4', false, nothing())),
  ],
  [
    'name constraints',
    'extension',
    'the extension 2.5.29.30',
    (p) => p.extensions.push(permittedUriHosts(['example.org'])),
  ],
  [
    'cA',
    'authority',
    'asks for a signing authority',
    (p) => p.extensions.push(basicConstraints(true)),
  ],
  [
    'keyCertSign',
    'key-usage',
    'the right to sign certificates',
    (p) => p.extensions.push(keyUsage('digitalSignature', 'keyCertSign')),
  ],
  [
    'cRLSign',
    'key-usage',
    'the right to sign certificates',
    (p) => p.extensions.push(keyUsage('cRLSign')),
  ],
  [
    'code signing',
    'extended-key-usage',
    '`1.3.6.1.5.5.7.3.3`',
    (p) => p.extensions.push(extendedKeyUsage(CLIENT_AUTH, '1.3.6.1.5.5.7.3.3')),
  ],
];

const KEYS: readonly Row[] = [
  ['an RSA key of 1,024 bits', 'key-weak', '1024 bits', keyOf(rsaKey(1_024))],
  ['a key on P-521', 'key-unsupported', 'has P-521', keyOf(ecKey('P-521'))],
  ['a key on P-224', 'key-unsupported', 'a key on another curve', keyOf(ecKey('secp224r1'))],
  ['a key on secp256k1', 'key-unsupported', 'a key on another curve', keyOf(ecKey('secp256k1'))],
  ['an Ed25519 key', 'key-unsupported', 'an Ed25519 key', keyOf(edKey())],
  [
    'no key',
    'key-malformed',
    'no point of its curve',
    (p) =>
      (p.spki = Buffer.concat([
        KEY.spki.subarray(0, -1),
        Buffer.of(KEY.spki.at(-1) === 0 ? 1 : 0),
      ])),
  ],
];

const NAMES: readonly Row[] = [
  ['two URIs', 'several-uris', 'names 2 URIs', (p) => (p.extensions = [names(uri(ID), uri(ID))])],
  [
    'another workload',
    'other-id',
    'sa/payments`, and comes from',
    (p) => (p.extensions = [names(uri('spiffe://example.org/ns/shop/sa/payments'))]),
  ],
  [
    'the same workload in other letters',
    'other-id',
    'and comes from',
    (p) => (p.extensions = [names(uri(ID.toUpperCase()))]),
  ],
  [
    'a host that is not registered',
    'dns-name',
    '`payments.shop`, which is not registered',
    (p) => (p.extensions = [names(uri(ID), dns('orders.shop'), dns('payments.shop'))]),
  ],
  ['any host', 'dns-name', '`*`', (p) => (p.extensions = [names(uri(ID), dns('*'))])],
  [
    'an IP address',
    'other-name',
    'names an IP address',
    (p) => (p.extensions = [names(uri(ID), octet(NAME_KIND.ip))]),
  ],
  [
    'an e-mail address',
    'other-name',
    'names an e-mail address',
    (p) => (p.extensions = [names(uri(ID), text(contextTag(NAME_KIND.email), 'a@b'))]),
  ],
  [
    'more parts in its subject than allowed',
    '',
    'more than 32 parts',
    (p) => (p.subject = sequence(...Array(33).fill(writeName({ organization: 'a' }).subarray(2)))),
  ],
  [
    'a common name',
    'common-name',
    '`admin`, which is not registered',
    (p) => (p.subject = writeName({ commonName: 'admin' })),
  ],
];
function octet(kind: number): Buffer {
  return element(contextTag(kind), Buffer.of(10, 0, 0, 1));
}
const ROWS = [...ENCODING, ...ASKS, ...KEYS, ...NAMES];

describe('a request for a certificate', () => {
  it.each<[string, (parts: Parts) => unknown]>([
    ['its identity and a host', () => {}],
    ['nothing', (p) => (p.extensions = [])],
    ['nothing, without attributes', (p) => (p.attributes = () => [])],
    ['its host in other letters', (p) => (p.extensions = [names(dns('Orders.Shop'))])],
    ['its organization', (p) => (p.subject = writeName({ country: 'US', organization: 'Shop' }))],
    ['itself as common name', (p) => (p.subject = writeName({ commonName: ID }))],
    ['a host as common name', (p) => (p.subject = writeName({ commonName: 'orders' }))],
    [
      'what every workload gets',
      (p) =>
        p.extensions.push(
          basicConstraints(false),
          keyUsage('digitalSignature'),
          extendedKeyUsage(SERVER_AUTH, CLIENT_AUTH),
          extension(EXTENSION.subjectKeyId, false, octetString(randomBytes(20))),
        ),
    ],
    ['an SVID for RSA', keyOf(rsaKey())],
    ['an SVID for P-384', keyOf(ecKey('P-384'))],
  ])('that asks for %s passes', (_, change) => {
    const parts = aRequest();
    change(parts);
    expect(judge(change).publicKey.spki.equals(parts.spki)).toBe(true);
  });

  it.each(ROWS)('with %s is refused', (_, code, words, change) => {
    expect(() => judge(change)).toThrow(
      expect.objectContaining({
        code: code === '' ? 'identity/der-malformed' : `identity/csr-invalid/${code}`,
        message: expect.stringContaining(words),
      }),
    );
  });

  it('of any bytes, or with any byte changed, is refused with a Fault', () => {
    const der = write(aRequest());
    fc.assert(
      fc.property(brokenBytes(der), (bytes) => {
        expect(() => readCsr(bytes)).toThrow(Fault);
      }),
      { numRuns: 300 },
    );
  });
});
