import { digest, sameDigest } from './digest.ts';

/** Longer ones are none of ours. */
const MAX_HEADER_LENGTH = 4_096;

/** A token that callers show in their `Authorization` header. Only its digest is held. */
export class BearerToken {
  readonly #digest: Buffer;

  constructor(token: string) {
    this.#digest = digest(token);
  }

  isShownBy(authorization: string | undefined): boolean {
    const token = bearerOf(authorization);
    return token !== undefined && sameDigest(digest(token), this.#digest);
  }
}

/** The token of an `Authorization` header.
 *  @see RFC 6750 §2.1 */
export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > MAX_HEADER_LENGTH) return undefined;
  return /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
}
