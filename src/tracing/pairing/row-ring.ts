import { SPAN_FIELD, SPAN_WORDS } from '../../estate/spans/index.ts';
import { Near } from '../near.ts';

/** Words of one kept row: those of a row of a batch, with numbers of names instead of places, and what became of it. */
export const ROW = {
  ...SPAN_FIELD,
  /** `STATE`s, in the word that batches do not use. */
  state: SPAN_FIELD.spare,
  /** Milliseconds on the receiver's clock, modulo 2^32. */
  arrived: SPAN_WORDS,
  /** The next older row with this hash of its span, of its parent, of its trace. */
  nextSpan: SPAN_WORDS + 1,
  nextParent: SPAN_WORDS + 2,
  nextTrace: SPAN_WORDS + 3,
  /** Number of the row of the side that called. */
  mate: SPAN_WORDS + 4,
  /** Number of the hop that it is told as, modulo 2^32, and its depth. */
  hop: SPAN_WORDS + 5,
  depth: SPAN_WORDS + 6,
  /** Number of the consumer's row that a link is of. */
  owner: SPAN_WORDS + 7,
  /** Seconds that it came later than is believed: by these its hop is not as old as it says. */
  late: SPAN_WORDS + 8,
} as const;
export const ROW_WORDS = 32;

/** Bits of `ROW.state`. */
export const STATE = {
  /** What led to a request may be sought in it: it is of the side that was called. */
  leads: 1,
  /** All that there will be of its hop is there. */
  ready: 1 << 1,
  /** It was told of, or never will be. */
  done: 1 << 2,
  /** Of the side that called: somebody answered. Of a consumer's: one of its links was told of. */
  answered: 1 << 3,
  /** Of the side that was called: `mate` and `peer` are of the one that called. */
  paired: 1 << 4,
  /** No hop of its own: what it leads to was led to by what led to it. */
  silent: 1 << 5,
  /** It is being told of; ends circles. */
  telling: 1 << 6,
  /** `hop` and `depth` stand. */
  numbered: 1 << 7,
  /** One link of a consumer's row, with the trace and, as its parent, the span that it leads to. */
  link: 1 << 8,
  /** A consumer's row that has links. */
  linked: 1 << 9,
} as const;

/** Links that a search follows; more mean that ids collide or are used by many. */
export const MAX_TRIES = 64;

const FIRST_CAPACITY = 1 << 10;
const ID_WORDS = 6;

/** Rows in the order in which they came: a ring of fixed-size records on one typed array, which grows as far as its limit.
 *  Rows are found by their span, by their parent and by their trace, over links from the newest to the oldest of one hash:
 *  a link to what has left the ring ends a search, so leaving costs nothing. Rows are named by 32-bit numbers in the order
 *  of arrival. */
export class RowRing {
  words = new Uint32Array(FIRST_CAPACITY * ROW_WORDS);
  starts = new Float64Array(this.words.buffer);
  /** Trace and span that are looked for. */
  readonly #key = new Uint32Array(ID_WORDS);
  #traceHash = 0;
  /** Where the span that is looked for stands in `#heads`. */
  #bucket = 0;
  #mask = FIRST_CAPACITY - 1;
  /** By hash, the newest row of a span and the newest whose parent it is: beside each other, for both are asked for. */
  #heads = new Uint32Array(FIRST_CAPACITY * 4);
  #traceHeads = new Uint32Array(FIRST_CAPACITY * 2);
  readonly #near = new Near();
  #next = 1;
  #size = 0;
  readonly #maxSize: number;
  readonly #seed: number;

  constructor(maxSize: number, seed: number) {
    this.#maxSize = maxSize;
    this.#seed = seed;
    this.#traceHash = hashOfTrace(this.#key, 0, seed);
  }

