import { ReeveError } from '../error.ts';

/** One field of a message: bytes where its type has a length, a number where it has none. */
export interface Field {
  readonly number: number;
  readonly bytes?: Buffer;
  /** Of types that have no length; the 64 bits of a double as they stand. */
  readonly value?: bigint;
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH = 2;
const FIXED_32 = 5;
const MAX_VARINT_BYTES = 10;

/** Reads the fields of a message one after the other, those that are not known too.
 *  @throws {ReeveError} `workload-api/malformed`
 *  @see Protocol Buffers, Encoding */
export function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = message[at++];
      if (byte === undefined) throw malformed('it ends too early');
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed('a number has more than ten bytes');
  };
  const take = (length: number): Buffer => {
    if (length > message.length - at) throw malformed('a field is longer than what holds it');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    if (number < 1 || number > 0x1fff_ffff) throw malformed('a field has a number that is none');
    const type = tag % 8;
    if (type === LENGTH) yield { number, bytes: take(Number(varint())) };
    else if (type === VARINT) yield { number, value: varint() };
    else if (type === FIXED_64) yield { number, value: take(8).readBigUInt64LE() };
    else if (type === FIXED_32) yield { number, value: BigInt(take(4).readUInt32LE()) };
    else throw malformed('a field is of a type that there is not');
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a field.
 *  @throws {ReeveError} `workload-api/malformed` */
export function textOf({ bytes, number }: Field): string {
  try {
    return UTF8.decode(bytesOf({ number, ...(bytes && { bytes }) }));
  } catch (thrown) {
    if (thrown instanceof ReeveError) throw thrown;
    throw malformed(`field ${number} is not text in UTF-8`);
  }
}

/** @throws {ReeveError} `workload-api/malformed` */
export function bytesOf({ bytes, number }: Field): Buffer {
  if (bytes) return bytes;
  throw malformed(`field ${number} is of another type`);
}

export const malformed = (why: string): ReeveError =>
  new ReeveError('workload-api/malformed', `a message of the Workload API cannot be read: ${why}`, {
    hint: 'see whether what listens there is a SPIFFE Workload API',
  });

/** A field of text, as a request carries it. */
export function textField(number: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([varintOf(number * 8 + LENGTH), varintOf(bytes.length), bytes]);
}

function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.of(...bytes, rest);
}

const MAX_STRUCT_DEPTH = 32;

/** The JSON value of a google.protobuf.Struct.
 *  @throws {ReeveError} `workload-api/malformed` */
export function structOf(message: Buffer, depth = 0): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const field of fieldsOf(message)) {
    if (field.number !== 1) continue;
    let name = '';
    let value: unknown = null;
    for (const part of fieldsOf(bytesOf(field))) {
      if (part.number === 1) name = textOf(part);
      if (part.number === 2) value = jsonOf(bytesOf(part), depth);
    }
    entries.push([name, value]);
  }
  // An entry of its own for `__proto__`, too.
  return Object.fromEntries(entries);
}

function jsonOf(message: Buffer, depth: number): unknown {
  if (depth > MAX_STRUCT_DEPTH) throw malformed(`it is deeper than ${MAX_STRUCT_DEPTH} levels`);
  let value: unknown = null;
  for (const field of fieldsOf(message)) value = VALUES[field.number]?.(field, depth + 1) ?? null;
  return value;
}

/** By the number of the field of a google.protobuf.Value. */
const VALUES: Readonly<Record<number, (field: Field, depth: number) => unknown>> = {
  2: ({ value = 0n }) => {
    const bits = Buffer.alloc(8);
    bits.writeBigUInt64LE(value);
    return bits.readDoubleLE();
  },
  3: textOf,
  4: ({ value = 0n }) => value !== 0n,
  5: (field, depth) => structOf(bytesOf(field), depth),
  6: (field, depth) => {
    const items: unknown[] = [];
    for (const item of fieldsOf(bytesOf(field))) {
      if (item.number === 1) items.push(jsonOf(bytesOf(item), depth));
    }
    return items;
  },
};
