import type { Clock } from '../../../base/clock.ts';
import { Fault } from '../../../base/fault.ts';

const MAX_ADDRESSES = 10_000;
const MINUTE_MS = 60_000;

/** Counts failed attempts to join by address: who guesses is slowed down, and does not fill the audit log. */
export class Attempts {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #failures = new Map<string, { count: number; at: number }>();

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** An attempt counts as failed until it is known to be none.
   *  @throws {Fault} `identity/agent-attempts-too-many` */
  begin(address: string): void {
    const count = this.#left(address);
    if (Math.ceil(count) >= this.#perMinute) {
      throw new Fault(
        'identity/agent-attempts-too-many',
        `More than ${this.#perMinute} attempts to join from ${address} have failed within a minute`,
        { hint: 'try again after a minute' },
      );
    }
    this.#set(address, count + 1);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest);
  }

  /** It was none of theirs that an attempt failed, or it did not. */
  forgive(address: string): void {
    const count = this.#left(address) - 1;
    if (count > 0) this.#set(address, count);
    else this.#failures.delete(address);
  }

  /** Who was last is the last to be forgotten. */
  #set(address: string, count: number): void {
    this.#failures.delete(address);
    this.#failures.set(address, { count, at: this.#clock() });
  }

  /** Failures are forgotten one by one, as many a minute as are allowed. */
  #left(address: string): number {
    const known = this.#failures.get(address);
    if (!known) return 0;
    const forgotten = ((this.#clock() - known.at) / MINUTE_MS) * this.#perMinute;
    return Math.max(0, known.count - Math.max(0, forgotten));
  }
}
