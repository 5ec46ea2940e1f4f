import type { Clock } from '../../base/clock.ts';
import { randomToken } from '../../base/ids.ts';
import { digest } from './digest.ts';

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
  readonly #sessions = new Map<string, { readonly createdAt: number; usedAt: number }>();

  constructor(times: SessionTimes, clock: Clock) {
    this.#times = times;
    this.#clock = clock;
  }

  /** The token that names the new session. */
  open(): string {
    const token = randomToken();
    const now = this.#clock();
    this.#sessions.set(keyOf(token), { createdAt: now, usedAt: now });
    for (const key of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      this.#sessions.delete(key);
    }
    return token;
  }

  /** Whether the token names a session that still lives; its idle time begins anew. */
  use(token: string): boolean {
    const key = keyOf(token);
    const session = this.#sessions.get(key);
    if (session === undefined) return false;
    const now = this.#clock();
    if (
      now - session.createdAt >= this.#times.maxAgeMs ||
      now - session.usedAt >= this.#times.idleMs
    ) {
      this.#sessions.delete(key);
      return false;
    }
    session.usedAt = now;
    return true;
  }

  close(token: string): void {
    this.#sessions.delete(keyOf(token));
  }
}

function keyOf(token: string): string {
  return digest(token).toString('hex');
}
