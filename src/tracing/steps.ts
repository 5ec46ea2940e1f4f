import { crc32 } from 'node:zlib';

/** Work that can rest after each of its steps, of a few milliseconds at most. */
export type Steps<Result> = Generator<undefined, Result>;

/** Goes through all of it at once. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Items of an array that are written at a time. */
const ITEMS = 2_000;
const BYTES = 4 * 2 ** 20;

/** What `JSON.stringify` gives, in pieces: long arrays are written a part after another.
 *  @param value of plain objects, arrays and what JSON has, nothing undefined */
export function* jsonPieces(value: unknown): Generator<string> {
  if (Array.isArray(value)) yield* arrayPieces(value);
  else if (typeof value === 'object' && value !== null) {
    let before = '{';
    for (const [key, member] of Object.entries(value)) {
      yield `${before}${JSON.stringify(key)}:`;
      yield* jsonPieces(member);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else yield JSON.stringify(value);
}

function* arrayPieces(items: readonly unknown[]): Generator<string> {
  yield '[';
  for (let from = 0; from < items.length; from += ITEMS) {
    const text = JSON.stringify(items.slice(from, from + ITEMS)).slice(1, -1);
    yield from === 0 ? text : `,${text}`;
  }
  yield ']';
}

/** The bytes of a value in JSON. */
export function* toJsonBytes(value: unknown): Steps<Buffer[]> {
  const bytes: Buffer[] = [];
  for (const piece of jsonPieces(value)) {
    bytes.push(Buffer.from(piece));
    yield;
  }
  return bytes;
}

/** Puts sixteen bytes before parts, little-endian: a magic word, a length that belongs to the format, the CRC-32 of all
 *  parts, and 0. */
export function* withHead(
  magic: number,
  length: number,
  parts: readonly Uint8Array[],
): Steps<Uint8Array[]> {
  let sum = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += BYTES) {
      sum = crc32(part.subarray(from, from + BYTES), sum);
      yield;
    }
  }
  const head = Buffer.alloc(16);
  head.writeUInt32LE(magic, 0);
  head.writeUInt32LE(length, 4);
  head.writeUInt32LE(sum, 8);
  return [head, ...parts];
}

export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** The bytes of words, which are not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
