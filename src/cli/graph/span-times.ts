/** Times that are remembered; of more, every second one. */
const MAX_TIMES = 1_000_000;
/** The share of spans at each end whose clocks are not believed. */
const DOUBTED_SHARE = 0.001;

/** When spans were, on the whole: a few with a wrong clock do not matter. */
export class SpanTimes {
  #times = new Float64Array(1_024);
  #count = 0;
  #every = 1;
  #until = 1;

  add(time: number): void {
    if (--this.#until > 0) return;
    this.#until = this.#every;
    if (this.#count === this.#times.length) this.#makeRoom();
    this.#times[this.#count++] = time;
  }

  /** The first and the last; undefined where there is none. */
  range(): { readonly from: number; readonly to: number } | undefined {
    const sorted = this.#times.slice(0, this.#count).sort();
    const doubted = Math.floor(sorted.length * DOUBTED_SHARE);
    const from = sorted[doubted];
    const to = sorted[sorted.length - 1 - doubted];
    return from === undefined || to === undefined ? undefined : { from, to };
  }

  #makeRoom(): void {
    if (this.#count < MAX_TIMES) {
      const times = new Float64Array(this.#times.length * 2);
      times.set(this.#times);
      this.#times = times;
      return;
    }
    for (let place = 0; place < this.#count; place += 2) {
      this.#times[place >> 1] = this.#times[place] ?? 0;
    }
    this.#count = Math.ceil(this.#count / 2);
    this.#every *= 2;
    this.#until = this.#every;
  }
}
