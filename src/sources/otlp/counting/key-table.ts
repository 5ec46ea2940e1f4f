import type { KeyWriter } from './key.ts';

export interface KeyTableLimits {
  readonly maxKeys: number;
  /** All keys together. */
  readonly maxBytes: number;
}

const FIRST_BYTES = 1 << 16;
/** More steps than this mean that somebody sends keys that collide: the table then counts as full. */
const MAX_PROBES = 64;

/** Gives equal keys equal numbers, counted from 0: an open-addressing table that compares hashes and
 *  then bytes. Keys are only added; a full table is cleared as a whole. */
export class KeyTable {
  /** Keys held; also the number that the next new key gets. */
  size = 0;
  readonly #maxKeys: number;
  readonly #mask: number;
  /** Number of the key plus one; 0 where the slot is free. */
  readonly #slots: Int32Array;
  readonly #hashes: Int32Array;
  readonly #starts: Int32Array;
  readonly #maxBytes: number;
  /** All keys, one behind the other; grows as far as its limit. */
  #bytes: Uint8Array;
  /** The free slot that the last `find` ended at, or -1. */
  #free = -1;

  constructor({ maxKeys, maxBytes }: KeyTableLimits) {
    const slotCount = 2 ** Math.ceil(Math.log2(Math.max(16, maxKeys * 2)));
    this.#maxKeys = maxKeys;
    this.#mask = slotCount - 1;
    this.#slots = new Int32Array(slotCount);
    this.#hashes = new Int32Array(maxKeys);
    this.#starts = new Int32Array(maxKeys + 1);
    this.#maxBytes = maxBytes;
    this.#bytes = new Uint8Array(Math.min(maxBytes, FIRST_BYTES));
  }

  /** The number of a key, or -1. */
  find(key: KeyWriter): number {
    const hash = key.hash;
    const mask = this.#mask;
    const slots = this.#slots;
    let slot = hash & mask;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const number = (slots[slot] ?? 0) - 1;
      if (number < 0) {
        this.#free = slot;
        return -1;
      }
      if (this.#hashes[number] === hash && this.#equals(number, key)) return number;
      slot = (slot + 1) & mask;
    }
    this.#free = -1;
    return -1;
  }

  /** Adds the key that `find` has just not found; its number, or -1 where the table is full. */
  add(key: KeyWriter): number {
    const start = this.#starts[this.size] ?? 0;
    const end = start + key.length;
    if (this.size >= this.#maxKeys || end > this.#maxBytes || this.#free < 0) return -1;
    if (end > this.#bytes.length) this.#grow(end);
    const number = this.size++;
    this.#bytes.set(key.bytes.subarray(0, key.length), start);
    this.#starts[number + 1] = end;
    this.#hashes[number] = key.hash;
    this.#slots[this.#free] = number + 1;
    return number;
  }

  clear(): void {
    this.#slots.fill(0);
    this.size = 0;
  }

  #grow(wanted: number): void {
    const grown = new Uint8Array(
      Math.min(this.#maxBytes, Math.max(wanted, this.#bytes.length * 2)),
    );
    grown.set(this.#bytes);
    this.#bytes = grown;
  }

  #equals(number: number, key: KeyWriter): boolean {
    const start = this.#starts[number] ?? 0;
    const { length, bytes: wanted } = key;
    if ((this.#starts[number + 1] ?? 0) - start !== length) return false;
    const bytes = this.#bytes;
    for (let at = 0; at < length; at++) {
      if (bytes[start + at] !== wanted[at]) return false;
    }
    return true;
  }
}
