import { crc32 } from 'node:zlib';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The six characters that end the tokens of GitHub and npm: CRC-32 of what stands between prefix and
 *  checksum, in base 62, filled up with zeros on the left.
 *  @see https://github.blog/engineering/behind-githubs-new-authentication-token-formats/ */
export function base62Checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  while (rest > 0) {
    digits = (BASE62[rest % 62] ?? '') + digits;
    rest = Math.floor(rest / 62);
  }
  return digits.padStart(6, '0');
}

/** Whether a token of 36 characters behind its prefix (`ghp_`, `npm_`) carries the right checksum. */
export function hasBase62Checksum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1);
  return base62Checksum(body.slice(0, -6)) === body.slice(-6);
}

/** The claims of a JSON Web Token; undefined where header or payload is no JSON object, or the header
 *  names no algorithm.
 *  @see RFC 7519 §3, RFC 7515 §4.1.1 */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [header, payload] = token.split('.').slice(0, 2).map(toJson);
  return header && payload && typeof header.alg === 'string' ? payload : undefined;
}

function toJson(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
