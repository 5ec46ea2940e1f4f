import { createPublicKey, type KeyObject } from 'node:crypto';
import { ReeveError } from '../error.ts';
import { type Curve, isOnCurve } from './curves.ts';
import { DerReader } from './der.ts';

const MIN_RSA_BITS = 2_048;
/** Longer ones cost a verifier too much. */
const MAX_RSA_BITS = 8_192;
const MAX_RSA_EXPONENT = 0xffff_ffffn;
const MAX_KEY_BYTES = 2_048;

/** Kinds of keys by the exact bytes of their AlgorithmIdentifier: a curve must be named, not spelt
 *  out, because a spelt-out one may differ from the named one in its base point. */
const KINDS: ReadonlyMap<string, Curve | 'RSA'> = new Map([
  ['301306072a8648ce3d020106082a8648ce3d030107', 'P-256'],
  ['301006072a8648ce3d020106052b81040022', 'P-384'],
  ['301006072a8648ce3d020106052b81040023', 'P-521'],
  ['300d06092a864886f70d0101010500', 'RSA'],
]);

/** A public key that was judged. It is made into one of Node only when it is to verify something, which
 *  the keys of leaves never are. */
export class PublicKey {
  /** SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  #key: KeyObject | undefined;

  constructor(spki: Buffer) {
    this.spki = spki;
  }

  /** @throws {ReeveError} `certificate/key-malformed` where Node does not take it all the same */
  get key(): KeyObject {
    this.#key ??= toKey(this.spki);
    return this.#key;
  }
}

/** Reads a SubjectPublicKeyInfo, and judges the key. `whose` begins the sentences of its errors.
 *  @throws {ReeveError} `der/…`; `certificate/key-unsupported` (type or curve), `…/key-malformed`,
 *  `…/key-weak`, `…/key-too-large`, `…/key-exponent`
 *  @see RFC 5480 §2, RFC 8017 appendix A.1.1 */
export function readPublicKey(spki: Buffer, whose: string): PublicKey {
  if (spki.length > MAX_KEY_BYTES) {
    throw refuse(whose, 'key-too-large', `has a public key of more than ${MAX_KEY_BYTES} bytes`);
  }
  const reader = new DerReader(spki, 'the public key', whose).sequence('the public key');
  const kind = KINDS.get(reader.next().whole.toString('hex'));
  if (kind === undefined) {
    throw refuse(whose, 'key-unsupported', 'has a key of a kind that is not allowed');
  }
  const bits = reader.bitString('the bits of the key');
  reader.end();
  if (kind === 'RSA') judgeRsa(bits, whose);
  else if (!isOnCurve(kind, bits)) {
    throw refuse(whose, 'key-malformed', 'has a public key that is no point of its curve');
  }
  return new PublicKey(spki);
}

function toKey(spki: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    throw refuse('an authority', 'key-malformed', 'has a public key that is none');
  }
}

function judgeRsa(bytes: Buffer, whose: string): void {
  const numbers = new DerReader(bytes, 'the RSA key', whose).sequence('the RSA key');
  const modulus = toNumber(numbers.integerBytes('the modulus'));
  const exponent = toNumber(numbers.integerBytes('the exponent'));
  numbers.end();
  const bits = modulus.toString(2).length;
  const has = `has an RSA key of ${bits} bits`;
  if (modulus < 0n || bits < MIN_RSA_BITS) {
    throw refuse(whose, 'key-weak', `${has}, fewer than ${MIN_RSA_BITS}`);
  }
  if (bits > MAX_RSA_BITS) {
    throw refuse(whose, 'key-too-large', `${has}, more than ${MAX_RSA_BITS}`);
  }
  if (exponent < 3n || exponent % 2n === 0n || exponent > MAX_RSA_EXPONENT) {
    const why = 'has an RSA key with an exponent that is below 3, even, or of more than 32 bits';
    throw refuse(whose, 'key-exponent', why);
  }
}

const toNumber = (bytes: Buffer): bigint =>
  BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));

function refuse(whose: string, reason: string, why: string): ReeveError {
  const hint = `use a key of P-256, P-384, P-521 or RSA (${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits)`;
  return new ReeveError(`certificate/${reason}`, `${whose} ${why}`, { hint });
}
