import { Fault } from '../../../base/fault.ts';
import { type SignatureAlgorithm, verifies } from '../algorithms.ts';
import { type Certificate, judgeAlgorithms, openSigned, serialOf } from '../certificate.ts';
import { contextTag, DerReader, TAG } from '../der/index.ts';
import { EXTENSION, type RawExtension, splitExtensions, USAGE } from '../extensions/index.ts';
import { isSameName } from '../name.ts';
import { type RevocationReason, type RevokedCertificate, reasonOf } from './reasons.ts';

/** What a list of revoked certificates says. */
export interface CrlContents {
  readonly number: bigint;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** By serial number. */
  readonly revoked: ReadonlyMap<string, RevokedCertificate>;
}

/** A list of revoked certificates whose signature has been verified. */
export interface Crl extends CrlContents {
  /** The authority that revokes. */
  readonly issuer: Certificate;
}

/** A list that has been opened: nobody has verified who signed it. */
export interface OpenedCrl {
  readonly der: Buffer;
  /** The part that is signed. */
  readonly tbs: Buffer;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Buffer;
  /** The name of the authority that revokes, as it stands there. */
  readonly issuer: Buffer;
  /** What it says, read when it is first asked for.
   *  @throws {Fault} `identity/der-malformed`, `identity/crl-invalid/…` */
  readonly contents: () => CrlContents;
}

/** Some 400,000 certificates. */
export const DEFAULT_MAX_CRL_BYTES = 1 << 24;
const WHOSE = 'the list of revoked certificates';
const CODE = 'identity/crl-invalid';
const MAX_NUMBER_BYTES = 20;

const refusal = (reason: string, why: string) => new Fault(`${CODE}/${reason}`, `${WHOSE} ${why}`);

/** Reads a list of revoked certificates and verifies that `issuer` signed it. It must be a whole list
 *  of the issuer's own certificates: what speaks of deltas or of others' is critical, and refused.
 *  @throws {Fault} `identity/der-malformed`, `identity/crl-invalid/…`
 *  @see RFC 5280 §5, §6.3 */
export function readCrl(
  der: Uint8Array,
  issuer: Certificate,
  maxBytes = DEFAULT_MAX_CRL_BYTES,
): Crl {
  const opened = openCrl(der, maxBytes);
  judgeSigner(opened, issuer);
  return { issuer, ...opened.contents() };
}

/** Opens a list of revoked certificates, whoever signed it.
 *  @throws {Fault} `identity/der-malformed`, `identity/crl-invalid/…`
 *  @see RFC 5280 §5.1 */
export function openCrl(bytes: Uint8Array, maxBytes = DEFAULT_MAX_CRL_BYTES): OpenedCrl {
  if (bytes.length > maxBytes) {
    const why = `has ${bytes.length} bytes, more than the ${maxBytes} that are allowed`;
    throw refusal('too-large', why);
  }
  const { whole: der, signed, outerAlgorithm, signature } = openSigned(bytes, WHOSE);
  const { inside, content: tbs } = signed;
  const version = inside.tag === TAG.integer ? inside.integer('the version') : 0;
  if (version !== 1) throw refusal('version', `is of version ${version + 1}, and must be of 2`);
  const algorithm = judgeAlgorithms(inside.next().whole, outerAlgorithm, WHOSE, CODE);
  const issuer = inside.element(TAG.sequence, 'the issuer').whole;
  return { der, tbs, algorithm, signature, issuer, contents: readOnce(() => readContents(inside)) };
}

/** Whether `issuer` signed a list, and may sign lists.
 *  @throws {Fault} `identity/crl-invalid/other-issuer`, `…/no-list-signing`, `…/signature`
 *  @see RFC 5280 §6.3.3 (f), (g) */
export function judgeSigner(
  { issuer: name, algorithm, tbs, signature }: OpenedCrl,
  { subject, publicKey, extensions: { keyUsage } }: Certificate,
): void {
  if (!isSameName(name, subject)) throw refusal('other-issuer', 'is of another issuer');
  if (keyUsage && !keyUsage.bits.has(USAGE.cRLSign)) {
    throw refusal('no-list-signing', 'is signed by an authority that may not sign lists (cRLSign)');
  }
  if (!verifies(algorithm, publicKey.key, tbs, signature)) {
    throw refusal('signature', 'has a signature that is not by its issuer');
  }
}

/** The same answer, or the same fault, each time. */
function readOnce<Value>(read: () => Value): () => Value {
  let outcome: { readonly value: Value } | { readonly fault: unknown } | undefined;
  return () => {
    outcome ??= attempt(read);
    if ('value' in outcome) return outcome.value;
    throw outcome.fault;
  };
}

function attempt<Value>(read: () => Value) {
  try {
    return { value: read() };
  } catch (fault) {
    return { fault };
  }
}

function readContents(inside: DerReader): CrlContents {
  const thisUpdate = inside.time('this update');
  if (inside.tag !== TAG.utcTime && inside.tag !== TAG.generalizedTime) {
    throw refusal('no-next-update', 'does not say when the next one comes');
  }
  const nextUpdate = inside.time('the next update');
  const entries = inside.optional(TAG.sequence);
  const revoked = entries ? readEntries(entries.content) : new Map<string, RevokedCertificate>();
  return { number: readNumber(inside), thisUpdate, nextUpdate, revoked };
}

function readEntries(content: Buffer): Map<string, RevokedCertificate> {
  const revoked = new Map<string, RevokedCertificate>();
  const list = new DerReader(content, WHOSE);
  while (!list.isAtEnd) {
    const one = list.sequence('an entry');
    const serialNumber = serialOf(one.integerBytes('a serial number'));
    const revokedAt = one.time('a time of revocation');
    const reason = one.isAtEnd ? undefined : readReason(one.sequence('the extensions of an entry'));
    one.end();
    if (revoked.has(serialNumber)) throw refusal('entry-twice', 'has a certificate twice');
    revoked.set(serialNumber, { serialNumber, revokedAt, ...(reason && { reason }) });
  }
  if (revoked.size === 0) list.fail('it has a list of entries without any');
  return revoked;
}

function readReason(list: DerReader): RevocationReason | undefined {
  const all = splitExtensions(list, 'an entry', CODE);
  refuseCritical(all, [EXTENSION.reasonCode]);
  const value = all.find(({ oid }) => oid === EXTENSION.reasonCode)?.value;
  if (value === undefined) return undefined;
  const code = new DerReader(value, 'the reason', WHOSE).element(
    TAG.enumerated,
    'the reason',
  ).content;
  const reason = code.length === 1 ? reasonOf(code[0] ?? 0) : undefined;
  if (reason === undefined) throw refusal('reason', 'has a reason that there is not');
  return reason;
}

function readNumber(inside: DerReader): bigint {
  if (inside.isAtEnd) throw refusal('no-number', 'has no number');
  const around = inside.inside(contextTag(0, true), 'the extensions');
  inside.end();
  const all = splitExtensions(around.sequence('the extensions'), WHOSE, CODE);
  around.end();
  refuseCritical(all, [EXTENSION.authorityKeyId, EXTENSION.crlNumber]);
  const value = all.find(({ oid }) => oid === EXTENSION.crlNumber)?.value;
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
