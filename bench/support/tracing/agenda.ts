interface Entry {
  readonly at: number;
  readonly run: (at: number) => void;
}

/** What is to happen, in the order of time. */
export class Agenda {
  readonly #entries: Entry[] = [];

  add(at: number, run: (at: number) => void): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, { at, run });
  }

  /** Does all that is due by then. */
  runUntil(now: number): void {
    for (let next = this.#entries.at(-1); next && next.at <= now; next = this.#entries.at(-1)) {
      this.#entries.pop();
      next.run(next.at);
    }
  }
}
