import { hash } from 'node:crypto';

/** What a public key is called in deny lists: the SHA-256 of its SubjectPublicKeyInfo, in hexadecimal.
 *  @param spki DER, or DER in base64 */
export function keyFingerprint(spki: Buffer | string): string {
  return hash('sha256', typeof spki === 'string' ? Buffer.from(spki, 'base64') : spki);
}
