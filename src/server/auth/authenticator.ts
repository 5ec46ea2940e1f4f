import { BearerToken, bearerOf } from './bearer.ts';
import { hexDigest } from './digest.ts';
import type { People, Person } from './people.ts';
import { type Permission, permissionsOf } from './roles.ts';
import type { Sessions } from './sessions.ts';

/** Who asks, and what they may. */
export type Principal = Named &
  (
    | { readonly kind: 'token'; readonly id: string }
    | { readonly kind: 'session'; readonly id: string; readonly token: string }
  );

interface Named {
  /** Who the audit log says it was: `admin` is whoever holds the administrator's token, as the command line does, or
   *  a session of the console that it opened. */
  readonly name: string;
  /** What sessions that it opens hang on: they end with it. */
  readonly credential: string;
  readonly permissions: ReadonlySet<Permission>;
  /** What belongs to others may only be looked at; undefined: nothing is kept back for that. */
  readonly teams: ReadonlySet<string> | undefined;
}

/** What a request shows of who asks. */
export interface Shown {
  /** The `Authorization` header. */
  readonly authorization?: string | undefined;
  /** The `Cookie` header. */
  readonly cookie?: string | undefined;
}

/** The administrator's token as a credential: others are digests. */
export const ADMIN_CREDENTIAL = 'admin';

const ADMIN: Named = {
  ...{ name: 'admin', credential: ADMIN_CREDENTIAL, teams: undefined },
  permissions: permissionsOf(['admin']),
};

/** Longer ones are none of ours. */
const MAX_HEADER_LENGTH = 4_096;

export interface AuthenticatorParts {
  readonly adminToken: string;
  readonly people: Pick<People, 'ofToken' | 'ofDigest'>;
  readonly sessions: Sessions;
  readonly cookieName: string;
}

/** Finds the principal behind what a request shows; undefined for nobody.
 *  @throws {Fault} `estate/unavailable` where it is not known who has a token */
export class Authenticator {
  readonly #adminToken: BearerToken;
  readonly #parts: AuthenticatorParts;

  constructor(parts: AuthenticatorParts) {
    this.#adminToken = new BearerToken(parts.adminToken);
    this.#parts = parts;
  }

  async authenticate({ authorization, cookie }: Shown): Promise<Principal | undefined> {
    if (authorization !== undefined) return this.#byToken(authorization);
    const token = cookieValue(cookie, this.#parts.cookieName);
    return token === undefined ? undefined : this.#bySession(token);
  }

  async #byToken(authorization: string): Promise<Principal | undefined> {
    if (this.#adminToken.isShownBy(authorization)) return { ...ADMIN, kind: 'token', id: 'admin' };
    const token = bearerOf(authorization);
    if (token === undefined) return undefined;
    const person = await this.#parts.people.ofToken(token);
    return person && { ...toNamed(person, hexDigest(token)), kind: 'token', id: person.name };
  }

  /** A session may do what the token that opened it may now. */
  async #bySession(token: string): Promise<Principal | undefined> {
    const credential = this.#parts.sessions.use(token);
    if (credential === undefined) return undefined;
    const named = credential === ADMIN_CREDENTIAL ? ADMIN : await this.#ofDigest(credential);
    return named && { ...named, kind: 'session', id: hexDigest(token).slice(0, 16), token };
  }

  async #ofDigest(credential: string): Promise<Named | undefined> {
    const person = await this.#parts.people.ofDigest(credential);
    return person && toNamed(person, credential);
  }
}

function toNamed({ name, roles, teams }: Person, credential: string): Named {
  const bound = teams ? new Set(teams) : undefined;
  return { name, credential, permissions: permissionsOf(roles), teams: bound };
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
