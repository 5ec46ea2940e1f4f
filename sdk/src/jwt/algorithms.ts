import { constants, type KeyObject } from 'node:crypto';

/** How one algorithm of JWT-SVIDs is verified, and which keys it takes. */
export interface JwtAlgorithm {
  readonly name: string;
  readonly hash: string;
  readonly keyType: 'ec' | 'rsa';
  /** Only ECDSA has one. */
  readonly curve?: string;
  /** What `verify` wants beside the key. */
  readonly options: object;
}

const RSA_BITS = { min: 2_048, max: 8_192 };
const SIZES = [256, 384, 512] as const;

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
    ...SIZES.map(rs),
    ...SIZES.map(ps),
  ].map((algorithm) => [algorithm.name, algorithm]),
);

/** Whether a key may be used with an algorithm: of its type, on its curve, of a safe size. */
export function fits(key: KeyObject, { keyType, curve }: JwtAlgorithm): boolean {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== keyType) return false;
  if (keyType === 'ec') return namedCurve === curve;
  return modulusLength >= RSA_BITS.min && modulusLength <= RSA_BITS.max;
}
