import { randomBytes } from 'node:crypto';
import {
  contextTag,
  DerReader,
  element,
  integer,
  integerOfBytes,
  namedBits,
  nothing,
  oid,
  sequence,
  TAG,
  text,
  time,
} from '../../der/index.ts';
import { EXTENSION, extension, keyUsage } from '../../extensions/index.ts';
import { NOW } from '../../testing/forge.ts';
import { MAX_CHAIN } from '../validate.ts';
import { algorithm, DER, type Row, type Scene } from './scene.ts';

const keyUsageOf = (bits: Buffer) => (s: Scene) =>
  (s.leaf.extensions.keyUsage = extension(EXTENSION.keyUsage, true, element(TAG.bitString, bits)));

/** The certificate, with a signature of one bit. */
function withOddSignature(der: Buffer): Buffer {
  const parts = new DerReader(der, 'the certificate').sequence('the certificate');
  const [tbs, algorithmOfIt] = [parts.next().whole, parts.next().whole];
  return sequence(tbs, algorithmOfIt, element(TAG.bitString, Buffer.of(1, 0x80)));
}

/** Certificates that are not encoded as they must be. */
export const ENCODING: readonly Row[] = [
  ['no certificate at all', 'chain-empty', 'has no certificate', (s) => (s.send = () => [])],
  [
    'more certificates than allowed',
    'chain-too-long',
    'has 11 certificates',
    (s) => (s.send = (leaf) => Array(MAX_CHAIN + 1).fill(leaf)),
  ],
  [
    'more bytes than allowed',
    'too-large',
    'more than the 32768',
    (s) => (s.leaf.extensions.large = extension('1.2.3', false, randomBytes(33_000))),
  ],
  [
    'bytes behind its end',
    DER,
    'something follows',
    (s) => (s.leaf.finish = (der) => Buffer.concat([der, Buffer.of(0)])),
  ],
  [
    'its last byte missing',
    DER,
    'longer than what holds it',
    (s) => (s.leaf.finish = (der) => der.subarray(0, -1)),
  ],
  [
    'an indefinite length',
    DER,
    'a length is indefinite',
    (s) =>
      (s.leaf.finish = (der) =>
        Buffer.concat([Buffer.of(0x30, 0x80), der.subarray(4), Buffer.of(0, 0)])),
  ],
  [
    'a length in more bytes than needed',
    DER,
    'not in its shortest form',
    (s) => (s.leaf.finish = (der) => Buffer.concat([Buffer.of(0x30, 0x83, 0), der.subarray(2)])),
  ],
  [
    'a length of five bytes',
    DER,
    'a length has more than 4 bytes',
    (s) => (s.leaf.finish = (der) => Buffer.concat([Buffer.of(0x30, 0x85, 0, 0, 0), der])),
  ],
  [
    'nothing but its first byte',
    DER,
    'it ends too early',
    (s) => (s.leaf.finish = (der) => der.subarray(0, 1)),
  ],
  [
    'an algorithm with a tag of two bytes',
    DER,
    'a tag of several bytes',
    (s) => (s.leaf.innerAlgorithm = Buffer.of(0x1f, 0x81, 0)),
  ],
  [
    'a signature that is not made of whole bytes',
    DER,
    'the signature is not made of whole bytes',
    (s) => (s.leaf.finish = withOddSignature),
  ],
  [
    'a negative version',
    DER,
    'the version is negative',
    (s) => (s.leaf.version = element(contextTag(0, true), element(TAG.integer, Buffer.of(0x80)))),
  ],
  [
    'an extension whose type is no object identifier',
    DER,
    'the type of an extension is not in its shortest form',
    (s) => (s.leaf.extensions.odd = sequence(element(TAG.oid, Buffer.of(0x80)))),
  ],
  [
    'an extension that is half critical',
    DER,
    'neither true nor false',
    (s) =>
      (s.leaf.extensions.odd = sequence(
        oid('1.2.3.4'),
        element(TAG.boolean, Buffer.of(1)),
        element(TAG.octetString, nothing()),
      )),
  ],
  [
    'a key usage that counts 8 unused bits',
    DER,
    'not a string of named bits',
    keyUsageOf(Buffer.of(8, 0x80)),
  ],
  [
    'a key usage with bits behind its last one',
    DER,
    'bits behind its last one',
    keyUsageOf(Buffer.of(7, 0xc0)),
  ],
  [
    'text instead of bytes',
    DER,
    'missing or of another type',
    (s) => (s.send = () => [Buffer.from('-----BEGIN CERTIFICATE-----')]),
  ],
  [
    'version 1',
    'version',
    'is of version 2',
    (s) => (s.leaf.version = element(contextTag(0, true), integer(1))),
  ],
  [
    'the serial number 0',
    'serial-not-positive',
    'not positive',
    (s) => (s.leaf.serialNumber = integer(0)),
  ],
  [
    'a negative serial number',
    'serial-not-positive',
    'not positive',
    (s) => (s.leaf.serialNumber = element(TAG.integer, Buffer.of(0x80))),
  ],
  [
    'a serial number of 21 bytes',
    'serial-too-long',
    'more than 20 bytes',
    (s) => (s.leaf.serialNumber = integerOfBytes(Buffer.alloc(21, 1))),
  ],
  [
    'a serial number with a byte too many',
    DER,
    'shortest form',
    (s) => (s.leaf.serialNumber = element(TAG.integer, Buffer.of(0, 1))),
  ],
  [
    'another algorithm inside than outside',
    'algorithms-differ',
    'and another outside',
    (s) => (s.leaf.innerAlgorithm = sequence(oid('1.2.840.10045.4.3.3'))),
  ],
  [
    'SHA-1',
    'signature-algorithm',
    'weak or not known',
    algorithm(sequence(oid('1.2.840.10045.4.1'))),
  ],
  [
    'MD5',
    'signature-algorithm',
    'weak or not known',
    algorithm(sequence(oid('1.2.840.113549.1.1.4'), nothing())),
  ],
  [
    'parameters that its algorithm has not',
    'signature-algorithm',
    'weak or not known',
    algorithm(sequence(oid('1.2.840.10045.4.3.2'), nothing())),
  ],
  [
    'an extension twice',
    'extension-twice',
    'the extension 2.5.29.15 twice',
    (s) => (s.leaf.extensions.again = keyUsage('digitalSignature')),
  ],
  [
    'an unknown critical extension',
    'critical-extension',
    'critical extension 1.2.3.4',
    (s) => (s.leaf.extensions.odd = extension('1.2.3.4', true, nothing())),
  ],
  [
    'an extension that is cut short',
    DER,
    'the extension 2.5.29.15',
    (s) => (s.leaf.extensions.keyUsage = extension(EXTENSION.keyUsage, true, Buffer.of(3))),
  ],
  [
    'a month 13',
    DER,
    'notBefore is not a time that exists',
    (s) => (s.leaf.notBefore = text(TAG.utcTime, '261301000000Z')),
  ],
  [
    'a time in another zone',
    DER,
    'notAfter is not a time in UTC',
    (s) => (s.leaf.notAfter = text(TAG.utcTime, '2606010000+0100')),
  ],
  [
    'a third time in its validity',
    DER,
    'the leaf cannot be read: something follows where it should end, at byte 30 of the validity',
    (s) => (s.leaf.notAfter = Buffer.concat([time(NOW), time(NOW)])),
  ],
  [
    'something behind its extensions',
    DER,
    'something follows',
    (s) => (s.leaf.behindExtensions.outside = nothing()),
  ],
  [
    'something beside its extensions',
    DER,
    'of the extensions',
    (s) => (s.leaf.behindExtensions.inside = nothing()),
  ],
  [
    'something behind the value of an extension',
    DER,
    'something follows where it should end, at byte 4 of the extension 2.5.29.15',
    (s) =>
      (s.leaf.extensions.keyUsage = extension(
        EXTENSION.keyUsage,
        true,
        Buffer.concat([namedBits([0]), nothing()]),
      )),
  ],
  [
    '51 extensions',
    DER,
    'more than 50 extensions',
    (s) => {
      for (let arc = 1; arc <= 51; arc++)
        s.leaf.extensions[`odd ${arc}`] = extension(`1.2.3.${arc}`, false, nothing());
    },
  ],
];
