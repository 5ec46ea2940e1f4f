import type { SpanBatch, SpanLink } from './batch.ts';
import { SPAN_FIELD, SPAN_WORDS } from './layout.ts';
import type { SpanOperation, SpanParty } from './names.ts';

const SIDE_BITS = 0xff;

/** Reads the rows of a batch, one after another, without an object for each. */
export class SpanCursor {
  #batch: SpanBatch;
  #starts: Float64Array;
  #row = -1;
  #at = 0;
  #link = 0;

  constructor(batch: SpanBatch) {
    this.#batch = batch;
    this.#starts = startsOf(batch);
  }

  /** Goes to the next row; false at the end. */
  next(): boolean {
    this.#row++;
    this.#at = this.#row * SPAN_WORDS;
    return this.#row < this.#batch.count;
  }

  /** Number of the row in its batch. */
  get row(): number {
    return this.#row;
  }
  /** Where the words of the row begin. */
  get at(): number {
    return this.#at;
  }
  get words(): Uint32Array {
    return this.#batch.words;
  }

  word(field: number): number {
    return this.#batch.words[this.#at + field] ?? 0;
  }
  get startMs(): number {
    return this.#starts[(this.#at + SPAN_FIELD.start) / 2] ?? 0;
  }
  get side(): number {
    return this.word(SPAN_FIELD.side) & SIDE_BITS;
  }
  has(flag: number): boolean {
    return (this.word(SPAN_FIELD.side) & flag) !== 0;
  }

  get service(): SpanParty | undefined {
    return this.#batch.parties[this.word(SPAN_FIELD.service) - 1];
  }
  get peer(): SpanParty | undefined {
    return this.#batch.parties[this.word(SPAN_FIELD.peer) - 1];
  }
  get operation(): SpanOperation | undefined {
    return this.#batch.operations[this.word(SPAN_FIELD.operation) - 1];
  }
  /** Of `principal`, `address`, `instance` or `version`. */
  text(field: number): string | undefined {
    return this.#batch.texts[this.word(field) - 1];
  }

  /** The next link of this row, or undefined. */
  nextLink(): SpanLink | undefined {
    const { links } = this.#batch;
    while ((links[this.#link]?.row ?? Infinity) < this.#row) this.#link++;
    const link = links[this.#link];
    if (link?.row !== this.#row) return undefined;
    this.#link++;
    return link;
  }

  /** Hexadecimal; undefined where there is none. */
  get traceId(): string | undefined {
    return toHex(this.#batch.words, this.#at + SPAN_FIELD.trace, 4);
  }
  get spanId(): string | undefined {
    return toHex(this.#batch.words, this.#at + SPAN_FIELD.span, 2);
  }
  get parentId(): string | undefined {
    return toHex(this.#batch.words, this.#at + SPAN_FIELD.parent, 2);
  }
}

/** Rows come as their words lie in memory: aligned, unless somebody cut them out of something larger. */
function startsOf({ words }: SpanBatch): Float64Array {
  const aligned = words.byteOffset % 8 === 0 ? words : words.slice();
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.length >> 1);
}

/** Words as the hexadecimal digits of their bytes; undefined where all of them are 0. */
export function toHex(words: Uint32Array, at: number, length: number): string | undefined {
  const bytes = Buffer.alloc(length * 4);
  let any = 0;
  for (let word = 0; word < length; word++) {
    const value = words[at + word] ?? 0;
    any |= value;
    bytes.writeUInt32LE(value, word * 4);
  }
  return any === 0 ? undefined : bytes.toString('hex');
}
