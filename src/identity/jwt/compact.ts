import { jsonRows } from '../../base/json-rows.ts';
import type { JwtLimits } from './limits.ts';
import { refuseToken } from './refusal.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A token taken apart; nothing in it has been judged. */
export interface CompactToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** What is signed. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Takes a token of the compact serialization apart.
 *  @throws {Fault} `identity/jwt-invalid/too-long`, `…/parts`, `…/base64`, `…/json`, `…/duplicate`,
 *  `…/too-deep`
 *  @see RFC 7515 §3.1, §5.2 */
export function splitToken(token: string, limits: JwtLimits): CompactToken {
  if (token.length > limits.maxLength) {
    const why = `has ${token.length} characters, more than the ${limits.maxLength} that are allowed`;
    throw refuseToken('too-long', why);
  }
  const parts = token.split('.', 4);
  const [header, claims, signature] = parts;
  if (parts.length !== 3 || !header || !claims || signature === undefined) {
    const hint = 'send HEADER.CLAIMS.SIGNATURE, each in base64url';
    throw refuseToken(
      'parts',
      'does not have three parts, or its header or claims are empty',
      hint,
    );
  }
  return {
    header: parseObject('header', header, limits),
    claims: parseObject('claims', claims, limits),
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

const WORDS = { header: 'a header that is', claims: 'claims that are' };

function parseObject(
  part: 'header' | 'claims',
  encoded: string,
  { maxDepth }: JwtLimits,
): JsonObject {
  const bytes = decode(part, encoded);
  let value: unknown;
  let text: string;
  try {
    text = UTF8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    // What the parser says may hold any part of the text.
    throw refuseToken('json', `has ${WORDS[part]} not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuseToken('json', `has ${WORDS[part]} not an object`);
  }
  const { rows, depth } = jsonRows(text, maxDepth);
  if (depth > maxDepth)
    throw refuseToken('too-deep', `has ${WORDS[part]} deeper than ${maxDepth} levels`);
  // Parsers differ in which of them counts. @see RFC 7519 §4
  if (rows.duplicates().length > 0)
    throw refuseToken('duplicate', `has ${WORDS[part]} ambiguous: a name stands there twice`);
  return value as JsonObject;
}
