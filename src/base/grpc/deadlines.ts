/** Something that is to be over within a time. */
export interface Deadline {
  /** It is over in time; nothing happens any more. */
  cancel(): void;
}

/** Many deadlines of one length, with one timer for all: there is one for each message of each call, and hardly any
 *  comes to pass. */
export class Deadlines {
  readonly #milliseconds: number;
  /** By when they are over, which is the order in which they were made. */
  readonly #waiting = new Set<Pending>();
  #hasTimer = false;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** Calls once, when the time is over. */
  begin(onOver: () => void): Deadline {
    const pending = new Pending(this.#waiting, performance.now() + this.#milliseconds, onOver);
    this.#waiting.add(pending);
    if (!this.#hasTimer) this.#lookIn(this.#milliseconds);
    return pending;
  }

  /** Connections keep the process alive, and not what may become of their calls. */
  #lookIn(milliseconds: number): void {
    this.#hasTimer = true;
    setTimeout(this.#look, milliseconds).unref();
  }

  readonly #look = (): void => {
    this.#hasTimer = false;
    const now = performance.now();
    for (const pending of this.#waiting) {
      // a timer may go off a little early
      if (pending.at > now + 1) {
        this.#lookIn(pending.at - now);
        return;
      }
      this.#waiting.delete(pending);
      pending.onOver();
    }
  };
}

class Pending implements Deadline {
  readonly at: number;
  readonly onOver: () => void;
  readonly #waiting: Set<Pending>;

  constructor(waiting: Set<Pending>, at: number, onOver: () => void) {
    this.#waiting = waiting;
    this.at = at;
    this.onOver = onOver;
  }

  cancel(): void {
    this.#waiting.delete(this);
  }
}
