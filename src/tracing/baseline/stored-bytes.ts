import { crc32 } from 'node:zlib';
import { Fault } from '../../base/fault.ts';

const MAGIC = 0x4c425652;
const HEAD = 16;

/** A snapshot as bytes: magic, length of the header, and a checksum of what follows (little-endian words); the header as
 *  JSON; words. */
export function packSnapshot(header: unknown, words: readonly Uint32Array[]): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const body = Buffer.concat([
    json,
    Buffer.alloc(-json.length & 3),
    ...words.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
  ]);
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(json.length, 4);
  head.writeUInt32LE(crc32(body), 8);
  return Buffer.concat([head, body]);
}

/** @throws {Fault} `tracing/snapshot-malformed` */
export function unpackSnapshot(bytes: Uint8Array): { header: unknown; words: Uint32Array } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEAD || buffer.readUInt32LE(0) !== MAGIC) {
    throw malformed('it does not begin like one');
  }
  const length = buffer.readUInt32LE(4);
  const body = buffer.subarray(HEAD);
  if (crc32(body) !== buffer.readUInt32LE(8)) throw malformed('its checksum is another');
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
