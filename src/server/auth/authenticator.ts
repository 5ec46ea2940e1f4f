import { digest, sameDigest } from './digest.ts';
import type { Sessions } from './sessions.ts';

/** Who asks. */
export type Principal =
  /** The holder of the administrator's token: command line and scripts. */
  | { readonly kind: 'token'; readonly id: 'admin' }
  /** A person in the console. `token` names the session. */
  | { readonly kind: 'session'; readonly id: string; readonly token: string };

/** What a request shows of who asks. */
export interface Shown {
  /** The `Authorization` header. */
  readonly authorization?: string | undefined;
  /** The `Cookie` header. */
  readonly cookie?: string | undefined;
}

/** Longer ones are none of ours. */
const MAX_HEADER_LENGTH = 4_096;

/** Finds the principal behind what a request shows; undefined for nobody. */
export class Authenticator {
  readonly #adminDigest: Buffer;
  readonly #sessions: Sessions;
  readonly #cookieName: string;

  constructor(adminToken: string, sessions: Sessions, cookieName: string) {
    this.#adminDigest = digest(adminToken);
    this.#sessions = sessions;
    this.#cookieName = cookieName;
  }

  authenticate({ authorization, cookie }: Shown): Principal | undefined {
    if (authorization !== undefined) {
      const token = bearerToken(authorization);
      const isAdmin = token !== undefined && sameDigest(digest(token), this.#adminDigest);
      return isAdmin ? { kind: 'token', id: 'admin' } : undefined;
    }
    const token = cookieValue(cookie, this.#cookieName);
    if (token === undefined || !this.#sessions.use(token)) return undefined;
    return { kind: 'session', id: digest(token).toString('hex').slice(0, 16), token };
  }
}

/** @see RFC 6750 §2.1 */
function bearerToken(authorization: string): string | undefined {
  if (authorization.length > MAX_HEADER_LENGTH) return undefined;
  return /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
}

/** @see RFC 6265 §4.2 */
function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > MAX_HEADER_LENGTH) return undefined;
  for (const pair of header.split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
