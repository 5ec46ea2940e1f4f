import { ERROR } from '../protocol.ts';
import { ConnectionFault } from '../protocol-fault.ts';
import { DynamicTable } from './dynamic-table.ts';
import { HeaderField } from './header-field.ts';
import { huffmanDecode } from './huffman.ts';
import { STATIC_TABLE } from './static-table.ts';

/** Of the table of a peer; what is not said otherwise in SETTINGS. @see RFC 9113 §6.5.2 */
export const TABLE_BYTES = 4_096;
/** Behind the first one of a number: 28 bits, more than anything here may count. */
const MAX_NUMBER_BYTES = 4;

/** What the headers of one message may come to. */
export interface HeaderLimits {
  /** As RFC 9113 §10.5.1 counts. */
  readonly maxListBytes: number;
  readonly maxFields: number;
}

/** Reads header blocks of one connection, in the order in which they came: each may change what the next ones mean.
 *  @see RFC 7541 */
export class HpackDecoder {
  readonly #limits: HeaderLimits;
  readonly #table = new DynamicTable(TABLE_BYTES);
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #fields: HeaderField[] = [];
  #listBytes = 0;

  constructor(limits: HeaderLimits) {
    this.#limits = limits;
  }

  /** How often its table has changed: a block that does not change it means the same again. */
  get changes(): number {
    return this.#table.changes;
  }

  /** The fields; undefined where they are over the limits: such a block is read to its end, and nothing of it is kept
   *  but what belongs into the table.
   *  @throws {ConnectionFault} for what is no header block */
  decode(bytes: Buffer, start: number, end: number): readonly HeaderField[] | undefined {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#fields = [];
    this.#listBytes = 0;
    while (this.#resizes()) this.#resize();
    while (this.#at < end) this.#readField(bytes[this.#at] as number); // before the end
    const { maxListBytes, maxFields } = this.#limits;
    const isOver = this.#listBytes > maxListBytes || this.#fields.length > maxFields;
    return isOver ? undefined : this.#fields;
  }

  #readField(first: number): void {
    if (first >= 0x80) this.#keep(this.#entry(this.#number(0x7f)));
    else if (first >= 0x40) {
      const field = this.#literal(0x3f);
      this.#table.add(field);
      this.#keep(field);
    } else if (first >= 0x20) throw broken('the size of the table changes within a header block');
    else this.#keep(this.#literal(0x0f));
  }

  #keep(field: HeaderField): void {
    this.#listBytes += field.sizeBytes;
    if (this.#fields.length <= this.#limits.maxFields) this.#fields.push(field);
  }

  #literal(mask: number): HeaderField {
    const index = this.#number(mask);
    const name = index === 0 ? this.#text() : this.#entry(index).name;
    return new HeaderField(name, this.#text());
  }

  #entry(index: number): HeaderField {
    const field =
      index <= STATIC_TABLE.length
        ? STATIC_TABLE[index - 1]
        : this.#table.at(index - STATIC_TABLE.length - 1);
    if (field === undefined)
      throw broken('a header refers to an entry that the table does not have');
    return field;
  }

  #resizes(): boolean {
    return this.#at < this.#end && ((this.#bytes[this.#at] as number) & 0xe0) === 0x20; // before the end
  }

  #resize(): void {
    const size = this.#number(0x1f);
    if (size > TABLE_BYTES) throw broken('the table is to be larger than it may be');
    this.#table.resize(size);
  }

  /** @see RFC 7541 §5.1 */
  #number(mask: number): number {
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift < MAX_NUMBER_BYTES * 7; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw broken('a number is too large');
  }

  /** @see RFC 7541 §5.2 */
  #text(): string {
    const isPacked = this.#at < this.#end && (this.#bytes[this.#at] as number) >= 0x80; // before the end
    const length = this.#number(0x7f);
    const start = this.#at;
    if (length > this.#end - start) throw broken('a text is longer than its header block');
    this.#at = start + length;
    if (!isPacked) return this.#bytes.toString('latin1', start, this.#at);
    const text = huffmanDecode(this.#bytes, start, this.#at);
    if (text === undefined) throw broken('a text is not valid Huffman code');
    return text;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw broken('a header block ends inside a header');
    return this.#bytes[this.#at++] as number; // before the end
  }
}

function broken(why: string): ConnectionFault {
  return new ConnectionFault(ERROR.compression, `The headers cannot be read: ${why}`);
}
