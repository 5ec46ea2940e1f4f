/** Words of one half: 0 to 5 trace id and span id, then the rest. */
export const HALF = {
  service: 6,
  /** Caller: the host that it called. Called: the operation. */
  ref: 7,
  /** Seconds since 1970. */
  seenAt: 8,
  flags: 9,
  /** The next older half with this hash. */
  next: 10,
  hash: 11,
} as const;
export const HALF_WORDS = 12;
export const FLAG = { called: 1, answered: 2 } as const;

const FIRST_CAPACITY = 1 << 12;
const ID_WORDS = 6;
/** Links that a search follows; more mean that somebody sends ids that collide, and what lies behind is
 *  not found. */
export const MAX_LINKS = 64;

/** Halves of calls in the order in which they came, found by their ids. A ring of fixed-size records on
 *  one typed array, which grows as far as its limit; records with one hash are linked from the newest
 *  to the oldest, so that a link to what has left the ring ends the search, and leaving costs nothing.
 *  Halves are named by a 32-bit sequence number. */
export class HalfRing {
  /** The ids that are looked for or added: 16 bytes of the trace's, 8 of the span's. */
  readonly id = new Uint32Array(ID_WORDS);
  #words: Uint32Array;
  #heads: Uint32Array;
  #mask = FIRST_CAPACITY - 1;
  /** The number that the next half gets. */
  #next = 1;
  #size = 0;
  /** Of the id that was looked for last. */
  #hash = 0;
  readonly #maxSize: number;
  readonly #seed: number;

  constructor(maxSize: number, seed: number) {
    this.#maxSize = maxSize;
    this.#seed = seed;
    this.#words = new Uint32Array(FIRST_CAPACITY * HALF_WORDS);
    this.#heads = new Uint32Array(FIRST_CAPACITY * 2);
  }

  get size(): number {
    return this.#size;
  }
  get isFull(): boolean {
    return this.#size >= this.#maxSize;
  }
  /** The numbers of all halves are those from `oldest` up to but not including `next`. */
  get oldest(): number {
    return (this.#next - this.#size) >>> 0;
  }
  get next(): number {
    return this.#next;
  }

  /** The newest half whose id may be the wanted one, or -1. */
  first(): number {
    this.#hash = hashOf(this.id, this.#seed);
    const number = this.#heads[this.#hash & (this.#heads.length - 1)] ?? 0;
    return this.#holds(number) ? number : -1;
  }

  /** The one to look at after this one, or -1. */
  after(number: number): number {
    const next = this.word(number, HALF.next);
    return this.#holds(next) ? next : -1;
  }

  /** Whether a half has the wanted id. */
  matches(number: number): boolean {
    const words = this.#words;
    const id = this.id;
    const at = (number & this.#mask) * HALF_WORDS;
    return (
      words[at] === id[0] &&
      words[at + 1] === id[1] &&
      words[at + 2] === id[2] &&
      words[at + 3] === id[3] &&
      words[at + 4] === id[4] &&
      words[at + 5] === id[5]
    );
  }

  word(number: number, word: number): number {
    return this.#words[(number & this.#mask) * HALF_WORDS + word] ?? 0;
  }

  setFlags(number: number, flags: number): void {
    this.#words[(number & this.#mask) * HALF_WORDS + HALF.flags] = flags;
  }

  /** Adds a half with the wanted id, which `first` has just looked for. The ring must not be full. */
  add(service: number, ref: number, seenAt: number, flags: number): void {
    if (this.#size > this.#mask) this.#grow();
    const bucket = this.#hash & (this.#heads.length - 1);
    const number = this.#next;
    const words = this.#words;
    const at = (number & this.#mask) * HALF_WORDS;
    for (let word = 0; word < ID_WORDS; word++) words[at + word] = this.id[word] ?? 0;
    words[at + HALF.service] = service;
    words[at + HALF.ref] = ref;
    words[at + HALF.seenAt] = seenAt;
    words[at + HALF.flags] = flags;
    words[at + HALF.hash] = this.#hash;
    // where this leads to nothing that the ring holds, it never will
    words[at + HALF.next] = this.#heads[bucket] ?? 0;
    this.#heads[bucket] = number;
    this.#next = (number + 1) >>> 0;
    this.#size++;
  }

  /** Lets go of the oldest. */
  drop(): void {
    this.#size--;
  }

  #holds(number: number): boolean {
    const distance = (this.#next - number) >>> 0;
    return distance >= 1 && distance <= this.#size;
  }

  /** Doubles the ring; every half keeps its number. */
  #grow(): void {
    const before = this.#words;
    const beforeMask = this.#mask;
    const mask = beforeMask * 2 + 1;
    const words = new Uint32Array((mask + 1) * HALF_WORDS);
    const heads = new Uint32Array((mask + 1) * 2);
    const { oldest, size } = this;
    for (let index = 0; index < size; index++) {
      const number = (oldest + index) >>> 0;
      const from = (number & beforeMask) * HALF_WORDS;
      const to = (number & mask) * HALF_WORDS;
      for (let word = 0; word < HALF_WORDS; word++) words[to + word] = before[from + word] ?? 0;
      const bucket = (words[to + HALF.hash] ?? 0) & (heads.length - 1);
      words[to + HALF.next] = heads[bucket] ?? 0;
      heads[bucket] = number;
    }
    this.#words = words;
    this.#heads = heads;
    this.#mask = mask;
  }
}

/** Ids are random in all but name, so a few mixed words are hash enough; the seed is against those who
 *  choose them. */
function hashOf(id: Uint32Array, seed: number): number {
  let hash = Math.imul((id[5] ?? 0) ^ seed, 0x9e3779b1);
  hash = Math.imul(hash ^ (id[4] ?? 0) ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (id[3] ?? 0) ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (id[2] ?? 0) ^ (hash >>> 16), 0x9e3779b1);
  hash = Math.imul(hash ^ (id[1] ?? 0) ^ (id[0] ?? 0) ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
