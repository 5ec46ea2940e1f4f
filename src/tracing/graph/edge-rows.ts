import { Near } from '../near.ts';

/** Words of one edge: of two services, or of a caller and an endpoint. All that counts is Float64, over two words. */
export const EDGE = {
  /** Number of the service that calls; 0 from outside. */
  from: 0,
  /** Number of the service that is called, or of its endpoint. */
  to: 1,
  requests: 2,
  failed: 4,
  denied: 6,
  authenticated: 8,
  firstSeen: 10,
  lastSeen: 12,
  /** The best there was. */
  rank: 14,
  spare: 15,
  /** Requests by how long they took, as in `latency.ts`. */
  latency: 16,
  /** Trace ids that were put into `traces`, which is a ring. */
  traceCount: 48,
  traces: 50,
} as const;
export const ENDPOINT_EDGE_WORDS = EDGE.traceCount;
export const TRACES = 4;
export const TRACE_WORDS = 4;
export const SERVICE_EDGE_WORDS = EDGE.traces + TRACES * TRACE_WORDS;

const FIRST_ROWS = 64;
const FIRST_SLOTS = 256;

/** Edges, found by their two numbers: an open hash table with linear probing over rows of one typed array. Rows have
 *  numbers from 1. */
export class EdgeRows {
  readonly stride: number;
  words: Uint32Array;
  floats: Float64Array;
  #slots = new Uint32Array(FIRST_SLOTS);
  #size = 0;
  readonly #near = new Near();

  /** @param stride words of a row, an even number */
  constructor(stride: number) {
    this.stride = stride;
    this.words = new Uint32Array(FIRST_ROWS * stride);
    this.floats = new Float64Array(this.words.buffer);
  }

  /** Rows are those from 1 to `size`. */
  get size(): number {
    return this.#size;
  }

  /** Where the words of a row begin. */
  at(row: number): number {
    return row * this.stride;
  }

  /** A field that is Float64. */
  number(row: number, field: number): number {
    return this.floats[(row * this.stride + field) / 2] ?? 0;
  }
  word(row: number, field: number): number {
    return this.words[row * this.stride + field] ?? 0;
  }

  /** An edge will be sought soon. */
  expect(from: number, to: number): void {
    this.#near.want(hashOf(from, to) & (this.#slots.length - 1));
  }

  /** Reads what those that are expected need. */
  bringNear(): void {
    this.#near.follow(this.#slots);
    this.#near.read(this.words, this.stride);
  }

  /** 0: there is none. */
  find(from: number, to: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const { words, stride } = this;
    for (let slot = hashOf(from, to) & mask; ; slot = (slot + 1) & mask) {
      const row = slots[slot] ?? 0;
      if (row === 0) return 0;
      if (words[row * stride + EDGE.to] === to && words[row * stride] === from) return row;
    }
  }

  /** A row of zeros for an edge that has none. */
  add(from: number, to: number): number {
    if ((this.#size + 2) * this.stride > this.words.length) this.#growRows();
    if ((this.#size + 1) * 2 > this.#slots.length) this.#growSlots();
    const row = ++this.#size;
    this.#begin(row, from, to);
    return row;
  }

  /** Gives a row to another edge, which has none. */
  replace(row: number, from: number, to: number): void {
    this.#forget(row);
    this.#begin(row, from, to);
  }

  #begin(row: number, from: number, to: number): void {
    const at = this.at(row);
    this.words.fill(0, at, at + this.stride);
    this.words[at + EDGE.from] = from;
    this.words[at + EDGE.to] = to;
    this.#place(row);
  }

  #place(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#homeOf(row) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row;
  }

  /** Takes a row out of the slots, and moves up what probed past it. */
  #forget(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let gap = this.#homeOf(row) & mask;
    while (slots[gap] !== row) gap = (gap + 1) & mask;
    for (let slot = (gap + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#homeOf(slots[slot] ?? 0) & mask;
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      slots[gap] = slots[slot] ?? 0;
      gap = slot;
    }
    slots[gap] = 0;
  }

  #homeOf(row: number): number {
    const at = this.at(row);
    return hashOf(this.words[at + EDGE.from] ?? 0, this.words[at + EDGE.to] ?? 0);
  }

  #growRows(): void {
    const before = this.words;
    this.words = new Uint32Array(before.length * 2);
    this.words.set(before);
    this.floats = new Float64Array(this.words.buffer);
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let row = 1; row <= this.#size; row++) this.#place(row);
  }
}

/** Numbers are dense: they have to be spread. */
function hashOf(from: number, to: number): number {
  const hash = Math.imul(Math.imul(from, 0x9e3779b1) ^ to, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
