import { quote, ReeveError } from '../error.ts';

/** Where tokens come from: a `JwtSource`, which keeps each for half of its life and then fetches
 *  another. */
export interface TokenSource {
  fetch(
    audience: string,
    options?: { readonly spiffeId?: string; readonly signal?: AbortSignal },
  ): Promise<{ readonly token: string }>;
}

export interface JwtSvidOptions {
  readonly source: TokenSource;
  /** Who is called: their SPIFFE ID, as a rule. Where one `fetch` calls several, a function tells. */
  readonly audience: string | ((url: URL) => string);
  /** As whom to call, where this workload has several identities. */
  readonly spiffeId?: string;
  /** Sends tokens in plain text to other machines, too, where whoever listens in can call as this
   *  workload until the token expires. */
  readonly overPlainText?: boolean;
}

type Fetch = typeof globalThis.fetch;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** A `fetch` that signs in: each request carries a fresh JWT-SVID of this workload. For callees behind
 *  proxies that end TLS; elsewhere a certificate proves more, since nobody can pass it on.
 *
 *  The `fetch` given back rejects with a `ReeveError`: `jwt/authorization-taken` where a request has an
 *  `Authorization` header of its own, `jwt/plain-text`, and what `source` rejects with. */
export function withJwtSvid(fetch: Fetch, options: JwtSvidOptions): Fetch {
  const { source, audience, spiffeId, overPlainText = false } = options;
  return async (input, init) => {
    const request = input instanceof Object && 'headers' in input ? input : undefined;
    const url = new URL(request ? request.url : String(input));
    if (!overPlainText) judgeAddress(url);
    const headers = new Headers(init?.headers ?? request?.headers);
    if (headers.has('authorization')) throw taken(url);
    const signal = init?.signal ?? request?.signal;
    const { token } = await source.fetch(typeof audience === 'string' ? audience : audience(url), {
      ...(spiffeId !== undefined && { spiffeId }),
      ...(signal && { signal }),
    });
    headers.set('authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
}

function judgeAddress({ protocol, hostname }: URL): void {
  if (protocol === 'https:' || LOOPBACK.test(hostname)) return;
  throw new ReeveError(
    'jwt/plain-text',
    `no JWT-SVID is sent to ${quote(hostname)} in plain text, where others can take it`,
    { hint: 'call it over https, or set overPlainText' },
  );
}

const taken = ({ hostname }: URL) =>
  new ReeveError(
    'jwt/authorization-taken',
    `the request to ${quote(hostname)} has an Authorization header already`,
    { hint: 'call with the certificate of an X.509-SVID instead, or leave that header out' },
  );
