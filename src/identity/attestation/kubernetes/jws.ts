import { verify } from 'node:crypto';
import { quote } from '../../../base/fault.ts';
import { type Fields, isFields } from '../../../base/pick.ts';
import { forbidden } from '../attestation.ts';
import { type ClusterKeys, TOKEN_ALGORITHMS } from './cluster.ts';

/** A token taken apart, and nothing of it verified. */
export interface UnverifiedToken {
  readonly header: Fields;
  readonly claims: Fields;
  /** What was signed. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** Characters of a token; those of a cluster have some 1,500. */
const MAX_TOKEN_LENGTH = 16_384;
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** @throws {Fault} `identity/attestation-forbidden/token-malformed`
 *  @see RFC 7515 §7.1 */
export function readToken(token: string): UnverifiedToken {
  if (token.length > MAX_TOKEN_LENGTH) {
    throw malformed(
      `it has ${token.length} characters, more than the ${MAX_TOKEN_LENGTH} that are read`,
    );
  }
  if (!SHAPE.test(token)) throw malformed('it is not three parts of base64url');
  const [header = '', claims = '', signature = ''] = token.split('.');
  return {
    header: readPart(header, 'header'),
    claims: readPart(claims, 'payload'),
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** What a token says is not quoted where it cannot be read: it may be another secret. */
function readPart(part: string, name: string): Fields {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch {
    // Said below.
  }
  throw malformed(`its ${name} is not a JSON object`);
}

function malformed(why: string) {
  return forbidden('token-malformed', `the token is not a service account token: ${why}`);
}

/** Verifies the signature by the key that the header names.
 *  @throws {Fault} `identity/attestation-forbidden/token-…`
 *  @see RFC 7515 §4 and §5.2, RFC 8725 §3.1 */
export function verifySignature(token: UnverifiedToken, keys: ClusterKeys): void {
  const { alg, kid, crit } = token.header;
  if (typeof alg !== 'string' || !TOKEN_ALGORITHMS.includes(alg)) {
    const taken = TOKEN_ALGORITHMS.join(' and ');
    throw forbidden(
      'token-algorithm',
      `the token is signed with ${quote(alg)}; ${taken} are taken`,
    );
  }
  if (crit !== undefined) {
    throw forbidden('token-malformed', 'the token has critical headers, of which none is known');
  }
  if (typeof kid !== 'string') throw forbidden('token-key', 'the token does not name its key');
  const known = keys.get(kid);
  if (!known) {
    throw forbidden('token-key', `the cluster has no key ${quote(kid)}`, {
      hint: 'if it has rotated its keys, the new ones have not been read yet',
    });
  }
  if (known.algorithm !== alg) {
    throw forbidden(
      'token-algorithm',
      `the key ${quote(kid)} is for ${known.algorithm}, not ${alg}`,
    );
  }
  const key = { key: known.key, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', Buffer.from(token.signed), key, token.signature)) {
    throw forbidden(
      'token-signature',
      `the token is not signed by the cluster's key ${quote(kid)}`,
    );
  }
}
