import type { Clock } from '../../base/clock.ts';
import { randomToken } from '../../base/ids.ts';
import { hexDigest } from './digest.ts';

const MAX_TOKENS = 100;
/** 192 bits: as good as 256 for a quarter of an hour, and the link fits a line. */
const TOKEN_BYTES = 24;

/** Tokens that work once, within their time. Only their digests are kept. */
export class OneTimeTokens {
  readonly #ttlMs: number;
  readonly #clock: Clock;
  readonly #issued = new Map<string, { readonly credential: string; readonly expiresAt: number }>();

  constructor(ttlMs: number, clock: Clock) {
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  /** @param credential what who is let in by it is let in with */
  issue(credential: string): { readonly token: string; readonly expiresAt: number } {
    const token = randomToken(TOKEN_BYTES);
    const expiresAt = this.#clock() + this.#ttlMs;
    this.#issued.set(hexDigest(token), { credential, expiresAt });
    for (const key of this.#issued.keys()) {
      if (this.#issued.size <= MAX_TOKENS) break;
      this.#issued.delete(key);
    }
    return { token, expiresAt };
  }

  /** Once for a token, the credential that it was issued for; undefined from then on. */
  redeem(token: string): string | undefined {
    const key = hexDigest(token);
    const issued = this.#issued.get(key);
    this.#issued.delete(key);
    return issued && this.#clock() < issued.expiresAt ? issued.credential : undefined;
  }
}
