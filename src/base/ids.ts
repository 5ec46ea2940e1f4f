import { createHash, createHmac, randomBytes } from 'node:crypto';

/** A short, stable name for a value: `prefix-` and 16 hexadecimal digits of the SHA-256 of its parts. */
export function stableId(prefix: string, ...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return `${prefix}-${hash.digest('hex').slice(0, 16)}`;
}

/** A keyed fingerprint (HMAC-SHA-256, 128 bits in hexadecimal) that tells equal values apart from
 *  others without telling the value. */
export function fingerprint(key: Uint8Array, value: string): string {
  return createHmac('sha256', key).update(value).digest('hex').slice(0, 32);
}

/** `byteCount` random bytes in base64url, for tokens. */
export function randomToken(byteCount = 32): string {
  return randomBytes(byteCount).toString('base64url');
}
