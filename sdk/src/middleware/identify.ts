import type { Caller } from '../caller.ts';
import { quote, ReeveError } from '../error.ts';
import { parseSpiffeId } from '../spiffe-id.ts';
import { CLOCK_SKEW_MS } from '../x509/index.ts';
import { bearerTokenOf, isJwtSvid } from './bearer-token.ts';
import type { JwtSignIn } from './options.ts';
import { type Refusal, refusal } from './refusal.ts';

/** An agent that is lost must not hold requests for longer. */
const VALIDATION_TIMEOUT_MS = 5_000;

/** What a request shows of its caller. */
export interface Proofs {
  /** What the connection proved. */
  readonly mtls: Caller | undefined;
  /** The header of that name. */
  readonly authorization: string | undefined;
}

export type Identified =
  | { readonly kind: 'caller'; readonly caller: Caller }
  /** Nobody tried to prove anything. */
  | { readonly kind: 'nobody'; readonly refusal: Refusal }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Who is calling. The connection's proof comes before the token's, and a token that contradicts it, or
 *  is not to be believed, refuses the request. Tokens that are no JWT-SVIDs belong to somebody else
 *  (users, as a rule) and are left alone. `now` is in milliseconds since 1970. */
export async function identify(
  { mtls, authorization }: Proofs,
  jwt: JwtSignIn | undefined,
  now: number,
): Promise<Identified> {
  if (mtls && now > mtls.expiresAt.getTime() + CLOCK_SKEW_MS) {
    const until = mtls.expiresAt.toISOString();
    return refused(
      'caller/proof-expired',
      `the certificate of this connection expired at ${until}`,
    );
  }
  const token = jwt && bearerTokenOf(authorization);
  if (jwt === undefined || token === undefined || !isJwtSvid(token)) {
    return mtls ? { kind: 'caller', caller: mtls } : nobody(jwt, authorization);
  }
  const signedIn = await signIn(token, jwt);
  if (signedIn.kind !== 'caller' || mtls === undefined) return signedIn;
  return signedIn.caller.spiffeId === mtls.spiffeId
    ? { kind: 'caller', caller: mtls }
    : contradiction(mtls, signedIn.caller);
}

async function signIn(token: string, { source, audience }: JwtSignIn): Promise<Identified> {
  try {
    const { spiffeId, expiresAt } = await source.validate(
      token,
      audience,
      AbortSignal.timeout(VALIDATION_TIMEOUT_MS),
    );
    const { trustDomain, path } = parseSpiffeId(spiffeId);
    return { kind: 'caller', caller: { spiffeId, trustDomain, path, proof: 'jwt', expiresAt } };
  } catch (error) {
    return refusedToken(error);
  }
}

/** A token may be good that nobody can judge: who called wrongly and what broke here are told apart. */
function refusedToken(error: unknown): Identified {
  return error instanceof ReeveError && error.code.startsWith('identity/jwt-invalid/')
    ? refused('caller/token-invalid', error.message, error)
    : refused('caller/unavailable', 'JWT-SVIDs cannot be verified at the moment', error);
}

const contradiction = (mtls: Caller, token: Caller): Identified =>
  refused(
    'caller/contradiction',
    `the connection proves ${quote(mtls.spiffeId, 300)}, and the token ${quote(token.spiffeId, 300)}`,
  );

function nobody(jwt: JwtSignIn | undefined, authorization: string | undefined): Identified {
  const why = jwt === undefined ? 'shows no certificate' : whyNoToken(authorization);
  const detail = `nobody has proved to be the caller: the request ${why}`;
  return { kind: 'nobody', refusal: refusal('caller/unauthenticated', detail) };
}

const whyNoToken = (authorization: string | undefined): string =>
  authorization === undefined
    ? 'shows neither a certificate nor a JWT-SVID'
    : 'shows no certificate, and its Authorization header holds no JWT-SVID';

const refused = (...reason: Parameters<typeof refusal>): Identified => ({
  kind: 'refused',
  refusal: refusal(...reason),
});
