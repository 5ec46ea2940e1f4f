import { Near } from '../near.ts';
import { Rows } from './rows.ts';

const A = 0;
const B = 1;
const FIRST_SLOTS = 128;

/** Rows found by two numbers: an open hash table with linear probing. Rows are numbered from 1, keep their number until
 *  they are removed, and have the two numbers as their first words. */
export class PairTable {
  readonly rows: Rows;
  #slots = new Uint32Array(FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
  #free: number[] = [];
  /** Rows that were ever used. */
  #top = 0;
  #size = 0;
  /** What was found last: it is often asked for again. */
  #latest = 0;
  readonly #near = new Near();

  constructor(stride: number) {
    this.rows = new Rows(stride);
  }

  get size(): number {
    return this.#size;
  }
  /** The highest number of a row; some below it may be of none, with `a` 0 and `b` 0. */
  get top(): number {
    return this.#top;
  }

  a(row: number): number {
    return this.rows.word(row, A);
  }
  b(row: number): number {
    return this.rows.word(row, B);
  }

  /** A pair will be sought soon. */
  expect(a: number, b: number): void {
    this.#near.want(hash(a, b) & this.#mask);
  }

  /** Reads what those that are expected need. */
  bringNear(): void {
    this.#near.follow(this.#slots);
    this.#near.read(this.rows.words, this.rows.stride);
  }

  /** The row of a pair; 0: there is none. */
  find(a: number, b: number): number {
    const { words, stride } = this.rows;
    const latest = this.#latest * stride;
    if (words[latest] === a && words[latest + B] === b) return this.#latest;
    const slots = this.#slots;
    let slot = hash(a, b) & this.#mask;
    for (;;) {
      const row = slots[slot] ?? 0;
      if (row === 0) return 0;
      const at = row * stride;
      if (words[at] === a && words[at + B] === b) {
        this.#latest = row;
        return row;
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  /** A row for a pair that has none, and is not 0 and 0. */
  add(a: number, b: number): number {
    if ((this.#size + 1) * 2 > this.#slots.length) this.#grow();
    const row = this.#free.pop() ?? ++this.#top;
    this.rows.ensure(row);
    this.rows.clear(row);
    this.rows.setWord(row, A, a);
    this.rows.setWord(row, B, b);
    this.#place(row);
    this.#size++;
    return row;
  }

  /** Takes a row out, and moves up what probed past it. */
  remove(row: number): void {
    let gap = this.#slotOf(row);
    let slot = (gap + 1) & this.#mask;
    for (;;) {
      const other = this.#slots[slot] ?? 0;
      if (other === 0) break;
      const home = hash(this.a(other), this.b(other)) & this.#mask;
      if (((slot - home) & this.#mask) >= ((slot - gap) & this.#mask)) {
        this.#slots[gap] = other;
        gap = slot;
      }
      slot = (slot + 1) & this.#mask;
    }
    this.#slots[gap] = 0;
    this.rows.clear(row);
    this.#free.push(row);
    this.#size--;
  }

  #slotOf(row: number): number {
    let slot = hash(this.a(row), this.b(row)) & this.#mask;
    while (this.#slots[slot] !== row) slot = (slot + 1) & this.#mask;
    return slot;
  }

  #place(row: number): void {
    let slot = hash(this.a(row), this.b(row)) & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = row;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let row = 1; row <= this.#top; row++) {
      if (this.a(row) !== 0 || this.b(row) !== 0) this.#place(row);
    }
  }
}

/** Numbers are dense: they have to be spread. */
function hash(a: number, b: number): number {
  let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
