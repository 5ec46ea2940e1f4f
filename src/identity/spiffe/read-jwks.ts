import { Fault, quote } from '../../base/fault.ts';
import type { JwtAuthority, TrustBundle } from './bundle.ts';
import {
  DEFAULT_BUNDLE_LIMITS,
  importKey,
  isJwk,
  isPrivate,
  type Jwk,
  KEY_TYPES,
  MAX_KEY_ID,
} from './jwk.ts';

/** Reads a JWK set as the Workload API sends it: the JWT authorities of one trust domain, as a bundle
 *  that has nothing else. Keys of other uses, of kinds that are not known, that are private or broken
 *  are passed over: they verify nothing.
 *  @throws {Fault} `identity/bundle-malformed`, `identity/bundle-too-large`
 *  @see JWT-SVID §6, SPIFFE Trust Domain and Bundle §4 */
export function readJwks(
  trustDomain: string,
  text: string,
  { maxBytes, maxKeys } = DEFAULT_BUNDLE_LIMITS,
): TrustBundle {
  const whose = `the JWK set of the trust domain ${quote(trustDomain)}`;
  const malformed = (why: string) =>
    new Fault('identity/bundle-malformed', `${whose} is malformed: ${why}`);
  const tooLarge = (has: string, max: number) =>
    new Fault('identity/bundle-too-large', `${whose} has ${has}, more than the ${max} allowed`);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw tooLarge(`${bytes} bytes`, maxBytes);
  const keys = keysOf(text);
  if (keys === undefined) throw malformed('it is no object of JSON with a list `keys`');
  if (keys.length > maxKeys) throw tooLarge(`${keys.length} keys`, maxKeys);
  const jwtAuthorities = keys.flatMap(readKey);
  const ids = new Set(jwtAuthorities.map(({ keyId }) => keyId));
  if (ids.size < jwtAuthorities.length) throw malformed('a key id stands there twice');
  return { trustDomain, x509Authorities: [], jwtAuthorities };
}

function keysOf(text: string): readonly unknown[] | undefined {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isJwk(set) && Array.isArray(set.keys) ? set.keys : undefined;
}

function readKey(jwk: unknown): JwtAuthority[] {
  if (!isJwk(jwk) || !isForTokens(jwk) || isPrivate(jwk)) return [];
  const { kid } = jwk;
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KEY_ID) return [];
  const publicKey = importKey(jwk);
  return publicKey ? [{ keyId: kid, publicKey }] : [];
}

/** The Workload API leaves `use` out; documents of federation have it. */
const isForTokens = ({ kty, use }: Jwk): boolean =>
  KEY_TYPES.includes(kty) && (use === undefined || use === 'jwt-svid');
