import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a token. Tokens hold 256 random bits, so a plain hash cannot be searched. */
export function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The same, as a name for a token that can be kept. */
export const hexDigest = (token: string): string => digest(token).toString('hex');

/** Compares in a time that does not depend on where two digests differ. */
export function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
