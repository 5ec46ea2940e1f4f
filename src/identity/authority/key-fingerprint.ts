import { hash } from 'node:crypto';

/** What a public key is called in deny lists: the SHA-256 of its SubjectPublicKeyInfo, in hexadecimal.
 *  @param spki DER, or DER in base64 */
export function keyFingerprint(spki: Buffer | string): string {
  return hash('sha256', typeof spki === 'string' ? Buffer.from(spki, 'base64') : spki);
}

/** What an authority is called, for whoever has its public key: the beginning of its fingerprint. It is
 *  the key id of a JWT authority.
 *  @param spki DER, or DER in base64 */
export function authorityId(spki: Buffer | string): string {
  return keyFingerprint(spki).slice(0, 32);
}
