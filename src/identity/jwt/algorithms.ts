import { constants, type KeyObject } from 'node:crypto';

/** How one algorithm of JWT-SVIDs signs, and which keys it takes. */
export interface JwtAlgorithm {
  readonly name: string;
  readonly hash: string;
  readonly keyType: 'ec' | 'rsa';
  /** The curve; only ECDSA has one. */
  readonly curve?: string;
  /** What `sign` and `verify` want beside the key. */
  readonly options: object;
}

/** @see RFC 7518 §3.3: 2,048 bits or more; longer than this costs a verifier too much */
const RSA_BITS = { min: 2_048, max: 8_192 };

const rs = (bits: number): JwtAlgorithm => ({
  name: `RS${bits}`,
  hash: `sha${bits}`,
  keyType: 'rsa',
  options: {},
});
const ps = (bits: number): JwtAlgorithm => ({
  name: `PS${bits}`,
  hash: `sha${bits}`,
  keyType: 'rsa',
  options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 },
});
const es = (bits: number, curve: string): JwtAlgorithm => ({
  name: `ES${bits}`,
  hash: `sha${bits}`,
  keyType: 'ec',
  curve,
  options: { dsaEncoding: 'ieee-p1363' },
});

/** All there are. @see JWT-SVID §2.1, RFC 7518 §3.3 to 3.5 */
export const ALGORITHMS: ReadonlyMap<string, JwtAlgorithm> = new Map(
  [
    es(256, 'prime256v1'),
    es(384, 'secp384r1'),
    es(512, 'secp521r1'),
    ...[256, 384, 512].flatMap((bits) => [rs(bits), ps(bits)]),
  ].map((algorithm) => [algorithm.name, algorithm]),
);

/** Why a key cannot be used with an algorithm; undefined where it can. */
export function flawOfKey(key: KeyObject, algorithm: JwtAlgorithm): string | undefined {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== algorithm.keyType) return `is of type ${key.asymmetricKeyType}`;
  if (algorithm.keyType === 'ec') {
    return namedCurve === algorithm.curve ? undefined : `is on the curve ${namedCurve}`;
  }
  if (modulusLength < RSA_BITS.min) return `has ${modulusLength} bits, fewer than ${RSA_BITS.min}`;
  if (modulusLength > RSA_BITS.max) return `has ${modulusLength} bits, more than ${RSA_BITS.max}`;
  return undefined;
}
