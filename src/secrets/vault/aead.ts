import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** Random bytes from a generator that is fit for keys, in memory of their own. */
export type Random = (bytes: number) => Buffer;

/** Encrypts under AES-256-GCM.
 *  @param nonce 96 bits, random: one key takes at most 2^32 of them
 *  @returns nonce, ciphertext and tag, in one piece
 *  @see NIST SP 800-38D §8.2.2 and §8.3 */
export function sealBytes(key: Buffer, plain: Buffer, boundTo: Buffer, nonce: Buffer): Buffer {
  const cipher = createCipheriv(CIPHER, createSecretKey(key), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo);
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** What `sealBytes` encrypted, in memory that nothing else shares, so that it can be wiped; undefined: it is not under
 *  this key, not bound to this, or not as it was. */
export function openBytes(key: Buffer, sealed: Buffer, boundTo: Buffer): Buffer | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < NONCE_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  // of a key in a buffer, Node makes a key object that takes twice as long
  const secret = createSecretKey(key);
  const decipher = createDecipheriv(CIPHER, secret, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo);
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
}

/** Parts as bytes that no other parts have: a JSON array, whose strings escape what would be read otherwise. */
export const encodeParts = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.from(JSON.stringify(parts));

/** A copy in memory of its own: what is cut from Node's shared pool would leave its bytes there. */
export function ownCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.alloc(bytes.length);
  copy.set(bytes);
  return copy;
}
