import { Fault } from '../../../base/fault.ts';

export const WIRE_TYPE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A place in protobuf bytes. Messages are read in place: whoever reads one keeps its end, and no
 *  field may reach over it, so that the cost is linear in the bytes.
 *  @see Protocol Buffers, Encoding */
export class WireCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;

  /** Integers beyond 2^53 lose their low digits.
   *  @throws {Fault} `otlp/protobuf-malformed`, as do all that read */
  varint(end: number): number {
    const { at } = this;
    if (at < end) {
      const byte = this.bytes[at] ?? 0;
      if (byte < 0x80) {
        this.at = at + 1;
        return byte;
      }
    }
    return this.#longVarint(end);
  }

  /** The end of a field of bytes that lies within `end`; the cursor is then at its start. */
  length(end: number): number {
    const length = this.varint(end);
    const fieldEnd = this.at + length;
    if (fieldEnd > end) throw malformed('a field is longer than its message');
    return fieldEnd;
  }

  /** Passes over a field with this tag. */
  skip(tag: number, end: number): void {
    if (tag < 8 || tag > 0xffffffff) throw malformed('a field number is out of range');
    const type = tag & 7;
    if (type === WIRE_TYPE.bytes) this.at = this.length(end);
    else if (type === WIRE_TYPE.varint) this.varint(end);
    else if (type === WIRE_TYPE.fixed64) this.#advance(8, end);
    else if (type === WIRE_TYPE.fixed32) this.#advance(4, end);
    else throw malformed('a field has a type that proto3 does not know');
  }

  /** 64 bits; integers beyond 2^53 lose their low digits. */
  fixed64(end: number): number {
    const { bytes, at } = this;
    this.#advance(8, end);
    return uint32(bytes, at + 4) * 4_294_967_296 + uint32(bytes, at);
  }

  double(end: number): number {
    const { buffer, byteOffset } = this.bytes;
    const start = byteOffset + this.at;
    this.#advance(8, end);
    return new DataView(buffer).getFloat64(start, true);
  }

  #advance(length: number, end: number): void {
    if (length > end - this.at) throw malformed('a field is longer than its message');
    this.at += length;
  }

  #longVarint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      if (this.at >= end) throw malformed('it ends inside a number');
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw malformed('a number has more than 10 bytes');
  }
}

/** Four bytes, the lowest first. */
export function uint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)) >>>
    0
  );
}

export function malformed(why: string): Fault {
  return new Fault('otlp/protobuf-malformed', `The request is not valid protobuf: ${why}`);
}
