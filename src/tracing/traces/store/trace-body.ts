import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Fault, quote } from '../../../base/fault.ts';
import { KeptTrace } from '../kept-trace.ts';

/** Of one trace, unpacked. */
const MAX_BYTES = 256 * 1024 * 1024;

/** A trace as it is stored: JSON, packed with Zstandard.
 *  @see RFC 8878 */
export function packTrace(trace: KeptTrace): Buffer {
  return zstdCompressSync(JSON.stringify(trace));
}

/** @throws {Fault} `tracing/trace-malformed` where something else wrote it, or the disk has lost some of it */
export function unpackTrace(id: string, body: Uint8Array): KeptTrace {
  try {
    const text = zstdDecompressSync(body, { maxOutputLength: MAX_BYTES }).toString();
    return KeptTrace.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('tracing/trace-malformed', `The stored trace ${quote(id)} cannot be read`, {
      hint: 'it is damaged, or of another version of Reeve; the others can still be read',
      cause,
    });
  }
}
