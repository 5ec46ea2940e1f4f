import { Fault } from '../../../base/fault.ts';

/** Reads the fields of one protobuf message without a schema and without copying. Every read is
 *  checked against the end of the message, so the cost is linear in its bytes.
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
   *  @throws {Fault} `otlp/protobuf-malformed` */
  next(): number {
    if (this.#at >= this.#end) return 0;
    const tag = this.varint();
    this.#wireType = tag & 7;
    const field = Math.floor(tag / 8);
    if (field === 0 || field > 0x1fffffff) throw malformed('a field number is out of range');
    return field;
  }

  /** Integers beyond 2^53 lose their low digits. */
  varint(): number {
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

  /** The value of a field of whole numbers. */
  integer(): number {
    this.#expect(0);
    return this.varint();
  }

  double(): number {
    this.#expect(1);
    const start = this.#advance(8);
    return this.#bytes.readDoubleLE(start);
  }

  message(): WireReader {
    const [start, end] = this.#span();
    return new WireReader(this.#bytes, start, end);
  }

  text(maxLength: number): string {
    const [start, end] = this.#span();
    return this.#bytes.toString('utf8', start, Math.min(end, start + maxLength));
  }

  hex(): string {
    const [start, end] = this.#span();
    return this.#bytes.toString('hex', start, end);
  }

  skip(): void {
    if (this.#wireType === 0) this.varint();
    else if (this.#wireType === 1) this.#advance(8);
    else if (this.#wireType === 2) this.#span();
    else if (this.#wireType === 5) this.#advance(4);
    else throw malformed('a field has a type that proto3 does not know');
  }

  #span(): [number, number] {
    this.#expect(2);
    const length = this.varint();
    const start = this.#advance(length);
    return [start, start + length];
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
  return new Fault('otlp/protobuf-malformed', `The request is not valid protobuf: ${why}`);
}
