import { ReeveError } from '../error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A token taken apart; nothing in it has been judged. */
export interface CompactToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** What is signed. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

export const MAX_TOKEN_LENGTH = 16_384;

/** Why a token is refused: `jwt/REASON`, and a sentence. The token is never repeated, nor what a parser
 *  said of it. */
export function refuseToken(reason: string, why: string, hint?: string): ReeveError {
  const details = hint === undefined ? {} : { hint };
  return new ReeveError(`jwt/${reason}`, `the JWT-SVID ${why}`, details);
}

/** Takes a token of the compact serialization apart.
 *  @throws {ReeveError} `jwt/too-long`, `jwt/parts`, `jwt/base64`, `jwt/json`
 *  @see RFC 7515 §3.1, §5.2 */
export function splitToken(token: string): CompactToken {
  if (token.length > MAX_TOKEN_LENGTH) {
    const why = `has ${token.length} characters, more than the ${MAX_TOKEN_LENGTH} that are allowed`;
    throw refuseToken('too-long', why);
  }
  const parts = token.split('.', 4);
  const [header, claims, signature] = parts;
  if (parts.length !== 3 || !header || !claims || signature === undefined) {
    const hint = 'send HEADER.CLAIMS.SIGNATURE, each in base64url';
    throw refuseToken('parts', 'does not have three parts, or has an empty one', hint);
  }
  return {
    header: parseObject('header', header),
    claims: parseObject('claims', claims),
    signed: Buffer.from(token.slice(0, token.length - signature.length - 1), 'latin1'),
    signature: decode('signature', signature),
  };
}

/** Decodes base64url in its only form: no padding, no other characters, no bits left over.
 *  @see RFC 7515 §2 */
function decode(part: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') === text) return bytes;
  throw refuseToken('base64', `has a part, its ${part}, that is not base64url`);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Of a name that stands twice the last counts, as RFC 7519 §4 allows. */
function parseObject(part: string, encoded: string): JsonObject {
  const bytes = decode(part, encoded);
  let value: unknown;
  try {
    value = JSON.parse(UTF8.decode(bytes));
  } catch {
    throw refuseToken('json', `has a part, its ${part}, that is not JSON`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw refuseToken('json', `has a part, its ${part}, that is not an object of JSON`);
}
