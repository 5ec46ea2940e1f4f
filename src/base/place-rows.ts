/** Steps from the root of a document: keys of mappings, indexes of sequences. */
export type DataPath = readonly (string | number)[];

/** Offsets of a key (or item) and of its value. */
export interface Place {
  readonly key: number;
  readonly value: number;
}

/** Finds places by path, as offsets into the text that was read. */
export interface Places {
  /** The place at the end of `path`, or of the nearest ancestor that exists. */
  find(path: DataPath): Place;
}

const COLUMNS = 3;
const NO_KEY = -1;

/** Where the parts of one document stand: a row a node, in the order of the text, with the offsets
 *  of key and value and the row behind its last descendant. Twelve bytes a node, so that it can be
 *  kept beside a large document. Rows are added while the document is read. */
export class PlaceRows implements Places {
  #rows: Int32Array;
  #length = 0;
  readonly #nameAt: (offset: number) => string;
  readonly #children = new Map<number, Map<string | number, number>>();

  /** `nameAt` reads the key that begins at an offset. */
  constructor(sizeHint: number, nameAt: (offset: number) => string) {
    this.#rows = new Int32Array(Math.max(16, sizeHint) * COLUMNS);
    this.#nameAt = nameAt;
  }

  /** Number of nodes. */
  get length(): number {
    return this.#length;
  }

  /** Opens the row of a node and gives its number. `key` is absent for items and the root. */
  add(value: number, key = NO_KEY): number {
    const at = this.#length * COLUMNS;
    if (at >= this.#rows.length) this.#grow();
    this.#rows[at] = key;
    this.#rows[at + 1] = value;
    return this.#length++;
  }

  /** Says that no descendants of the node follow. */
  close(row: number): void {
    this.#rows[row * COLUMNS + 2] = this.#length;
  }

  find(path: DataPath): Place {
    let row = 0;
    for (const step of path) {
      const child = this.#childrenOf(row).get(step);
      if (child === undefined) break;
      row = child;
    }
    return this.#place(row);
  }

  /** Places of the keys that stand a second time in their mapping. */
  duplicates(): Place[] {
    const found: Place[] = [];
    for (let row = 0; row < this.#length; row++) {
      if (!this.#isMapping(row)) continue;
      const names = new Set<string>();
      for (const child of this.#childRows(row)) {
        const name = this.#nameAt(this.#rows[child * COLUMNS] ?? 0);
        if (names.has(name)) found.push(this.#place(child));
        names.add(name);
      }
    }
    return found;
  }

  #place(row: number): Place {
    const key = this.#rows[row * COLUMNS] ?? NO_KEY;
    const value = this.#rows[row * COLUMNS + 1] ?? 0;
    return { key: key === NO_KEY ? value : key, value };
  }

  #isMapping(row: number): boolean {
    const hasChildren = (this.#rows[row * COLUMNS + 2] ?? 0) > row + 1;
    return hasChildren && this.#rows[(row + 1) * COLUMNS] !== NO_KEY;
  }

  *#childRows(row: number): Generator<number> {
    const end = this.#rows[row * COLUMNS + 2] ?? 0;
    for (let child = row + 1; child < end; child = this.#rows[child * COLUMNS + 2] ?? end) {
      yield child;
    }
  }

  #childrenOf(row: number): Map<string | number, number> {
    const known = this.#children.get(row);
    if (known !== undefined) return known;
    const children = new Map<string | number, number>();
    for (const child of this.#childRows(row)) {
      const key = this.#rows[child * COLUMNS] ?? NO_KEY;
      children.set(key === NO_KEY ? children.size : this.#nameAt(key), child);
    }
    this.#children.set(row, children);
    return children;
  }

  #grow(): void {
    const larger = new Int32Array(this.#rows.length * 2);
    larger.set(this.#rows);
    this.#rows = larger;
  }
}
