import { Fault } from '../fault.ts';

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH = 2;
const FIXED_32 = 5;
const MAX_FIELD = 0x1fffffff;

/** Reads the fields of one message in their order.
 *
 *  @example
 *  for (let field = message.next(); field !== 0; field = message.next()) {
 *    if (field === 1) name = message.text(200);
 *    else message.skip();
 *  }
 *  @see Protocol Buffers, Encoding */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  #wireType = 0;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Moves to the next field; its number, or 0 at the end. The field must then be read or skipped.
   *  @throws {Fault} `protobuf/malformed`, as every read does */
  next(): number {
    if (this.#at >= this.#end) return 0;
    const tag = this.#varint();
    this.#wireType = tag & 7;
    const field = Math.floor(tag / 8);
    if (field === 0 || field > MAX_FIELD) throw malformed('a field number is out of range');
    return field;
  }

  /** A whole number that is not negative, or a boolean or enumeration. Numbers beyond 2^53 lose their
   *  low digits. */
  integer(): number {
    this.#expect(VARINT);
    return this.#varint();
  }

  boolean(): boolean {
    return this.integer() !== 0;
  }

  double(): number {
    this.#expect(FIXED_64);
    return this.#bytes.readDoubleLE(this.#advance(8));
  }

  /** The message that the field holds, to be read on its own. */
  message(): WireReader {
    const end = this.#length();
    const start = this.#at;
    this.#at = end;
    return new WireReader(this.#bytes, start, end);
  }

  /** The bytes of the field, a view of the message's. */
  bytes(): Buffer {
    const end = this.#length();
    const start = this.#at;
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }

  /** At most the first `maxBytes` bytes; what is no UTF-8 becomes U+FFFD. */
  text(maxBytes: number): string {
    const end = this.#length();
    const start = this.#at;
    this.#at = end;
    return this.#bytes.toString('utf8', start, Math.min(end, start + maxBytes));
  }

  /** Whether the field, of text or bytes, begins so; it is still to be read or skipped. */
  begins(prefix: Uint8Array): boolean {
    const before = this.#at;
    const end = this.#length();
    const start = this.#at;
    this.#at = before;
    if (end - start < prefix.length) return false;
    for (let index = 0; index < prefix.length; index++) {
      if (this.#bytes[start + index] !== prefix[index]) return false;
    }
    return true;
  }

  /** Whether the field, of text or bytes, is just this; reads it. */
  is(text: Uint8Array): boolean {
    const begins = this.begins(text);
    const end = this.#length();
    const isSame = begins && end - this.#at === text.length;
    this.#at = end;
    return isSame;
  }

  skip(): void {
    if (this.#wireType === VARINT) this.#varint();
    else if (this.#wireType === LENGTH) this.#at = this.#length();
    else if (this.#wireType === FIXED_64) this.#advance(8);
    else if (this.#wireType === FIXED_32) this.#advance(4);
    else throw malformed('a field has a type that proto3 does not know');
  }

  /** The end of a field that says how long it is, having moved to its beginning. */
  #length(): number {
    this.#expect(LENGTH);
    const length = this.#varint();
    if (length > this.#end - this.#at) throw malformed('a field is longer than its message');
    return this.#at + length;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      if (this.#at >= this.#end) throw malformed('it ends inside a number');
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw malformed('a number has more than 10 bytes');
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType) throw malformed('a field has the wrong type');
  }

  #advance(length: number): number {
    const start = this.#at;
    if (length > this.#end - start) throw malformed('a field is longer than its message');
    this.#at = start + length;
    return start;
  }
}

function malformed(why: string): Fault {
  return new Fault('protobuf/malformed', `The message is not valid protobuf: ${why}`);
}
