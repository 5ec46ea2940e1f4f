import { TAG } from './tags.ts';

/** One element of any type: tag, length, and the parts of its content one after the other, of less
 *  than 16 MiB together. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const header = length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x1_0000 ? 4 : 5;
  const bytes = Buffer.allocUnsafe(header + length);
  bytes[0] = tag;
  if (header === 2) bytes[1] = length;
  else {
    bytes[1] = 0x80 | (header - 2);
    bytes.writeUIntBE(length, 2, header - 2);
  }
  let at = header;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer =>
  element(TAG.sequence, ...parts);

/** A SET OF: DER wants its elements in the order of their bytes. */
export const set = (...parts: readonly Uint8Array[]): Buffer =>
  element(TAG.set, ...[...parts].sort(Buffer.compare));

/** A whole number of 0 or more. */
export function integer(value: number | bigint): Buffer {
  const hex = value.toString(16);
  return integerOfBytes(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}

/** A whole number of 0 or more from its bytes, the highest first. */
export function integerOfBytes(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return (digits[0] ?? 0) < 0x80 && digits.length > 0
    ? element(TAG.integer, digits)
    : element(TAG.integer, ZERO, digits);
}

const ZERO = Buffer.of(0);

export const boolean = (value: boolean): Buffer =>
  element(TAG.boolean, Buffer.of(value ? 0xff : 0));
export const nothing = (): Buffer => element(TAG.null);
export const octetString = (...parts: readonly Uint8Array[]): Buffer =>
  element(TAG.octetString, ...parts);

/** Whole bytes as a BIT STRING. */
export const bitString = (bytes: Uint8Array): Buffer => element(TAG.bitString, ZERO, bytes);

/** Named bits: the numbers of those that are set. Trailing zeros are left out.
 *  @see X.690 §11.2.2 */
export function namedBits(numbers: readonly number[]): Buffer {
  if (numbers.length === 0) return element(TAG.bitString, ZERO);
  const highest = Math.max(...numbers);
  const bytes = Buffer.alloc((highest >> 3) + 1);
  for (const number of numbers) {
    bytes[number >> 3] = (bytes[number >> 3] ?? 0) | (0x80 >> (number & 7));
  }
  return element(TAG.bitString, Buffer.of(7 - (highest & 7)), bytes);
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(TAG.oid, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) {
    digits.unshift(0x80 | (left & 0x7f));
  }
  return digits;
}

export const text = (tag: number, value: string): Buffer => element(tag, Buffer.from(value));

/** A point in time to the second: UTCTime until 2049, GeneralizedTime from 2050.
 *  @see RFC 5280 §4.1.2.5 */
export function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\.\d+|[-:T]/g, '');
  return digits < '205' && digits >= '195'
    ? text(TAG.utcTime, digits.slice(2))
    : text(TAG.generalizedTime, digits);
}
