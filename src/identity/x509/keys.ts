import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { Fault } from '../../base/fault.ts';
import { type Curve, isOnCurve } from './curves.ts';
import { DerReader, nothing, oid, sequence } from './der/index.ts';

/** Kinds of keys that SVIDs and authorities may have. */
export type KeyKind = Curve | 'RSA';

export const MIN_RSA_BITS = 2_048;
/** Longer ones cost a verifier too much. */
export const MAX_RSA_BITS = 8_192;
const MAX_RSA_EXPONENT = 0xffff_ffffn;
const MAX_KEY_BYTES = 2_048;
const EC_KEY = '1.2.840.10045.2.1';

/** By the exact bytes of the AlgorithmIdentifier: a curve must be named, not spelt out, because a
 *  spelt-out one may differ from the named one in its base point. */
const KINDS = new Map<string, KeyKind>([
  [sequence(oid(EC_KEY), oid('1.2.840.10045.3.1.7')).toString('hex'), 'P-256'],
  [sequence(oid(EC_KEY), oid('1.3.132.0.34')).toString('hex'), 'P-384'],
  [sequence(oid(EC_KEY), oid('1.3.132.0.35')).toString('hex'), 'P-521'],
  [sequence(oid('1.2.840.113549.1.1.1'), nothing()).toString('hex'), 'RSA'],
]);
const NAMES: Readonly<Record<string, string>> = {
  '1.3.101.112': 'an Ed25519 key',
  '1.3.101.113': 'an Ed448 key',
  '1.2.840.113549.1.1.10': 'an RSASSA-PSS key',
  '1.2.840.10040.4.1': 'a DSA key',
  [EC_KEY]: 'a key on another curve',
};

/** A public key that was judged. It is made into one of Node only when it is to verify something, which
 *  the keys of peers' leaves never are: that would take longer than all else that is read of them. */
export class PublicKey {
  readonly kind: KeyKind;
  /** SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  readonly #onBroken: () => Fault;
  #key: KeyObject | undefined;

  constructor(kind: KeyKind, spki: Buffer, onBroken: () => Fault) {
    this.kind = kind;
    this.spki = spki;
    this.#onBroken = onBroken;
  }

  /** @throws {Fault} `…/key-malformed` where Node does not take it all the same */
  get key(): KeyObject {
    this.#key ??= importKey(this.spki);
    if (this.#key) return this.#key;
    throw this.#onBroken();
  }
}

/** What is asked of keys. */
export interface KeyPolicy {
  readonly kinds: readonly KeyKind[];
  readonly minRsaBits: number;
}

export const DEFAULT_KEY_POLICY: KeyPolicy = {
  kinds: ['P-256', 'P-384', 'P-521', 'RSA'],
  minRsaBits: MIN_RSA_BITS,
};

/** Reads a SubjectPublicKeyInfo and judges the key. `whose` begins the sentences of its faults: `the
 *  leaf`. Codes are `code` and the reason: `key-unsupported` (type or curve), `key-malformed`,
 *  `key-weak`, `key-too-large`.
 *  @throws {Fault} `CODE/…`, `identity/der-malformed`
 *  @see RFC 5280 §4.1.2.7, RFC 5480 §2 */
export function readPublicKey(
  spki: Buffer,
  whose: string,
  code: string,
  policy: KeyPolicy = DEFAULT_KEY_POLICY,
): PublicKey {
  const refuse = (reason: string, why: string) =>
    new Fault(`${code}/${reason}`, `${whose} ${why}`, {
      hint: `use a key of ${policy.kinds.join(', ')} (${policy.minRsaBits} to ${MAX_RSA_BITS} bits)`,
    });
  const isNone = () => refuse('key-malformed', 'has a public key that is none');
  if (spki.length > MAX_KEY_BYTES) {
    throw refuse('key-too-large', `has a public key of more than ${MAX_KEY_BYTES} bytes`);
  }
  const reader = new DerReader(spki, 'the public key', whose).sequence('the public key');
  const algorithm = reader.next().whole;
  const kind = KINDS.get(algorithm.toString('hex'));
  if (kind === undefined || !policy.kinds.includes(kind)) {
    throw refuse('key-unsupported', `has ${kind ?? nameOf(algorithm)}, which is not allowed`);
  }
  const bits = reader.bitString('the bits of the key');
  reader.end();
  if (kind !== 'RSA') {
    if (isOnCurve(kind, bits)) return new PublicKey(kind, spki, isNone);
    throw refuse('key-malformed', 'has a public key that is no point of its curve, uncompressed');
  }
  const flaw = flawOfRsa(new DerReader(bits, 'the RSA key', whose), policy);
  if (flaw) throw refuse(flaw.reason, flaw.why);
  return new PublicKey(kind, spki, isNone);
}

/** @throws {Fault} `identity/der-malformed`
 *  @see RFC 8017 appendix A.1.1 */
function flawOfRsa(
  reader: DerReader,
  { minRsaBits }: KeyPolicy,
): { readonly reason: string; readonly why: string } | undefined {
  const numbers = reader.sequence('the RSA key');
  const modulus = toNumber(numbers.integerBytes('the modulus'));
  const exponent = toNumber(numbers.integerBytes('the exponent'));
  numbers.end();
  reader.end();
  const bits = modulus < 0n ? 0 : modulus.toString(2).length;
  const has = `has an RSA key of ${bits} bits`;
  if (bits < minRsaBits) return { reason: 'key-weak', why: `${has}, fewer than ${minRsaBits}` };
  if (exponent < 3n || exponent % 2n === 0n) {
    return { reason: 'key-weak', why: 'has an RSA key with an exponent that is even, or below 3' };
  }
  if (bits > MAX_RSA_BITS) {
    return { reason: 'key-too-large', why: `${has}, more than ${MAX_RSA_BITS}` };
  }
  if (exponent <= MAX_RSA_EXPONENT) return undefined;
  return { reason: 'key-too-large', why: 'has an RSA key with an exponent of more than 32 bits' };
}

/** An INTEGER in two's complement. */
const toNumber = (bytes: Buffer): bigint =>
  BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));

function importKey(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

function nameOf(algorithm: Buffer): string {
  const dotted = new DerReader(algorithm, 'the type of the key').sequence('it').oid('its name');
  return NAMES[dotted] ?? `a key of an unknown type (${dotted})`;
}

/** The identifier of a key: the first 20 bytes of the SHA-256 of its bits.
 *  @see RFC 7093 §2 (1) */
export function keyIdOf(spki: Buffer): Buffer {
  const reader = new DerReader(spki, 'the public key').sequence('the public key');
  reader.next();
  return hash('sha256', reader.bitString('the bits of the key'), 'buffer').subarray(0, 20);
}
