/** The time that a call has. Whoever makes it may heed `signal`, and is given up when it is `over` all the same. */
export class TimeLimit {
  readonly #own = new AbortController();
  readonly #stop: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = () => this.#own.abort();
  /** Rejects when the time is over, or at the stop. */
  readonly over: Promise<never>;
  /** Whether it ended for want of time. */
  isOver = false;

  constructor(milliseconds: number, stop: AbortSignal) {
    this.#stop = stop;
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#own.abort();
    }, milliseconds).unref();
    this.over = new Promise((_, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true });
    });
    if (stop.aborted) this.#own.abort();
    else stop.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** The call has ended. */
  end(): void {
    clearTimeout(this.#timer);
    this.#stop.removeEventListener('abort', this.#abort);
  }
}
