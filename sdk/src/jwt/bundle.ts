import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { quote, ReeveError } from '../error.ts';

/** The keys that sign the JWT-SVIDs of one trust domain, by key id. */
export type JwtBundle = ReadonlyMap<string, KeyObject>;

const MAX_BYTES = 1 << 20;
const MAX_KEYS = 200;

/** Reads a JSON Web Key Set as the Workload API sends it. Keys of other uses, or of kinds that are not
 *  known, are passed over.
 *  @throws {ReeveError} `jwt/bundle-malformed`
 *  @see JWT-SVID §6, SPIFFE Trust Domain and Bundle §4 */
export function readJwtBundle(text: string, trustDomain: string): JwtBundle {
  const fail = (why: string): never => {
    const message = `the JWT bundle of ${quote(trustDomain)} cannot be read: ${why}`;
    throw new ReeveError('jwt/bundle-malformed', message);
  };
  if (text.length > MAX_BYTES) fail(`it has more than ${MAX_BYTES} characters`);
  let set: { readonly keys?: unknown } | undefined;
  try {
    set = JSON.parse(text);
  } catch {
    fail('it is not JSON');
  }
  const keys = set?.keys;
  if (!Array.isArray(keys)) return fail('it has no keys');
  if (keys.length > MAX_KEYS) fail(`it has more than ${MAX_KEYS} keys`);
  return new Map(keys.flatMap(readKey));
}

function readKey(jwk: JsonWebKey | null): [string, KeyObject][] {
  // The Workload API leaves `use` out; documents of federation have it.
  const isForJwt = jwk?.use === undefined || jwk.use === 'jwt-svid';
  if (!jwk || !isForJwt || typeof jwk.kid !== 'string' || jwk.kid === '') return [];
  try {
    return [[jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]];
  } catch {
    return [];
  }
}
