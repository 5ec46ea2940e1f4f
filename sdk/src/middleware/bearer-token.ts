/** Longer headers carry no JWT-SVID that anybody issues. */
const MAX_TOKEN_LENGTH = 16_384;
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** The token of an `Authorization` header.
 *  @see RFC 6750 §2.1 */
export function bearerTokenOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > MAX_TOKEN_LENGTH) return undefined;
  return BEARER.exec(authorization)?.[1];
}

/** Whether a token says that a workload is its subject. Not to be believed yet: it only tells JWT-SVIDs
 *  from the tokens of users, which share the header with them. */
export function isJwtSvid(token: string): boolean {
  const [, payload, , ...more] = token.split('.');
  if (payload === undefined || more.length > 0) return false;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return (
      typeof claims === 'object' &&
      claims !== null &&
      'sub' in claims &&
      typeof claims.sub === 'string' &&
      claims.sub.startsWith('spiffe://')
    );
  } catch {
    return false;
  }
}
