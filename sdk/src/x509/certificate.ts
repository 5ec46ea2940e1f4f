import { ReeveError } from '../error.ts';
import { type SignatureAlgorithm, signatureAlgorithmOf, verifies } from './algorithms.ts';
import { contextTag, DerReader, TAG } from './der.ts';
import { type Extensions, readExtensions, splitExtensions } from './extensions.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';

/** An X.509 certificate as it was read: well-formed, of version 3, signed and keyed with algorithms
 *  that are safe. Nothing else has been judged. */
export interface Certificate {
  readonly der: Buffer;
  /** The part that is signed. */
  readonly tbs: Buffer;
  /** In lowercase hexadecimal, without a sign byte. */
  readonly serialNumber: string;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Buffer;
  /** Names as they stand there. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  readonly extensions: Extensions;
}

const MAX_CERTIFICATE_BYTES = 32_768;
/** @see RFC 5280 §4.1.2.2 */
const MAX_SERIAL_BYTES = 20;
const VERSION_3 = 2;
const refusal = (reason: string, whose: string, why: string, hint?: string) =>
  new ReeveError(`certificate/${reason}`, `${whose} ${why}`, hint === undefined ? {} : { hint });

/** Reads one certificate from DER. `whose` is what to call it in errors: `the leaf`.
 *  @throws {ReeveError} `der/…`, `certificate/…`
 *  @see RFC 5280 §4.1 */
export function readCertificate(bytes: Uint8Array, whose = 'the certificate'): Certificate {
  if (bytes.length > MAX_CERTIFICATE_BYTES) {
    const why = `has ${bytes.length} bytes, more than the ${MAX_CERTIFICATE_BYTES} that are allowed`;
    throw refusal('too-large', whose, why);
  }
  const { der, tbs, fields, algorithm: outer, signature } = openSigned(bytes, whose);
  const serialNumber = readVersionAndSerial(fields, whose);
  const inner = fields.next().whole;
  const issuer = fields.element(TAG.sequence, 'the issuer').whole;
  const validity = fields.sequence('the validity');
  const notBefore = validity.time('notBefore');
  const notAfter = validity.time('notAfter');
  validity.end();
  const subject = fields.element(TAG.sequence, 'the subject').whole;
  const spki = fields.element(TAG.sequence, 'the public key').whole;
  // Unique identifiers, which nobody writes any more.
  fields.optional(0x81);
  fields.optional(0x82);
  const extensions = readAllExtensions(fields, whose);
  const signatureAlgorithm = judgeAlgorithms(inner, outer, whose, 'certificate');
  const publicKey = readPublicKey(spki, whose);
  const names = { issuer, subject, serialNumber };
  const times = { notBefore, notAfter };
  const signing = { tbs, signatureAlgorithm, signature };
  return { der, ...signing, ...names, ...times, publicKey, extensions };
}

/** Opens what certificates and lists of revoked certificates have in common: what is signed, how, and
 *  the signature.
 *  @throws {ReeveError} `der/…` */
export function openSigned(bytes: Uint8Array, whose: string) {
  const outer = new DerReader(bytes, whose);
  const { content, whole: der } = outer.element(TAG.sequence, whose);
  outer.end();
  const parts = new DerReader(content, whose);
  const { whole: tbs, content: inside } = parts.element(TAG.sequence, 'what is signed');
  const algorithm = parts.element(TAG.sequence, 'the signature algorithm').whole;
  const signature = parts.bitString('the signature');
  parts.end();
  return { der, tbs, fields: new DerReader(inside, whose), algorithm, signature };
}

/** Gives the algorithm that something is signed with, which both places must name.
 *  @throws {ReeveError} `PART/algorithms-differ`, `PART/signature-algorithm`
 *  @see RFC 5280 §4.1.1.2, §5.1.1.2 */
export function judgeAlgorithms(
  inner: Buffer,
  outer: Buffer,
  whose: string,
  part: string,
): SignatureAlgorithm {
  if (!inner.equals(outer)) {
    const why = 'names one signature algorithm inside what is signed and another outside';
    throw new ReeveError(`${part}/algorithms-differ`, `${whose} ${why}`);
  }
  const algorithm = signatureAlgorithmOf(outer);
  if (algorithm) return algorithm;
  const why = 'is signed with an algorithm that is weak or not known';
  throw new ReeveError(`${part}/signature-algorithm`, `${whose} ${why}`, {
    hint: 'sign with ECDSA or RSA and SHA-256, SHA-384 or SHA-512',
  });
}

/** Who signed whom, as far as it has been verified: it stays so. */
const signers = new WeakMap<Certificate, WeakSet<Certificate>>();

/** Whether the key of `issuer` signed `certificate`. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const known = signers.get(certificate);
  if (known?.has(issuer)) return true;
  const { signatureAlgorithm, tbs, signature } = certificate;
  if (!verifies(signatureAlgorithm, issuer.publicKey.key, tbs, signature)) return false;
  signers.set(certificate, (known ?? new WeakSet()).add(issuer));
  return true;
}

/** A serial number as `Certificate` has it. */
export function serialOf(integer: Buffer): string {
  return (integer[0] === 0 ? integer.subarray(1) : integer).toString('hex');
}

/** Splits certificates that stand one after the other, as the Workload API hands them out.
 *  @throws {ReeveError} `der/…` */
export function splitCertificates(bytes: Uint8Array, maxCount: number): Buffer[] {
  const reader = new DerReader(bytes, 'the certificates');
  const all: Buffer[] = [];
  while (!reader.isAtEnd) {
    all.push(reader.element(TAG.sequence, 'a certificate').whole);
    if (all.length > maxCount) {
      reader.fail('too-many-certificates', `there are more than ${maxCount} certificates`);
    }
  }
  return all;
}

function readVersionAndSerial(fields: DerReader, whose: string): string {
  const version =
    fields.tag === contextTag(0)
      ? fields.inside(contextTag(0), 'the version').integer('the version')
      : 0;
  if (version !== VERSION_3) {
    throw refusal('version', whose, `is of version ${version + 1}, and must be of 3`);
  }
  const serial = fields.integerBytes('the serial number');
  const first = serial[0] ?? 0;
  if (first >= 0x80 || (serial.length === 1 && first === 0)) {
    throw refusal('serial-not-positive', whose, 'has a serial number that is not positive');
  }
  if (serial.length > MAX_SERIAL_BYTES) {
    const why = `has a serial number of more than ${MAX_SERIAL_BYTES} bytes`;
    throw refusal('serial-too-long', whose, why);
  }
  return serialOf(serial);
}

function readAllExtensions(fields: DerReader, whose: string): Extensions {
  if (fields.isAtEnd) return {};
  const around = fields.inside(contextTag(3), 'the extensions');
  fields.end();
  const list = around.sequence('the extensions');
  around.end();
  return readExtensions(splitExtensions(list, whose, 'certificate'), whose);
}
