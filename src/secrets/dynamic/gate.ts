import { Fault } from '../../base/fault.ts';

/** So much at once; the rest waits, in the order in which it came, up to a bound. */
export class Gate {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(atOnce: number, mostWaiting = 20 * atOnce) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** @throws {Fault} `secrets/leases-too-many` where too many wait already; whatever the work throws */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#atOnce) await this.#turn();
    else this.#inside++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside--;
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#mostWaiting) {
      throw new Fault('secrets/leases-too-many', 'Too many wait for a user already', {
        hint: 'try again in a few seconds',
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
