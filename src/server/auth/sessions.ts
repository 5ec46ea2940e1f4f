import type { Clock } from '../../base/clock.ts';
import { randomToken } from '../../base/ids.ts';
import { hexDigest } from './digest.ts';

export interface SessionTimes {
  readonly maxAgeMs: number;
  readonly idleMs: number;
}

const MAX_SESSIONS = 1_000;

/** Sessions of people in the console. They live in memory: after a restart one logs in again. The map
 *  is keyed by the digest of the session's token, so looking one up tells nothing by its time. */
export class Sessions {
  readonly #times: SessionTimes;
  readonly #clock: Clock;
  readonly #sessions = new Map<
    string,
    { readonly credential: string; readonly createdAt: number; usedAt: number }
  >();

  constructor(times: SessionTimes, clock: Clock) {
    this.#times = times;
    this.#clock = clock;
  }

  /** @param credential what it is opened with, and hangs on
   *  @returns the token that names the new session */
  open(credential: string): string {
    const token = randomToken();
    const now = this.#clock();
    this.#sessions.set(hexDigest(token), { credential, createdAt: now, usedAt: now });
    for (const key of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      this.#sessions.delete(key);
    }
    return token;
  }

  /** What the session that the token names was opened with, where it still lives; its idle time begins anew. */
  use(token: string): string | undefined {
    const key = hexDigest(token);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    const now = this.#clock();
    if (
      now - session.createdAt >= this.#times.maxAgeMs ||
      now - session.usedAt >= this.#times.idleMs
    ) {
      this.#sessions.delete(key);
      return undefined;
    }
    session.usedAt = now;
    return session.credential;
  }

  close(token: string): void {
    this.#sessions.delete(hexDigest(token));
  }
}
