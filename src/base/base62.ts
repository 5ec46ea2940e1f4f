import { crc32 } from 'node:zlib';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes as one number in base 62, filled up with zeros on the left.
 *  @param length digits; enough for every number of so many bytes */
export function toBase62(bytes: Uint8Array, length: number): string {
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  return digitsOf(number, length);
}

/** The six characters that end the tokens of GitHub, npm and Reeve: CRC-32 of what stands between prefix
 *  and checksum, in base 62, filled up with zeros on the left.
 *  @see https://github.blog/engineering/behind-githubs-new-authentication-token-formats/ */
export function base62Checksum(text: string): string {
  return digitsOf(BigInt(crc32(text)), 6);
}

function digitsOf(number: bigint, length: number): string {
  let digits = '';
  for (let rest = number; rest > 0n; rest /= 62n) {
    digits = (BASE62[Number(rest % 62n)] ?? '') + digits;
  }
  return digits.padStart(length, '0');
}

/** Whether a token carries the right checksum of what stands behind its prefix (`ghp_`, `npm_`, `rvk_`). */
export function hasBase62Checksum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1);
  return base62Checksum(body.slice(0, -6)) === body.slice(-6);
}
