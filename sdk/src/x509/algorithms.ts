import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { ReeveError } from '../error.ts';
import { DerReader } from './der.ts';

/** A way to sign certificates, known by the exact bytes of its AlgorithmIdentifier: parameters that
 *  are merely similar are another algorithm. */
export interface SignatureAlgorithm {
  readonly name: string;
  readonly keyType: 'ec' | 'rsa';
  readonly hash: string;
  /** Bytes of salt; RSASSA-PSS only. */
  readonly saltLength?: number;
}

const RSA_PSS_PADDING = 6;
const ecdsa = (hash: string): SignatureAlgorithm => ({
  name: `ECDSA with ${hash}`,
  keyType: 'ec',
  hash,
});
const rsa = (hash: string): SignatureAlgorithm => ({
  name: `RSA with ${hash}`,
  keyType: 'rsa',
  hash,
});
const rsaPss = (hash: string, saltLength: number): SignatureAlgorithm => ({
  name: `RSASSA-PSS with ${hash}`,
  keyType: 'rsa',
  hash,
  saltLength,
});

/** The hash, MGF1 with the same hash, a salt as long as the hash. @see RFC 4055 §3.1 */
const pssDer = (digestArc: string, saltLength: string): string =>
  `304106092a864886f70d01010a3034a00f300d060960864801650304020${digestArc}0500a11c301a06092a864886f70d010108300d060960864801650304020${digestArc}0500a2030201${saltLength}`;

/** By AlgorithmIdentifier, in hexadecimal. @see RFC 5758 §3.2, RFC 4055 §5, §3.1 */
const ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['300a06082a8648ce3d040302', ecdsa('sha256')],
  ['300a06082a8648ce3d040303', ecdsa('sha384')],
  ['300a06082a8648ce3d040304', ecdsa('sha512')],
  ['300d06092a864886f70d01010b0500', rsa('sha256')],
  ['300d06092a864886f70d01010c0500', rsa('sha384')],
  ['300d06092a864886f70d01010d0500', rsa('sha512')],
  [pssDer('1', '20'), rsaPss('sha256', 32)],
  [pssDer('2', '30'), rsaPss('sha384', 48)],
  [pssDer('3', '40'), rsaPss('sha512', 64)],
]);

/** The algorithm of an AlgorithmIdentifier; undefined for all that are weak, odd or unknown. */
export function signatureAlgorithmOf(der: Buffer): SignatureAlgorithm | undefined {
  return ALGORITHMS.get(der.toString('hex'));
}

/** Whether `signature` over `bytes` was made by the holder of `key`, of whatever type the key is. */
export function verifies(
  { keyType, hash, saltLength }: SignatureAlgorithm,
  key: KeyObject,
  bytes: Buffer,
  signature: Buffer,
): boolean {
  if (key.asymmetricKeyType !== keyType) return false;
  const options = saltLength === undefined ? key : { key, padding: RSA_PSS_PADDING, saltLength };
  return verify(hash, bytes, options, signature);
}

const MIN_RSA_BITS = 2_048;
/** Longer ones cost a verifier too much. */
const MAX_RSA_BITS = 8_192;
const MAX_RSA_EXPONENT = 0xffff_ffffn;
const MAX_KEY_BYTES = 2_048;
const RSA = 'RSA';

/** Kinds of keys by the exact bytes of their AlgorithmIdentifier: a curve must be named, not spelt
 *  out, because a spelt-out one may differ from the named one in its base point. */
const KEY_KINDS: ReadonlyMap<string, string> = new Map([
  ['301306072a8648ce3d020106082a8648ce3d030107', 'P-256'],
  ['301006072a8648ce3d020106052b81040022', 'P-384'],
  ['301006072a8648ce3d020106052b81040023', 'P-521'],
  ['300d06092a864886f70d0101010500', RSA],
]);

/** Reads a SubjectPublicKeyInfo, and judges the key. `whose` begins the sentences of its errors.
 *  @throws {ReeveError} `certificate/key-unsupported` (type or curve), `…/key-malformed`,
 *  `…/key-weak`, `…/key-too-large`, `…/key-exponent` */
export function readPublicKey(spki: Buffer, whose: string): KeyObject {
  const refuse = (reason: string, why: string): never => {
    const hint = `use a key of P-256, P-384, P-521 or RSA (${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits)`;
    throw new ReeveError(`certificate/${reason}`, `${whose} ${why}`, { hint });
  };
  if (spki.length > MAX_KEY_BYTES) {
    refuse('key-too-large', `has a public key of more than ${MAX_KEY_BYTES} bytes`);
  }
  const reader = new DerReader(spki, 'the public key', whose).sequence('the public key');
  const kind = KEY_KINDS.get(reader.next().whole.toString('hex'));
  if (kind === undefined) refuse('key-unsupported', 'has a key of a kind that is not allowed');
  const key = importKey(spki) ?? refuse('key-malformed', 'has a public key that is none');
  if (kind !== RSA) return key;
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (bits < MIN_RSA_BITS) {
    refuse('key-weak', `has an RSA key of ${bits} bits, fewer than ${MIN_RSA_BITS}`);
  }
  if (bits > MAX_RSA_BITS) {
    refuse('key-too-large', `has an RSA key of ${bits} bits, more than ${MAX_RSA_BITS}`);
  }
  if (exponent < 3n || exponent > MAX_RSA_EXPONENT) {
    refuse('key-exponent', 'has an RSA key with an exponent below 3 or of more than 32 bits');
  }
  return key;
}

function importKey(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
