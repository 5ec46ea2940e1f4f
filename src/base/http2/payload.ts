import { ERROR, FLAG } from './protocol.ts';
import { ConnectionFault } from './protocol-fault.ts';

/** Bytes of a priority, in HEADERS and PRIORITY. */
export const PRIORITY_BYTES = 5;

/** Bytes of a payload that are padding, the one that says how many among them.
 *  @throws {ConnectionFault}
 *  @see RFC 9113 §6.1 */
export function paddingOf(flags: number, bytes: Buffer, start: number, end: number): number {
  if ((flags & FLAG.padded) === 0) return 0;
  if (start === end) throw new ConnectionFault(ERROR.frameSize, 'A frame ends before its padding');
  const padding = bytes[start] as number; // there is one byte at least
  if (padding < end - start) return padding + 1;
  throw new ConnectionFault(ERROR.protocol, 'A frame has more padding than bytes');
}

/** A number of 31 bits: of a stream, or by how much a window grows. */
export function numberAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) & 0x7fff_ffff;
}

/** @throws {ConnectionFault} for a frame of another size than it can only have */
export function checkSize(isRight: boolean, frame: string): void {
  if (!isRight)
    throw new ConnectionFault(ERROR.frameSize, `${frame} has a size that it cannot have`);
}

/** @throws {ConnectionFault} for a frame that belongs to the connection and is sent on a stream */
export function checkOfConnection(streamId: number, frame: string): void {
  if (streamId !== 0) throw new ConnectionFault(ERROR.protocol, `${frame} of a stream`);
}
