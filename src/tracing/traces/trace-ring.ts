import { NONE } from './row-slab.ts';

const ID_WORDS = 4;

/** Traces in the order in which they came, each under a number that only grows, and found by their ids. Where there is
 *  no room the oldest must go first. Buckets go by a seed, so that nobody can send ids that all fall into one. */
export class TraceRing {
  readonly #most: number;
  readonly #seed: number;
  readonly #mask: number;
  readonly #buckets: Int32Array;
  /** By place: what follows in its bucket. */
  readonly #chain: Int32Array;
  readonly #ids: Uint32Array;
  /** By place: first and last row, rows, rows that were too many, time of arrival, and reasons as bits. */
  readonly firstRow: Int32Array;
  readonly lastRow: Int32Array;
  readonly rows: Uint32Array;
  readonly cut: Uint32Array;
  readonly arrival: Float64Array;
  readonly reasons: Uint8Array;
  #oldest = 0;
  #head = 0;

  constructor(most: number, seed: number) {
    this.#most = most;
    this.#seed = seed;
    const buckets = 1 << Math.ceil(Math.log2(Math.max(2, most)));
    this.#mask = buckets - 1;
    this.#buckets = new Int32Array(buckets).fill(NONE);
    this.#chain = new Int32Array(most);
    this.#ids = new Uint32Array(most * ID_WORDS);
    this.firstRow = new Int32Array(most);
    this.lastRow = new Int32Array(most);
    this.rows = new Uint32Array(most);
    this.cut = new Uint32Array(most);
    this.arrival = new Float64Array(most);
    this.reasons = new Uint8Array(most);
  }

  /** Number of the oldest trace, and of the one that will come next; equal where there is none. */
  get oldest(): number {
    return this.#oldest;
  }
  get head(): number {
    return this.#head;
  }
  get size(): number {
    return this.#head - this.#oldest;
  }
  get isFull(): boolean {
    return this.size === this.#most;
  }
  /** Place of the oldest trace. */
  get oldestPlace(): number {
    return this.#oldest % this.#most;
  }

  idsAt(place: number): Uint32Array {
    return this.#ids.subarray(place * ID_WORDS, (place + 1) * ID_WORDS);
  }

  /** Place of the trace with the id that stands in `words` at `at`. */
  find(words: Uint32Array, at: number): number {
    let place = this.#buckets[this.#bucket(words, at)] ?? NONE;
    while (place !== NONE && !this.#isAt(place, words, at)) place = this.#chain[place] ?? NONE;
    return place;
  }

  /** Place of a trace that was not there before; there must be room. */
  add(words: Uint32Array, at: number, now: number): number {
    const place = this.#head++ % this.#most;
    for (let word = 0; word < ID_WORDS; word++) {
      this.#ids[place * ID_WORDS + word] = words[at + word] ?? 0;
    }
    const bucket = this.#bucket(words, at);
    this.#chain[place] = this.#buckets[bucket] ?? NONE;
    this.#buckets[bucket] = place;
    this.firstRow[place] = NONE;
    this.lastRow[place] = NONE;
    this.rows[place] = 0;
    this.cut[place] = 0;
    this.arrival[place] = now;
    this.reasons[place] = 0;
    return place;
  }

  dropOldest(): void {
    const place = this.oldestPlace;
    const bucket = this.#bucket(this.#ids, place * ID_WORDS);
    const behind = this.#chain[place] ?? NONE;
    let before = this.#buckets[bucket] ?? NONE;
    if (before === place) this.#buckets[bucket] = behind;
    else {
      while (this.#chain[before] !== place) before = this.#chain[before] ?? NONE;
      this.#chain[before] = behind;
    }
    this.#oldest++;
  }

  #isAt(place: number, words: Uint32Array, at: number): boolean {
    const ids = this.#ids;
    const own = place * ID_WORDS;
    return (
      ids[own] === words[at] &&
      ids[own + 1] === words[at + 1] &&
      ids[own + 2] === words[at + 2] &&
      ids[own + 3] === words[at + 3]
    );
  }

  /** Mixes as MurmurHash3 does its words. */
  #bucket(words: Uint32Array, at: number): number {
    let hash = this.#seed;
    for (let word = 0; word < ID_WORDS; word++) {
      hash = Math.imul(hash ^ Math.imul(words[at + word] ?? 0, 0xcc9e2d51), 0x1b873593);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) & this.#mask;
  }
}
