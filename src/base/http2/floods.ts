import { Budget } from './budget.ts';
import { ERROR } from './protocol.ts';
import { ConnectionFault } from './protocol-fault.ts';

/** Frames that are neither a request nor a part of a body: pings, settings, priorities, windows, frames of types that
 *  nobody knows, and empty ones. */
const CONTROL_BURST = 1_000;
const CONTROL_PER_SECOND = 1_000 / 60;
/** Each frame of a body, in either direction, lets a client send some: its windows and pings go with them. */
const CONTROL_PER_DATA = 4;
const CONTROL_MOST = 100_000;
/** Requests that a client begins and breaks off. */
const RESET_BURST = 1_000;
const RESETS_PER_SECOND = 33;
/** A stream that breaks the protocol counts for as many. */
const RESETS_PER_BREACH = 10;

/** Ends the connection of a client that keeps the server busy and gets nothing done.
 *  @see RFC 9113 §10.5; CVE-2019-9511 to 9518, CVE-2023-44487, CVE-2025-8671 */
export class Floods {
  readonly #resets: Budget;
  readonly #control: Budget;

  /** @param now as in `Budget` */
  constructor(now: () => number) {
    this.#resets = new Budget(RESET_BURST, RESETS_PER_SECOND, now);
    this.#control = new Budget(CONTROL_BURST, CONTROL_PER_SECOND, now);
  }

  /** A request has begun. */
  request(): void {
    this.#control.earn(CONTROL_BURST, CONTROL_BURST);
  }

  /** A frame with bytes of a body was sent, or has come. */
  data(): void {
    this.#control.earn(CONTROL_PER_DATA, CONTROL_MOST);
  }

  /** @throws {ConnectionFault} */
  control(): void {
    if (this.#control.spend()) return;
    throw new ConnectionFault(
      ERROR.enhanceYourCalm,
      `More than ${CONTROL_BURST} frames have come that ask for nothing`,
    );
  }

  /** @throws {ConnectionFault} */
  reset(): void {
    this.#break(1);
  }

  /** @throws {ConnectionFault} */
  breach(): void {
    this.#break(RESETS_PER_BREACH);
  }

  #break(count: number): void {
    if (this.#resets.spend(count)) return;
    throw new ConnectionFault(
      ERROR.enhanceYourCalm,
      `More than ${RESET_BURST} requests were broken off`,
    );
  }
}