  get size(): number {
    return this.#size;
  }
  get isFull(): boolean {
    return this.#size >= this.#maxSize;
  }
  /** The numbers of all rows are those from `oldest` up to but not including `next`. */
  get oldest(): number {
    return (this.#next - this.#size) >>> 0;
  }
  get next(): number {
    return this.#next;
  }

  holds(number: number): boolean {
    const distance = (this.#next - number) >>> 0;
    return distance >= 1 && distance <= this.#size;
  }

  /** Where the words of a row begin. */
  at(number: number): number {
    return (number & this.#mask) * ROW_WORDS;
  }

  /** Makes room for the next row and gives its number; its words are those of something else. The ring must not be full. */
  push(): number {
    if (this.#size > this.#mask) this.#grow();
    const number = this.#next;
    this.#next = (number + 1) >>> 0;
    this.#size++;
    return number;
  }

  /** Takes back the newest row, which can be found by nothing. */
  pop(): void {
    this.#next = (this.#next - 1) >>> 0;
    this.#size--;
  }

  /** Lets go of the oldest. */
  drop(): void {
    this.#size--;
  }

  /** Rows that come next: what they will be looked for in is read for all of them at once.
   *  @param from where they begin among the words of a batch */
  bringNear(rows: Uint32Array, from: number, count: number): void {
    const near = this.#near;
    const mask = this.#heads.length - 1;
    for (let row = 0, at = from; row < count; row++, at += SPAN_WORDS) {
      const trace = hashOfTrace(rows, at, this.#seed);
      for (const field of [ROW.span, ROW.parent]) {
        const hash = hashOfSpan(trace, rows[at + field] ?? 0, rows[at + field + 1] ?? 0);
        near.want((hash << 1) & mask);
      }
    }
    near.follow(this.#heads, this.#mask);
    near.read(this.words, ROW_WORDS);
  }

  /** What is looked for next: the trace that these words begin with, and a span in it. Mostly it is the trace of before. */
  seek(words: Uint32Array, traceAt: number, spanAt: number): void {
    this.#seekTrace(words, traceAt);
    const key = this.#key;
    key[4] = words[spanAt] ?? 0;
    key[5] = words[spanAt + 1] ?? 0;
    this.#bucket = this.#bucketOf(key[4], key[5]);
  }

  /** The newest row that may be of the wanted span, or -1; and the one to look at after another. */
  firstOfSpan(): number {
    return this.#held(this.#heads[this.#bucket]);
  }
  nextOfSpan(number: number): number {
    return this.#held(this.words[this.at(number) + ROW.nextSpan]);
  }
  isOfSpan(number: number): boolean {
    return this.#isOf(number, ROW.span);
  }

  /** The same, for rows whose parent the wanted span is. */
  firstChild(): number {
    return this.#held(this.#heads[this.#bucket + 1]);
  }
  nextChild(number: number): number {
    return this.#held(this.words[this.at(number) + ROW.nextParent]);
  }
  isChild(number: number): boolean {
    return this.#isOf(number, ROW.parent);
  }

  /** The same, for rows of the wanted trace. */
  firstOfTrace(): number {
    return this.#held(this.#traceHeads[this.#traceHash & (this.#traceHeads.length - 1)]);
  }
  nextOfTrace(number: number): number {
    return this.#held(this.words[this.at(number) + ROW.nextTrace]);
  }
  isOfTrace(number: number): boolean {
    const at = this.at(number);
    const { words } = this;
    const key = this.#key;
    return (
      words[at] === key[0] &&
      words[at + 1] === key[1] &&
      words[at + 2] === key[2] &&
      words[at + 3] === key[3]
    );
  }

  /** Lets a row be found, by those of its ids that it has: a zero is none. */
  link(number: number): void {
    const { words } = this;
    const at = this.at(number);
    this.#seekTrace(words, at);
    const heads = this.#heads;
    const [spanLow, spanHigh] = [words[at + ROW.span] ?? 0, words[at + ROW.span + 1] ?? 0];
    if ((spanLow | spanHigh) !== 0) {
      const bucket = this.#bucketOf(spanLow, spanHigh);
      // where this leads to nothing that the ring holds, it never will
      words[at + ROW.nextSpan] = heads[bucket] ?? 0;
      heads[bucket] = number;
    }
    const [parentLow, parentHigh] = [words[at + ROW.parent] ?? 0, words[at + ROW.parent + 1] ?? 0];
    if ((parentLow | parentHigh) !== 0) {
      const bucket = this.#bucketOf(parentLow, parentHigh) + 1;
      words[at + ROW.nextParent] = heads[bucket] ?? 0;
      heads[bucket] = number;
    }
    if (((words[at + ROW.state] ?? 0) & STATE.leads) !== 0) this.#linkTrace(number, at);
  }

  #linkTrace(number: number, at: number): void {
    const heads = this.#traceHeads;
    const bucket = this.#traceHash & (heads.length - 1);
    this.words[at + ROW.nextTrace] = heads[bucket] ?? 0;
    heads[bucket] = number;
  }

  #seekTrace(words: Uint32Array, at: number): void {
    const key = this.#key;
    if (
      words[at + 3] === key[3] &&
      words[at + 2] === key[2] &&
      words[at + 1] === key[1] &&
      words[at] === key[0]
    ) {
      return;
    }
    for (let word = 0; word < 4; word++) key[word] = words[at + word] ?? 0;
    this.#traceHash = hashOfTrace(key, 0, this.#seed);
  }

  /** Where a span of the trace that is looked for stands in `#heads`. */
  #bucketOf(low: number, high: number): number {
    return (hashOfSpan(this.#traceHash, low, high) << 1) & (this.#heads.length - 1);
  }

  #held(number: number | undefined): number {
    return number !== undefined && this.holds(number) ? number : -1;
  }

  #isOf(number: number, field: number): boolean {
    const at = this.at(number);
    const { words } = this;
    const key = this.#key;
    return (
      words[at + field] === key[4] && words[at + field + 1] === key[5] && this.isOfTrace(number)
    );
  }

  /** Doubles the ring; every row keeps its number. */
  #grow(): void {
    const before = this.words;
    const beforeMask = this.#mask;
    this.#mask = beforeMask * 2 + 1;
    const capacity = this.#mask + 1;
    this.words = new Uint32Array(capacity * ROW_WORDS);
    this.starts = new Float64Array(this.words.buffer);
    this.#heads = new Uint32Array(capacity * 4);
    this.#traceHeads = new Uint32Array(capacity * 2);
    const { oldest } = this;
    for (let index = 0; index < this.#size; index++) {
      const number = (oldest + index) >>> 0;
      const from = (number & beforeMask) * ROW_WORDS;
      this.words.set(before.subarray(from, from + ROW_WORDS), this.at(number));
    }
    for (let index = 0; index < this.#size; index++) this.link((oldest + index) >>> 0);
  }
}

/** Ids are random in all but name, so a few mixed words are hash enough; the seed is against those who choose them. */
function hashOfTrace(words: Uint32Array, at: number, seed: number): number {
  let hash = Math.imul((words[at + 3] ?? 0) ^ seed, 0x9e3779b1);
  hash = Math.imul(hash ^ (words[at + 2] ?? 0) ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (words[at + 1] ?? 0) ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (words[at] ?? 0) ^ (hash >>> 16), 0x9e3779b1);
  return hash ^ (hash >>> 15);
}

function hashOfSpan(trace: number, low: number, high: number): number {
  let hash = Math.imul(trace ^ high, 0x85ebca6b);
  hash = Math.imul(hash ^ low ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

export function hasId(words: Uint32Array, at: number, length: number): boolean {
  let any = 0;
  for (let word = 0; word < length; word++) any |= words[at + word] ?? 0;
  return any !== 0;
}
