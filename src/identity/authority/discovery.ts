import type { KeyObject } from 'node:crypto';
import type { TrustBundle } from '../spiffe/index.ts';

/** Where OpenID Connect looks for what an issuer says of itself.
 *  @see OpenID Connect Discovery 1.0 §4 */
export const DISCOVERY_PATH = '/.well-known/openid-configuration';
/** Where the keys are, below the issuer. */
export const JWKS_PATH = '/keys';

/** What verifiers of JWT-SVIDs who speak OpenID Connect, as clouds do, need to know. There is no
 *  authorization endpoint, for nobody signs in here: members that speak of one are left out.
 *  @param issuer `iss` of the tokens, without a slash at its end
 *  @see OpenID Connect Discovery 1.0 §3 */
export function discoveryOf(
  issuer: string,
  { jwtAuthorities }: Pick<TrustBundle, 'jwtAuthorities'>,
): Readonly<Record<string, unknown>> {
  const algorithms = jwtAuthorities.map(({ publicKey }) => jwtAlgorithmOf(publicKey));
  return {
    issuer,
    jwks_uri: `${issuer}${JWKS_PATH}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(algorithms)],
    claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp'],
  };
}

const OF_CURVES: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384' };

/** What a key signs JWT-SVIDs with.
 *  @see RFC 7518 §3.1 */
export function jwtAlgorithmOf(key: KeyObject): string {
  return OF_CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'RS256';
}
