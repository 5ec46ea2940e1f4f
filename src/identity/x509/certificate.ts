import { Fault } from '../../base/fault.ts';
import { type SignatureAlgorithm, signatureAlgorithmOf, verifies } from './algorithms.ts';
import { contextTag, DerReader, TAG } from './der/index.ts';
import { type Extensions, readExtensions, splitExtensions } from './extensions/index.ts';
import { type PublicKey, readPublicKey } from './keys.ts';

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

export const MAX_CERTIFICATE_BYTES = 32_768;
/** @see RFC 5280 §4.1.2.2 */
const MAX_SERIAL_BYTES = 20;
const VERSION_3 = 2;
const CODE = 'identity/certificate-invalid';

/** Reads one certificate from DER. `whose` is what to call it in faults: `the leaf`.
 *  @throws {Fault} `identity/der-malformed`, `identity/certificate-invalid/…`
 *  @see RFC 5280 §4.1 */
export function readCertificate(der: Uint8Array, whose = 'the certificate'): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) {
    const why = `has ${der.length} bytes, more than the ${MAX_CERTIFICATE_BYTES} that are allowed`;
    throw new Fault(`${CODE}/too-large`, `${whose} ${why}`);
  }
  const { signed, outerAlgorithm, signature, whole } = openSigned(der, whose);
  const { inside, content } = signed;
  const serialNumber = readVersionAndSerial(inside, whose);
  const innerAlgorithm = inside.next().whole;
  const issuer = inside.element(TAG.sequence, 'the issuer').whole;
  const validity = inside.sequence('the validity');
  const notBefore = validity.time('notBefore');
  const notAfter = validity.time('notAfter');
  validity.end();
  const subject = inside.element(TAG.sequence, 'the subject').whole;
  const spki = inside.element(TAG.sequence, 'the public key').whole;
  // Unique identifiers, which nobody writes any more.
  inside.optional(contextTag(1));
  inside.optional(contextTag(2));
  const extensions = readAllExtensions(inside, whose);
  const signatureAlgorithm = judgeAlgorithms(innerAlgorithm, outerAlgorithm, whose, CODE);
  return {
    der: whole,
    tbs: content,
    serialNumber,
    signatureAlgorithm,
    signature,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey: readPublicKey(spki, whose, CODE),
    extensions,
  };
}

/** Opens what certificates, requests and lists of revoked certificates have in common: what is signed,
 *  how, and the signature.
 *  @throws {Fault} `identity/der-malformed` */
export function openSigned(der: Uint8Array, whose: string) {
  const outer = new DerReader(der, whose);
  const { content: parts, whole } = outer.element(TAG.sequence, whose);
  outer.end();
  const reader = new DerReader(parts, whose);
  const { whole: content, content: fields } = reader.element(TAG.sequence, 'what is signed');
  const outerAlgorithm = reader.element(TAG.sequence, 'the signature algorithm').whole;
  const signature = reader.bitString('the signature');
  reader.end();
  return {
    whole,
    signed: { content, inside: new DerReader(fields, whose) },
    outerAlgorithm,
    signature,
  };
}

function readVersionAndSerial(inside: DerReader, whose: string): string {
  const version =
    inside.tag === contextTag(0, true)
      ? inside.inside(contextTag(0, true), 'the version').integer('the version')
      : 0;
  if (version !== VERSION_3) {
    throw new Fault(`${CODE}/version`, `${whose} is of version ${version + 1}, and must be of 3`);
  }
  const serial = inside.integerBytes('the serial number');
  const first = serial[0] ?? 0;
  if (first >= 0x80 || (serial.length === 1 && first === 0)) {
    throw new Fault(
      `${CODE}/serial-not-positive`,
      `${whose} has a serial number that is not positive`,
    );
  }
  if (serial.length > MAX_SERIAL_BYTES) {
    const why = `has a serial number of more than ${MAX_SERIAL_BYTES} bytes`;
    throw new Fault(`${CODE}/serial-too-long`, `${whose} ${why}`);
  }
  return serialOf(serial);
}

/** A serial number as `Certificate` has it, from the bytes of its INTEGER. */
export function serialOf(integer: Buffer): string {
  return (integer[0] === 0 ? integer.subarray(1) : integer).toString('hex');
}

function readAllExtensions(inside: DerReader, whose: string): Extensions {
  if (inside.isAtEnd) return { unknown: [] };
  const around = inside.inside(contextTag(3, true), 'the extensions');
  inside.end();
  const list = around.sequence('the extensions');
  around.end();
  return readExtensions(splitExtensions(list, whose, CODE), whose);
}

/** Gives the algorithm that something is signed with, which both places must name.
 *  @throws {Fault} `CODE/algorithms-differ`, `CODE/signature-algorithm`
 *  @see RFC 5280 §4.1.1.2, §5.1.1.2 */
export function judgeAlgorithms(
  inner: Buffer,
  outer: Buffer,
  whose: string,
  code: string,
): SignatureAlgorithm {
  if (!inner.equals(outer)) {
    const why = 'names one signature algorithm inside what is signed and another outside';
    throw new Fault(`${code}/algorithms-differ`, `${whose} ${why}`);
  }
  const algorithm = signatureAlgorithmOf(outer);
  if (algorithm) return algorithm;
  throw new Fault(
    `${code}/signature-algorithm`,
    `${whose} is signed with an algorithm that is weak or not known`,
    { hint: 'sign with ECDSA or RSA and SHA-256, SHA-384 or SHA-512' },
  );
}

/** Who signed whom, as far as it has been verified: it stays so. */
const signers = new WeakMap<Certificate, WeakSet<Certificate>>();

/** Whether the key of `issuer` signed `certificate`.
 *  @throws {Fault} `identity/certificate-invalid/key-malformed` where the key cannot verify anything */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const known = signers.get(certificate);
  if (known?.has(issuer)) return true;
  const { signatureAlgorithm, tbs, signature } = certificate;
  if (!verifies(signatureAlgorithm, issuer.publicKey.key, tbs, signature)) return false;
  signers.set(certificate, (known ?? new WeakSet()).add(issuer));
  return true;
}

/** Splits certificates that stand one after the other, as the Workload API hands chains out.
 *  @throws {Fault} `identity/der-malformed` */
export function splitCertificates(bytes: Uint8Array, maxCount: number): Buffer[] {
  const reader = new DerReader(bytes, 'the chain of certificates');
  const all: Buffer[] = [];
  while (!reader.isAtEnd) {
    all.push(reader.element(TAG.sequence, 'a certificate').whole);
    if (all.length > maxCount) reader.fail(`it has more than ${maxCount} certificates`);
  }
  return all;
}
