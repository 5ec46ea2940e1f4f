import { type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { JwtAuthority, TrustBundle } from './bundle.ts';

/** Writes a SPIFFE bundle document: what a bundle endpoint answers with.
 *  @see SPIFFE Trust Domain and Bundle §4, X509-SVID §6.1 */
export function writeBundle(bundle: TrustBundle): string {
  const { sequence, refreshHintSeconds } = bundle;
  return JSON.stringify({
    keys: [
      ...bundle.x509Authorities.map(x509Key),
      ...bundle.jwtAuthorities.map((authority) => jwtKey(authority, 'jwt-svid')),
    ],
    ...(sequence !== undefined && { spiffe_sequence: rawNumber(sequence) }),
    ...(refreshHintSeconds !== undefined && { spiffe_refresh_hint: refreshHintSeconds }),
  });
}

/** Writes the JWT authorities alone as a JWK set: for the Workload API with the use `jwt-svid`, for
 *  OpenID Connect with `sig`.
 *  @see RFC 7517 §5 */
export function writeJwks(
  { jwtAuthorities }: Pick<TrustBundle, 'jwtAuthorities'>,
  use: 'jwt-svid' | 'sig',
): string {
  return JSON.stringify({ keys: jwtAuthorities.map((authority) => jwtKey(authority, use)) });
}

function x509Key(der: Buffer): JsonWebKey {
  const { publicKey } = new X509Certificate(der);
  return { ...publicMembers(publicKey), use: 'x509-svid', x5c: [der.toString('base64')] };
}

function jwtKey({ keyId, publicKey }: JwtAuthority, use: string): JsonWebKey {
  return { ...publicMembers(publicKey), kid: keyId, use };
}

/** Of a public key, whatever key object was given. */
function publicMembers(key: KeyObject): JsonWebKey {
  const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
  const members = { kty, crv, x, y, n, e };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** A number of more digits than JavaScript's numbers have. */
function rawNumber(value: bigint): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(value.toString());
}
