import type { Rows } from './rows.ts';

/** Counts of 10 minutes. */
export const WINDOW = {
  callees: 0,
  endpoints: 1,
  requests: 2,
  denials: 3,
  failures: 4,
  lost: 5,
} as const;
const NOW_FIELDS = 6;
const NOW = 1;
const USUAL = NOW + NOW_FIELDS;
const SEEN = USUAL + 2;
/** The window and the windows seen are numbers, others floats. */
export const WINDOWS_WORDS = SEEN + 1;

/** Windows whose most is taken as it is; later ones move what is usual by small steps. */
const FIRST = 20;
const QUANTILE = 0.95;
const STEP = 0.1;

/** What each service did in the current 10 minutes, and how many callees and endpoints it has in nearly all of them. A
 *  quantile is followed by steps that balance at it (frugal streaming): one window moves it by a tenth at most. */
export class Windows {
  readonly #rows: Rows;
  readonly #base: number;

  constructor(rows: Rows, base: number) {
    this.#rows = rows;
    this.#base = base;
  }

  /** Goes to a window; what is late is counted in the current one. */
  turn(row: number, window: number): void {
    const { words, floats } = this.#rows;
    const at = this.#at(row);
    if (window <= (words[at] ?? 0)) return;
    words[at] = window;
    if ((floats[at + NOW + WINDOW.requests] ?? 0) > 0) this.#learn(at);
    floats.fill(0, at + NOW, at + NOW + NOW_FIELDS);
  }

  count(row: number, field: number, value: number): void {
    const at = this.#at(row) + NOW + field;
    this.#rows.floats[at] = (this.#rows.floats[at] ?? 0) + value;
  }

  now(row: number, field: number, window: number): number {
    const at = this.#at(row);
    return this.#rows.words[at] === window ? (this.#rows.floats[at + NOW + field] ?? 0) : 0;
  }

  /** Of callees or endpoints. */
  usual(row: number, field: number): number {
    return this.#rows.floats[this.#at(row) + USUAL + field] ?? 0;
  }

  #learn(at: number): void {
    const { words, floats } = this.#rows;
    const seen = words[at + SEEN] ?? 0;
    words[at + SEEN] = Math.min(seen + 1, FIRST);
    for (let field = WINDOW.callees; field <= WINDOW.endpoints; field++) {
      const now = floats[at + NOW + field] ?? 0;
      const usual = floats[at + USUAL + field] ?? 0;
      floats[at + USUAL + field] = seen < FIRST ? Math.max(usual, now) : towards(usual, now);
    }
  }

  #at(row: number): number {
    return row * this.#rows.stride + this.#base;
  }
}

function towards(usual: number, now: number): number {
  const step = Math.max(1, usual * STEP);
  if (now > usual) return Math.min(now, usual + step * QUANTILE);
  return Math.max(now, usual - step * (1 - QUANTILE));
}
