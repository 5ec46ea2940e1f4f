import { Near } from '../near.ts';

/** Rows of words of 32 bits, some of which are floats: one piece of memory, so that a row lies in one or two lines of
 *  the cache. Row 0 is nobody's. */
export class Rows {
  readonly stride: number;
  words: Uint32Array;
  /** The same memory. */
  floats: Float32Array;
  #capacity: number;
  readonly #near = new Near();

  constructor(stride: number, capacity = 64) {
    this.stride = stride;
    this.#capacity = capacity;
    this.words = new Uint32Array(stride * capacity);
    this.floats = new Float32Array(this.words.buffer);
  }

  /** How many rows there is room for. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Makes room for a row. */
  ensure(row: number): void {
    if (row < this.#capacity) return;
    while (this.#capacity <= row) this.#capacity *= 2;
    const words = new Uint32Array(this.stride * this.#capacity);
    words.set(this.words);
    this.words = words;
    this.floats = new Float32Array(words.buffer);
  }

  /** A row will be looked at soon. */
  expect(row: number): void {
    this.#near.want(row);
  }

  /** Reads those that are expected. */
  bringNear(): void {
    this.#near.read(this.words, this.stride);
  }

  word(row: number, field: number): number {
    return this.words[row * this.stride + field] ?? 0;
  }
  setWord(row: number, field: number, value: number): void {
    this.words[row * this.stride + field] = value;
  }
  addWord(row: number, field: number, value: number): void {
    const at = row * this.stride + field;
    this.words[at] = (this.words[at] ?? 0) + value;
  }

  float(row: number, field: number): number {
    return this.floats[row * this.stride + field] ?? 0;
  }
  setFloat(row: number, field: number, value: number): void {
    this.floats[row * this.stride + field] = value;
  }
  addFloat(row: number, field: number, value: number): void {
    const at = row * this.stride + field;
    this.floats[at] = (this.floats[at] ?? 0) + value;
  }

  clear(row: number): void {
    this.words.fill(0, row * this.stride, (row + 1) * this.stride);
  }
}
