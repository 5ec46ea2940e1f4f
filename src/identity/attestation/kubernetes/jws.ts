import { verify } from 'node:crypto';
import { Fault, quote } from '../../../base/fault.ts';
import { type CompactToken, DEFAULT_JWT_LIMITS, splitToken } from '../../jwt/index.ts';
import { forbidden } from '../attestation.ts';
import { type ClusterKeys, TOKEN_ALGORITHMS } from './cluster.ts';

/** Takes a token apart; nothing of it is verified.
 *  @throws {Fault} `identity/attestation-forbidden/token-malformed` */
export function readToken(token: string): CompactToken {
  try {
    return splitToken(token, DEFAULT_JWT_LIMITS);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    throw forbidden('token-malformed', thrown.message);
  }
}

/** Verifies the signature by the key that the header names.
 *  @throws {Fault} `identity/attestation-forbidden/token-…`
 *  @see RFC 7515 §4 and §5.2, RFC 8725 §3.1 */
export function verifySignature(token: CompactToken, keys: ClusterKeys): void {
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
  const { algorithm, key } = known;
  if (algorithm.name !== alg) {
    throw forbidden(
      'token-algorithm',
      `the key ${quote(kid)} is for ${algorithm.name}, not ${alg}`,
    );
  }
  if (!verify(algorithm.hash, token.signed, { key, ...algorithm.options }, token.signature)) {
    throw forbidden(
      'token-signature',
      `the token is not signed by the cluster's key ${quote(kid)}`,
    );
  }
}
