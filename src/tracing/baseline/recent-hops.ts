/** What led to what: the endpoint and the entry service of the latest hops, under the lower 32 bits of their ids, in a
 *  ring. */
export class RecentHops {
  readonly #mask: number;
  readonly #ids: Uint32Array;
  readonly #endpoints: Uint32Array;
  readonly #entries: Uint32Array;

  constructor(most: number) {
    const size = 2 ** Math.floor(Math.log2(most));
    this.#mask = size - 1;
    this.#ids = new Uint32Array(size);
    this.#endpoints = new Uint32Array(size);
    this.#entries = new Uint32Array(size);
  }

  put(id: number, endpoint: number, entry: number): void {
    const place = id & this.#mask;
    this.#ids[place] = id;
    this.#endpoints[place] = endpoint;
    this.#entries[place] = entry;
  }

  has(id: number): boolean {
    return id !== 0 && this.#ids[id & this.#mask] === id >>> 0;
  }
  /** 0 where it is not known. */
  endpoint(id: number): number {
    return this.has(id) ? (this.#endpoints[id & this.#mask] ?? 0) : 0;
  }
  entry(id: number): number {
    return this.has(id) ? (this.#entries[id & this.#mask] ?? 0) : 0;
  }
}
