import { ReeveError } from '../error.ts';
import { type SignatureAlgorithm, verifies } from './algorithms.ts';
import { type Certificate, judgeAlgorithms, openSigned, serialOf } from './certificate.ts';
import { contextTag, DerReader, TAG } from './der.ts';
import { type RawExtension, splitExtensions, USAGE } from './extensions.ts';

/** A list of revoked certificates as it was read; nobody has verified who signed it. */
export interface Crl {
  readonly der: Buffer;
  readonly tbs: Buffer;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Buffer;
  /** The name of the authority that revokes, as it stands there. */
  readonly issuer: Buffer;
  readonly number: bigint;
  /** Milliseconds since 1970: from then on it is no longer believed. */
  readonly nextUpdate: number;
  /** Serial numbers in lowercase hexadecimal. */
  readonly revoked: ReadonlySet<string>;
}

/** Some 400,000 certificates. */
const MAX_CRL_BYTES = 1 << 24;
const WHOSE = 'the list of revoked certificates';
const AUTHORITY_KEY_ID = '2.5.29.35';
const CRL_NUMBER = '2.5.29.20';
const REASON_CODE = '2.5.29.21';
const MAX_NUMBER_BYTES = 20;

const refusal = (reason: string, why: string) => new ReeveError(`crl/${reason}`, `${WHOSE} ${why}`);

/** Reads a list of revoked certificates. It must be a whole list of the issuer's own certificates:
 *  what speaks of deltas or of others' is critical, and refused.
 *  @throws {ReeveError} `der/…`, `crl/…`
 *  @see RFC 5280 §5 */
export function readCrl(bytes: Uint8Array): Crl {
  if (bytes.length > MAX_CRL_BYTES) {
    throw refusal('too-large', `has ${bytes.length} bytes, more than ${MAX_CRL_BYTES}`);
  }
  const { der, tbs, fields, algorithm, signature } = openSigned(bytes, WHOSE);
  const version = fields.tag === TAG.integer ? fields.integer('the version') : 0;
  if (version !== 1) throw refusal('version', `is of version ${version + 1}, and must be of 2`);
  const signatureAlgorithm = judgeAlgorithms(fields.next().whole, algorithm, WHOSE, 'crl');
  const issuer = fields.element(TAG.sequence, 'the issuer').whole;
  fields.time('this update');
  if (fields.tag !== TAG.utcTime && fields.tag !== TAG.generalizedTime) {
    throw refusal('no-next-update', 'does not say when the next one comes');
  }
  const nextUpdate = fields.time('the next update');
  const entries = fields.optional(TAG.sequence);
  const revoked = entries ? readEntries(entries.content) : new Set<string>();
  const number = readNumber(fields);
  return { der, tbs, signatureAlgorithm, signature, issuer, number, nextUpdate, revoked };
}

/** Whether `issuer` signed the list, and may sign lists.
 *  @see RFC 5280 §6.3.3 (f), (g) */
export function isCrlOf(crl: Crl, issuer: Certificate): boolean {
  const { keyUsage } = issuer.extensions;
  if (!crl.issuer.equals(issuer.subject)) return false;
  if (keyUsage && !keyUsage.bits.has(USAGE.cRLSign)) return false;
  return verifies(crl.signatureAlgorithm, issuer.publicKey.key, crl.tbs, crl.signature);
}

function readEntries(content: Buffer): Set<string> {
  const revoked = new Set<string>();
  const list = new DerReader(content, WHOSE);
  while (!list.isAtEnd) {
    const one = list.sequence('an entry');
    revoked.add(serialOf(one.integerBytes('a serial number')));
    one.time('a time of revocation');
    if (!one.isAtEnd) {
      const all = splitExtensions(one.sequence('the extensions of an entry'), 'an entry', 'crl');
      refuseCritical(all, [REASON_CODE]);
    }
    one.end();
  }
  return revoked;
}

function readNumber(fields: DerReader): bigint {
  if (fields.isAtEnd) throw refusal('no-number', 'has no number');
  const around = fields.inside(contextTag(0), 'the extensions');
  fields.end();
  const all = splitExtensions(around.sequence('the extensions'), WHOSE, 'crl');
  around.end();
  refuseCritical(all, [AUTHORITY_KEY_ID, CRL_NUMBER]);
  const value = all.find(({ oid }) => oid === CRL_NUMBER)?.value;
  if (value === undefined) throw refusal('no-number', 'has no number');
  const reader = new DerReader(value, 'the number', WHOSE);
  const bytes = reader.integerBytes('the number of the list');
  reader.end();
  if (bytes.length > MAX_NUMBER_BYTES || (bytes[0] ?? 0) >= 0x80) {
    throw refusal('number', 'has a number that is negative or too large');
  }
  return BigInt(`0x${bytes.toString('hex')}`);
}

function refuseCritical(all: readonly RawExtension[], known: readonly string[]): void {
  const odd = all.find(({ oid, isCritical }) => isCritical && !known.includes(oid));
  if (!odd) return;
  const why = `has the critical extension ${odd.oid}, which is not understood`;
  throw refusal('critical-extension', why);
}
