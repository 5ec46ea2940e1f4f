import { Near } from '../near.ts';

/** Words of one hop, a quarter of a line: the lower 32 bits of its id, its endpoint, the service by which it came in. */
const HOP = { id: 0, endpoint: 1, entry: 2 } as const;
const WORDS = 4;

/** What led to what: the endpoint and the entry service of the latest hops, under the lower 32 bits of their ids, in a
 *  ring. */
export class RecentHops {
  readonly #mask: number;
  readonly #words: Uint32Array;
  readonly #near = new Near();

  constructor(most: number) {
    const size = 2 ** Math.floor(Math.log2(most));
    this.#mask = size - 1;
    this.#words = new Uint32Array(size * WORDS);
  }

  put(id: number, endpoint: number, entry: number): void {
    const at = this.#at(id);
    this.#words[at + HOP.id] = id;
    this.#words[at + HOP.endpoint] = endpoint;
    this.#words[at + HOP.entry] = entry;
  }

  has(id: number): boolean {
    return id !== 0 && this.#words[this.#at(id)] === id >>> 0;
  }
  /** 0 where it is not known. */
  endpoint(id: number): number {
    return this.has(id) ? (this.#words[this.#at(id) + HOP.endpoint] ?? 0) : 0;
  }
  entry(id: number): number {
    return this.has(id) ? (this.#words[this.#at(id) + HOP.entry] ?? 0) : 0;
  }

  /** One will be asked for soon. */
  expect(id: number): void {
    this.#near.want(id & this.#mask);
  }

  /** Reads those that are expected. */
  bringNear(): void {
    this.#near.read(this.#words, WORDS);
  }

  #at(id: number): number {
    return (id & this.#mask) * WORDS;
  }
}
