import { bytesField, textField, WireReader } from '../../../base/protobuf/index.ts';
import type { WrittenSlice } from './write-slice.ts';

/** A revision is a SHA-256 in hexadecimal; what is longer is none. */
const MAX_REVISION_BYTES = 128;

/** The revision that the caller has; empty: none.
 *  @throws {Fault} `protobuf/malformed` */
export function readWatchRequest(message: Buffer): string {
  const request = new WireReader(message);
  let revision = '';
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) revision = request.text(MAX_REVISION_BYTES);
    else request.skip();
  }
  return revision;
}

/** Says everything; to one who has it, no more than that it holds. */
export function watchResponse({ revision, bytes }: WrittenSlice, isKnown: boolean): Buffer {
  const parts = [textField(1, revision), ...(isKnown ? [] : [bytesField(2, bytes)])];
  return Buffer.concat(parts);
}
