import { crc32 } from 'node:zlib';
import { Fault } from '../../base/fault.ts';
import { bytesOf, lengthOf, type Steps, toJsonBytes, withHead } from '../steps.ts';

const MAGIC = 0x4c425652;
const HEAD = 16;

/** A snapshot as bytes: magic, length of the header, and a checksum of what follows (little-endian words); the header as
 *  JSON; words. */
export function* packSnapshot(header: unknown, words: readonly Uint32Array[]): Steps<Uint8Array[]> {
  const json = yield* toJsonBytes(header);
  const length = lengthOf(json);
  return yield* withHead(MAGIC, length, [
    ...json,
    Buffer.alloc(-length & 3),
    ...words.map(bytesOf),
  ]);
}

/** @throws {Fault} `tracing/snapshot-malformed` */
export function unpackSnapshot(bytes: Uint8Array): { header: unknown; words: Uint32Array } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEAD || buffer.readUInt32LE(0) !== MAGIC) {
    throw malformed('it does not begin like one');
  }
  const length = buffer.readUInt32LE(4);
  const body = buffer.subarray(HEAD);
  if (crc32(body) !== buffer.readUInt32LE(8) || buffer.readUInt32LE(12) !== 0)
    throw malformed('its checksum is another');
  const from = length + (-length & 3);
  if (from > body.length || (body.length - from) % 4 !== 0) throw malformed('it is cut off');
  const words = new Uint32Array((body.length - from) / 4);
  Buffer.from(words.buffer).set(body.subarray(from));
  return { header: parse(body.subarray(0, length).toString()), words };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('its header is not JSON', cause);
  }
}

export function malformed(why: string, cause?: unknown): Fault {
  return new Fault(
    'tracing/snapshot-malformed',
    `the snapshot of what is usual cannot be read: ${why}`,
    { hint: 'remove it: what is usual is learnt again', cause },
  );
}
