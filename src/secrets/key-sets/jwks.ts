import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { type Jwks, type KeySet, PublicKey, type PublishedKey } from './model.ts';

/** The keys that count at a time.
 *  @param now milliseconds since 1970 */
export function keysAt({ keys }: KeySet, now: number): readonly PublishedKey[] {
  return keys.filter(({ until }) => until === null || Date.parse(until) > now);
}

/** What is served at the set's address.
 *  @param now milliseconds since 1970
 *  @see RFC 7517 §5 */
export function jwksOf(set: KeySet, now: number): Jwks {
  return { keys: keysAt(set, now).map(toJwk) };
}

/** @see RFC 7517 §4 */
export function toJwk({ kid, algorithm, members }: PublicKey): Readonly<Record<string, string>> {
  return { ...members, use: 'sig', alg: algorithm, kid };
}

/** The members of which a thumbprint is made, in the order in which they are hashed.
 *  @see RFC 7638 §3.2, RFC 8037 §2 */
const THUMBPRINT: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};
const ALGORITHM_OF = { EC: 'ES256', OKP: 'EdDSA', RSA: 'RS256' } as const;

/** What is public of a key.
 *  @returns undefined: it is of none of the kinds that are published */
export function publicKeyOf(key: KeyObject): PublicKey | undefined {
  const isPublic = key.type === 'public';
  if (!isPublic && key.type !== 'private') return undefined;
  const jwk = exported(isPublic ? key : createPublicKey(key));
  const names = THUMBPRINT[jwk?.kty ?? ''] ?? [];
  const members = Object.fromEntries(names.map((name) => [name, jwk?.[name]]));
  const kid = hash('sha256', JSON.stringify(members), 'base64url');
  const algorithm = ALGORITHM_OF[jwk?.kty as keyof typeof ALGORITHM_OF];
  return PublicKey.safeParse({ kid, algorithm, members }).data;
}

/** Not every key can be written so. */
function exported(key: KeyObject): Record<string, string | undefined> | undefined {
  try {
    return key.export({ format: 'jwk' }) as Record<string, string | undefined>;
  } catch {
    return undefined;
  }
}
