import { type KeyObject, sign, verify } from 'node:crypto';
import { contextTag, element, integer, nothing, oid, sequence } from './der/index.ts';

/** A way to sign certificates, known by the exact bytes of its AlgorithmIdentifier: parameters that
 *  are merely similar are another algorithm. */
export interface SignatureAlgorithm {
  readonly name: string;
  /** The AlgorithmIdentifier. */
  readonly der: Buffer;
  readonly keyType: 'ec' | 'rsa';
  readonly hash: string;
  /** Bytes of salt; RSASSA-PSS only. */
  readonly saltLength?: number;
}

const RSA_PSS_PADDING = 6;
const HASHES = [
  { hash: 'sha256', bytes: 32, oid: '2.16.840.1.101.3.4.2.1', ec: 2, rsa: 11 },
  { hash: 'sha384', bytes: 48, oid: '2.16.840.1.101.3.4.2.2', ec: 3, rsa: 12 },
  { hash: 'sha512', bytes: 64, oid: '2.16.840.1.101.3.4.2.3', ec: 4, rsa: 13 },
] as const;
type Hash = (typeof HASHES)[number];

const ecdsa = ({ hash, ec }: Hash): SignatureAlgorithm => ({
  name: `ECDSA with ${hash.toUpperCase()}`,
  der: sequence(oid(`1.2.840.10045.4.3.${ec}`)),
  keyType: 'ec',
  hash,
});
const rsa = ({ hash, rsa: arc }: Hash): SignatureAlgorithm => ({
  name: `RSA with ${hash.toUpperCase()}`,
  der: sequence(oid(`1.2.840.113549.1.1.${arc}`), nothing()),
  keyType: 'rsa',
  hash,
});
/** The hash, MGF1 with the same hash, a salt as long as the hash.
 *  @param ofHash parameters of the hash, and those of the hash of MGF1
 *  @see RFC 4055 §3.1 */
function pssIdentifier({ bytes, oid: dotted }: Hash, ofHash: Buffer, ofMask: Buffer): Buffer {
  const mask = sequence(oid('1.2.840.113549.1.1.8'), sequence(oid(dotted), ofMask));
  const parameters = sequence(
    element(contextTag(0, true), sequence(oid(dotted), ofHash)),
    element(contextTag(1, true), mask),
    element(contextTag(2, true), integer(bytes)),
  );
  return sequence(oid('1.2.840.113549.1.1.10'), parameters);
}

const rsaPss = (hash: Hash): SignatureAlgorithm => ({
  name: `RSASSA-PSS with ${hash.hash.toUpperCase()}`,
  der: pssIdentifier(hash, nothing(), nothing()),
  keyType: 'rsa',
  hash: hash.hash,
  saltLength: hash.bytes,
});

/** Parameters of hashes may be NULL or left out, which is to be read as the same. @see RFC 4055 §2.1 */
const PSS_SPELLINGS = HASHES.flatMap((hash) => {
  const algorithm = rsaPss(hash);
  const [none, absent] = [nothing(), Buffer.alloc(0)];
  const all = [
    [absent, absent],
    [absent, none],
    [none, absent],
  ] as const;
  return all.map(
    ([ofHash, ofMask]) => [pssIdentifier(hash, ofHash, ofMask).toString('hex'), algorithm] as const,
  );
});

const ALGORITHMS: readonly SignatureAlgorithm[] = [ecdsa, rsa, rsaPss].flatMap((make) =>
  HASHES.map(make),
);
const BY_DER = new Map([
  ...ALGORITHMS.map((algorithm) => [algorithm.der.toString('hex'), algorithm] as const),
  ...PSS_SPELLINGS,
]);

/** The algorithm of an AlgorithmIdentifier; undefined for all that are weak, odd or unknown. */
export function signatureAlgorithmOf(der: Buffer): SignatureAlgorithm | undefined {
  return BY_DER.get(der.toString('hex'));
}

/** What Reeve signs with: ECDSA with the hash of the curve's size, RSA with SHA-256. */
const OF_KEYS: Readonly<Record<string, SignatureAlgorithm>> = {
  prime256v1: ecdsa(HASHES[0]),
  secp384r1: ecdsa(HASHES[1]),
  secp521r1: ecdsa(HASHES[2]),
  rsa: rsa(HASHES[0]),
};

/** The algorithm that a key signs certificates with; undefined where it signs none. */
export function signingAlgorithmOf(key: KeyObject): SignatureAlgorithm | undefined {
  return OF_KEYS[key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? ''];
}

const optionsOf = (key: KeyObject, { saltLength }: SignatureAlgorithm) =>
  saltLength === undefined ? key : { key, padding: RSA_PSS_PADDING, saltLength };

/** Whether `signature` over `bytes` was made by the holder of `key`, of whatever type the key is. */
export function verifies(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  bytes: Buffer,
  signature: Buffer,
): boolean {
  return (
    key.asymmetricKeyType === algorithm.keyType &&
    verify(algorithm.hash, bytes, optionsOf(key, algorithm), signature)
  );
}

/** Signs `bytes`; the signature is as certificates carry it. */
export function signWith(algorithm: SignatureAlgorithm, key: KeyObject, bytes: Buffer): Buffer {
  return sign(algorithm.hash, bytes, optionsOf(key, algorithm));
}
