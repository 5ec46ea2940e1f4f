import type { HeaderField } from './header-field.ts';

/** The smallest entry, which has no text at all. */
const MIN_ENTRY_BYTES = 32;

/** The headers to which a peer may refer by number, the newest first; the oldest are dropped where there is no room.
 *  @see RFC 7541 §2.3.2, §4 */
export class DynamicTable {
  readonly #ring: (HeaderField | undefined)[];
  readonly #mask: number;
  #newest = 0;
  #count = 0;
  #bytes = 0;
  #maxBytes: number;
  #changes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    const capacity = 2 ** Math.ceil(Math.log2(maxBytes / MIN_ENTRY_BYTES + 1));
    this.#ring = new Array<HeaderField | undefined>(capacity).fill(undefined);
    this.#mask = capacity - 1;
  }

  /** How often it has changed: what was read of it is the same as long as this is. */
  get changes(): number {
    return this.#changes;
  }

  /** Undefined where there is none; 0 is the newest. */
  at(index: number): HeaderField | undefined {
    return index < this.#count ? this.#ring[(this.#newest - index) & this.#mask] : undefined;
  }

  /** A field that is larger than the table empties it. */
  add(field: HeaderField): void {
    this.#changes++;
    this.#evict(this.#maxBytes - field.sizeBytes);
    if (field.sizeBytes > this.#maxBytes) return;
    this.#newest = (this.#newest + 1) & this.#mask;
    this.#ring[this.#newest] = field;
    this.#bytes += field.sizeBytes;
    this.#count++;
  }

  /** @param maxBytes at most what the table was made with */
  resize(maxBytes: number): void {
    this.#changes++;
    this.#maxBytes = maxBytes;
    this.#evict(maxBytes);
  }

  #evict(maxBytes: number): void {
    while (this.#bytes > maxBytes && this.#count > 0) {
      const oldest = (this.#newest - this.#count + 1) & this.#mask;
      this.#bytes -= this.#ring[oldest]?.sizeBytes ?? 0;
      this.#ring[oldest] = undefined;
      this.#count--;
    }
  }
}
