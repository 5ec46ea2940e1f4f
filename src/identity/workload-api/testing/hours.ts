/** Time that passes when a test says so, with the timers that belong to it. */
export class Hours {
  now = Date.UTC(2027, 0, 1);
  readonly #timers = new Set<{ readonly at: number; readonly callBack: () => void }>();

  readonly clock = (): number => this.now;

  readonly after = (milliseconds: number, callBack: () => void): (() => void) => {
    const timer = { at: this.now + milliseconds, callBack };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, and what it wakes do its work. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await settle();
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.now = Math.max(this.now, next.at);
      this.#timers.delete(next);
      next.callBack();
      await settle();
    }
    this.now = end;
  }

  /** Lets time pass without waking anybody, as when a machine sleeps. */
  sleep(milliseconds: number): void {
    this.now += milliseconds;
  }
}

/** Until everything is done that can be done now. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
