import { visit } from '../../../examples/shop/traffic.ts';

const VISITORS = 2;

/** Customers who visit without a pause, until they are stopped. */
export class Visitors {
  readonly failures: string[] = [];
  visits = 0;
  #isGoing = true;
  readonly #all: Promise<unknown>;

  constructor(webUrl: string) {
    this.#all = Promise.all(
      Array.from({ length: VISITORS }, () => this.#visitAgainAndAgain(webUrl)),
    );
  }

  async stop(): Promise<void> {
    this.#isGoing = false;
    await this.#all;
  }

  async #visitAgainAndAgain(webUrl: string): Promise<void> {
    while (this.#isGoing) {
      const number = this.visits++;
      await visit(webUrl, number).catch((thrown: unknown) => {
        this.failures.push(`visit ${number}: ${thrown}`);
      });
    }
  }
}
