import type { Clock } from '../../base/clock.ts';

export interface Rate {
  /** At once. */
  readonly burst: number;
  readonly perMinute: number;
}

const MAX_KEYS = 10_000;

/** Token buckets by key (an address, a principal). A clock that is put back takes nothing away. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { level: number; at: number }>();

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Takes one; where none is left, the seconds until there is. */
  take(key: string): { readonly ok: true } | { readonly ok: false; readonly retrySeconds: number } {
    const now = this.#clock();
    const bucket = this.#buckets.get(key) ?? { level: this.#rate.burst, at: now };
    const perMs = this.#rate.perMinute / 60_000;
    bucket.level = Math.min(this.#rate.burst, bucket.level + Math.max(0, now - bucket.at) * perMs);
    bucket.at = now;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#forget();
    if (bucket.level < 1) {
      return { ok: false, retrySeconds: Math.ceil((1 - bucket.level) / perMs / 1_000) };
    }
    bucket.level--;
    return { ok: true };
  }

  #forget(): void {
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= MAX_KEYS) break;
      this.#buckets.delete(key);
    }
  }
}
