import type { KeyWriter } from '../counting/index.ts';

/** Names of query parameters that are kept, and how long the query and each name may be. */
const MAX_NAMES = 32;
const MAX_QUERY_BYTES = 4_096;
const MAX_NAME_BYTES = 64;
const AMPERSAND = 0x26;
const EQUALS = 0x3d;

/** Bytes that names consist of: letters, digits, and `-._~%[]$:@`. */
const NAME_BYTES = new Uint8Array(256);
for (const byte of Buffer.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%[]$:@',
)) {
  NAME_BYTES[byte] = 1;
}

/** Writes the names of a query's parameters into a key, each behind an `&`. Values are not looked at,
 *  and what has no `=` is left out, for it may be a value itself. */
export function writeParameterNames(
  key: KeyWriter,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const last = Math.min(end, start + MAX_QUERY_BYTES);
  let count = 0;
  for (let at = start; at < last && count < MAX_NAMES; at++) {
    const nameAt = at;
    while (at < last && NAME_BYTES[bytes[at] ?? 0] === 1) at++;
    const length = at - nameAt;
    if (bytes[at] === EQUALS && at < last && length > 0 && length <= MAX_NAME_BYTES) {
      key.byte(AMPERSAND);
      key.range(bytes, nameAt, at);
      count++;
    }
    while (at < last && bytes[at] !== AMPERSAND) at++;
  }
}

/** The names that `writeParameterNames` wrote, decoded, each once, in order of the alphabet. */
export function parameterNames(written: string): string[] {
  const names = written.split('&').slice(1).map(decode);
  return [...new Set(names)].sort();
}

function decode(name: string): string {
  try {
    const decoded = decodeURIComponent(name);
    return /\p{Cc}/u.test(decoded) ? name : decoded;
  } catch {
    return name;
  }
}
