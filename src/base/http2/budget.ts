/** How often something may happen: so often at once, and then so often a second.
 *  @see RFC 9113 §10.5 */
export class Budget {
  readonly #burst: number;
  readonly #perMillisecond: number;
  readonly #now: () => number;
  #left: number;
  #since: number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(burst: number, perSecond: number, now: () => number) {
    this.#burst = burst;
    this.#perMillisecond = perSecond / 1_000;
    this.#now = now;
    this.#left = burst;
    this.#since = now();
  }

  /** Whether there was as much. */
  spend(amount = 1): boolean {
    this.#left -= amount;
    if (this.#left >= 0) return true;
    const now = this.#now();
    const gained = (now - this.#since) * this.#perMillisecond;
    this.#since = now;
    this.#left = Math.min(this.#burst, this.#left + gained);
    return this.#left >= 0;
  }

  /** Something worth it has happened. It may be kept beyond the burst, up to `max`. */
  earn(amount: number, max: number): void {
    if (this.#left < max) this.#left += amount;
  }
}
