import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** Bounds on what is read. */
export interface BundleLimits {
  readonly maxBytes: number;
  /** Keys of both kinds together. */
  readonly maxKeys: number;
}

export const DEFAULT_BUNDLE_LIMITS: BundleLimits = { maxBytes: 1 << 20, maxKeys: 200 };

/** An object of JSON that may be a key. */
export type Jwk = Readonly<Record<string, unknown>>;

export const isJwk = (value: unknown): value is Jwk =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const KEY_TYPES: readonly unknown[] = ['EC', 'RSA'];
export const MAX_KEY_ID = 256;

/** Parts of private keys. @see RFC 7518 §6 */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

export const isPrivate = (jwk: Jwk): boolean => PRIVATE.some((part) => part in jwk);

/** The public key that a JSON Web Key is; undefined where it is none. */
export function importKey({ kty, crv, x, y, n, e }: Jwk): KeyObject | undefined {
  try {
    // Only these members: what else a key says is not for OpenSSL.
    return createPublicKey({ key: { kty, crv, x, y, n, e } as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}
