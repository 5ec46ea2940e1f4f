import type { KeyWriter } from './key.ts';
import { KeyTable, type KeyTableLimits } from './key-table.ts';

/** Things known by a key, bounded in number and bytes, under 32-bit ids that stay good for a while: a
 *  full dictionary is renewed, and what it held before can still be asked for by id until it is
 *  renewed again. Ids start at 1; 0 means none. */
export class Dictionary<Entry> {
  readonly #table: KeyTable;
  #entries: Entry[] = [];
  #before: Entry[] = [];
  /** The id of the first entry. */
  #base = 1;

  constructor(limits: KeyTableLimits) {
    this.#table = new KeyTable(limits);
  }

  get size(): number {
    return this.#table.size;
  }

  /** The number of a key's entry since the last renewal, or -1. */
  find(key: KeyWriter): number {
    return this.#table.find(key);
  }

  /** The number of a new entry, or -1 where the dictionary is full. The key must not be in it. */
  add(key: KeyWriter, entry: Entry): number {
    if (this.#table.find(key) >= 0) throw new RangeError('the key is there already');
    const number = this.#table.add(key);
    if (number >= 0) this.#entries[number] = entry;
    return number;
  }

  idOf(number: number): number {
    return (this.#base + number) >>> 0;
  }

  at(number: number): Entry | undefined {
    return this.#entries[number];
  }

  /** The entry with an id, of now or of before the last renewal. */
  entryOf(id: number): Entry | undefined {
    if (id === 0) return undefined;
    const number = (id - this.#base) >>> 0;
    if (number < this.#entries.length) return this.#entries[number];
    return this.#before[(id - this.#base + this.#before.length) >>> 0];
  }

  renew(): void {
    this.#base = (this.#base + this.#entries.length) >>> 0;
    this.#before = this.#entries;
    this.#entries = [];
    this.#table.clear();
  }
}
