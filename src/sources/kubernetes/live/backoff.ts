import { ApiFault } from './api-fault.ts';

const FIRST_MS = 500;
const MAX_MS = 30_000;

/** How long to wait after each failure: twice as long as before, and never less than the server asks for. */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Milliseconds, of which up to a half is chance, so that not all who wait come back at once. */
  next(thrown: unknown): number {
    const whole = Math.min(FIRST_MS * 2 ** Math.min(this.#failures++, 20), MAX_MS);
    const asked = thrown instanceof ApiFault ? (thrown.retryAfterMs ?? 0) : 0;
    return Math.max(asked, whole / 2 + (whole / 2) * this.#random());
  }
}
