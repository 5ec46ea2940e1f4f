import { ReeveError } from '../error.ts';

/** Tags of the types that certificates are made of. @see X.690 §8 */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** The tag of a constructed element that its context numbers. */
export const contextTag = (number: number): number => 0xa0 | number;

/** One element as it stands in its bytes; both views share memory with them. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly whole: Buffer;
}

const BITS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const MAX_NAMED_BYTES = 4;
const MAX_OID_BYTES = 64;

/** Reads elements one after the other from bytes that must be DER: definite lengths in their shortest
 *  form, tags of one byte, nothing left over. It goes no deeper than its callers do.
 *  @throws {ReeveError} `der/…`, from every method
 *  @see X.690 §10, §11 */
export class DerReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  readonly #whole: string;
  #at = 0;

  /** For messages: `what` the bytes are (`the validity`), and of which `whole` (`the leaf`). */
  constructor(bytes: Uint8Array, what: string, whole = what) {
    this.#bytes = toBuffer(bytes);
    this.#what = what;
    this.#whole = whole;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The tag of the next element, without moving; undefined at the end. */
  get tag(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The next element, of whatever type. */
  next(): Element {
    const start = this.#at;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) this.fail('tag', 'it has a tag of several bytes');
    const length = this.#length();
    const from = this.#at;
    if (length > this.#bytes.length - from) {
      this.fail('overrun', 'an element is longer than what holds it');
    }
    this.#at = from + length;
    return {
      tag,
      content: this.#bytes.subarray(from, this.#at),
      whole: this.#bytes.subarray(start, this.#at),
    };
  }

  /** The next element, which must have this tag; `name` is what it is. */
  element(tag: number, name: string): Element {
    if (this.tag !== tag) this.fail('type', `${name} is missing or of another type`);
    return this.next();
  }

  /** The next element where it has this tag. */
  optional(tag: number): Element | undefined {
    return this.tag === tag ? this.next() : undefined;
  }

  /** A reader of what stands in the next element, which must have this tag. */
  inside(tag: number, name: string): DerReader {
    return new DerReader(this.element(tag, name).content, name, this.#whole);
  }

  sequence(name: string): DerReader {
    return this.inside(TAG.sequence, name);
  }

  /** The bytes of an INTEGER in two's complement. */
  integerBytes(name: string): Buffer {
    const { content } = this.element(TAG.integer, name);
    const [first = 0, second = 0] = content;
    const isPadded = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
    if (content.length === 0 || (content.length > 1 && isPadded)) {
      this.fail('integer', `${name} is not a whole number in its shortest form`);
    }
    return content;
  }

  /** An INTEGER of 0 or more that fits 48 bits. */
  integer(name: string): number {
    const bytes = this.integerBytes(name);
    if (bytes.length > 6 || (bytes[0] ?? 0) >= 0x80) {
      this.fail('integer-range', `${name} is negative or too large`);
    }
    return bytes.readUIntBE(0, bytes.length);
  }

  boolean(name: string): boolean {
    const { content } = this.element(TAG.boolean, name);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) {
      this.fail('boolean', `${name} is neither true nor false`);
    }
    return content[0] === 0xff;
  }

  /** A BIT STRING of whole bytes. */
  bitString(name: string): Buffer {
    const { content } = this.element(TAG.bitString, name);
    if (content[0] !== 0) this.fail('bits', `${name} is not made of whole bytes`);
    return content.subarray(1);
  }

  /** The numbers of the bits that are set in a BIT STRING of named bits. */
  namedBits(name: string): ReadonlySet<number> {
    const { content } = this.element(TAG.bitString, name);
    const [unused = 0xff, ...bytes] = content.subarray(0, MAX_NAMED_BYTES + 1);
    const last = bytes.at(-1);
    const isLong = content.length > MAX_NAMED_BYTES + 1;
    if (isLong || unused > 7 || (last === undefined && unused > 0)) {
      this.fail('named-bits', `${name} is not a string of named bits`);
    }
    if (last !== undefined && (last & ((2 << unused) - 1)) !== 1 << unused) {
      this.fail('named-bits-left', `${name} has bits behind its last one`);
    }
    const bits = bytes.flatMap((byte, index) =>
      BITS.filter((bit) => byte & (0x80 >> bit)).map((bit) => index * 8 + bit),
    );
    return new Set(bits);
  }

  /** The dotted form of an OBJECT IDENTIFIER. */
  oid(name: string): string {
    const { content } = this.element(TAG.oid, name);
    const arcs: number[] = [];
    let arc = 0;
    let isInside = false;
    for (const byte of content) {
      if (!isInside && byte === 0x80) this.fail('oid', `${name} is not in its shortest form`);
      arc = arc * 128 + (byte & 0x7f);
      if (arc > Number.MAX_SAFE_INTEGER / 128) {
        this.fail('oid', `${name} has too large a number in it`);
      }
      isInside = byte >= 0x80;
      if (isInside) continue;
      arcs.push(arc);
      arc = 0;
    }
    const [first, ...rest] = arcs;
    if (isInside || first === undefined || content.length > MAX_OID_BYTES) {
      this.fail('oid', `${name} is not an object identifier`);
    }
    const root = Math.min(Math.floor(first / 40), 2);
    return [root, first - root * 40, ...rest].join('.');
  }

  /** Milliseconds since 1970 of a UTCTime or GeneralizedTime, which must be in UTC and to the second.
   *  @see RFC 5280 §4.1.2.5 */
  time(name: string): number {
    const { tag, content } = this.next();
    const text = content.toString('latin1');
    const digits =
      tag === TAG.utcTime && text.length === 13
        ? `${text < '5' ? '20' : '19'}${text}`
        : tag === TAG.generalizedTime && text.length === 15
          ? text
          : '';
    const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
    if (!parts) this.fail('time', `${name} is not a time in UTC, to the second`);
    const [, year, month, day, hour, minute, second] = parts;
    const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
    const milliseconds = Date.parse(iso);
    // A day that does not exist would be moved into the next month.
    if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== iso) {
      this.fail('time-unreal', `${name} is not a time that exists`);
    }
    return milliseconds;
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.isAtEnd) this.fail('trailing', 'something follows where it should end');
  }

  /** @throws {ReeveError} `der/REASON` */
  fail(reason: string, why: string): never {
    throw new ReeveError(
      `der/${reason}`,
      `${this.#whole} cannot be read: ${why}, at byte ${this.#at} of ${this.#what}`,
      { hint: 'encode it in DER, within the bounds' },
    );
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) this.fail('cut', 'it ends too early');
    this.#at++;
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0) this.fail('length-indefinite', 'a length is indefinite');
    if (count > 4) this.fail('length-too-long', 'a length has more than 4 bytes');
    let length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + this.#byte();
    const shortest = length < 0x80 ? 0 : Math.ceil(length.toString(16).length / 2);
    if (shortest !== count) this.fail('length-form', 'a length is not in its shortest form');
    return length;
  }
}

/** The same bytes, as a Buffer. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
