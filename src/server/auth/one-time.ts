import type { Clock } from '../../base/clock.ts';
import { randomToken } from '../../base/ids.ts';
import { digest } from './digest.ts';

const MAX_TOKENS = 100;
/** 192 bits: as good as 256 for a quarter of an hour, and the link fits a line. */
const TOKEN_BYTES = 24;

/** Tokens that work once, within their time. Only their digests are kept. */
export class OneTimeTokens {
  readonly #ttlMs: number;
  readonly #clock: Clock;
  readonly #expiry = new Map<string, number>();

  constructor(ttlMs: number, clock: Clock) {
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  issue(): { readonly token: string; readonly expiresAt: number } {
    const token = randomToken(TOKEN_BYTES);
    const expiresAt = this.#clock() + this.#ttlMs;
    this.#expiry.set(digest(token).toString('hex'), expiresAt);
    for (const key of this.#expiry.keys()) {
      if (this.#expiry.size <= MAX_TOKENS) break;
      this.#expiry.delete(key);
    }
    return { token, expiresAt };
  }

  /** True once for a token, and false from then on. */
  redeem(token: string): boolean {
    const key = digest(token).toString('hex');
    const expiresAt = this.#expiry.get(key);
    this.#expiry.delete(key);
    return expiresAt !== undefined && this.#clock() < expiresAt;
  }
}
