import type { CredentialSeen } from '../../../estate/index.ts';
import { ROLE, type SpanFields } from '../reading/index.ts';

const CREDENTIALS: readonly (CredentialSeen | undefined)[] = [
  undefined,
  'token',
  'basic',
  'api-key',
  'cookie',
];
const TOKEN = 1;
const API_KEY = 3;
const COOKIE = 4;

/** Schemes of an Authorization header; every other one carries a token of some kind.
 *  @see RFC 9110 §11.4 */
const SCHEMES: readonly (readonly [scheme: Uint8Array, number: number])[] = [
  [Buffer.from('basic'), 2],
  [Buffer.from('apikey'), API_KEY],
  [Buffer.from('api-key'), API_KEY],
];
const SPACE = 0x20;

/** With what a request was sent, as a small number, 0 where that was not captured: of the headers that
 *  instrumentation was told to capture, the scheme is looked at and nothing behind it. */
export function credentialNumber(fields: SpanFields): number {
  if (fields.has(ROLE.authorization)) {
    const start = fields.start(ROLE.authorization);
    return schemeNumber(fields.bytes, start, fields.end(ROLE.authorization));
  }
  if (fields.has(ROLE.apiKey)) return API_KEY;
  return fields.has(ROLE.cookie) ? COOKIE : 0;
}

export function credentialOf(number: number): CredentialSeen | undefined {
  return CREDENTIALS[number];
}

function schemeNumber(bytes: Uint8Array, start: number, end: number): number {
  for (const [scheme, number] of SCHEMES) {
    const after = start + scheme.length;
    if (after < end && bytes[after] === SPACE && startsWith(bytes, start, scheme)) return number;
  }
  return TOKEN;
}

/** Whether lower-case letters stand here, in any case. */
function startsWith(bytes: Uint8Array, start: number, letters: Uint8Array): boolean {
  for (let at = 0; at < letters.length; at++) {
    if (((bytes[start + at] ?? 0) | 0x20) !== letters[at]) return false;
  }
  return true;
}
