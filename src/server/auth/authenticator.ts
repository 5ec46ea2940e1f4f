import { BearerToken } from './bearer.ts';
import { digest } from './digest.ts';
import type { Sessions } from './sessions.ts';

/** Who asks. */
export type Principal = Named &
  (
    | { readonly kind: 'token'; readonly id: 'admin' }
    | { readonly kind: 'session'; readonly id: string; readonly token: string }
  );

interface Named {
  /** Who the audit log says it was: whoever is let in holds the administrator's token, as the command
   *  line and scripts do, or a session of the console that it opened. */
  readonly name: 'admin';
}

/** What a request shows of who asks. */
export interface Shown {
  /** The `Authorization` header. */
  readonly authorization?: string | undefined;
  /** The `Cookie` header. */
  readonly cookie?: string | undefined;
}

const ADMIN = 'admin';

/** Longer ones are none of ours. */
const MAX_HEADER_LENGTH = 4_096;

/** Finds the principal behind what a request shows; undefined for nobody. */
export class Authenticator {
  readonly #adminToken: BearerToken;
  readonly #sessions: Sessions;
  readonly #cookieName: string;

  constructor(adminToken: string, sessions: Sessions, cookieName: string) {
    this.#adminToken = new BearerToken(adminToken);
    this.#sessions = sessions;
    this.#cookieName = cookieName;
  }

  authenticate({ authorization, cookie }: Shown): Principal | undefined {
    if (authorization !== undefined) {
      const isAdmin = this.#adminToken.isShownBy(authorization);
      return isAdmin ? { name: ADMIN, kind: 'token', id: 'admin' } : undefined;
    }
    const token = cookieValue(cookie, this.#cookieName);
    if (token === undefined || !this.#sessions.use(token)) return undefined;
    return { name: ADMIN, kind: 'session', id: digest(token).toString('hex').slice(0, 16), token };
  }
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
