import type { HeaderLimits } from './hpack/index.ts';
import { type HeaderField, HpackDecoder } from './hpack/index.ts';
import { ERROR } from './protocol.ts';
import { ConnectionFault } from './protocol-fault.ts';
import { type RequestHeaders, requestHeaders } from './request-headers.ts';

/** Of one header block, packed: what is longer is over the limits of headers however it is packed. */
const MAX_BLOCK_BYTES = 64 * 1024;
const MAX_CONTINUATIONS = 16;
/** Longer blocks are read each time. */
const MAX_REMEMBERED_BYTES = 256;

/** A header block that has begun, and whose other frames are to come. */
interface Begun {
  readonly streamId: number;
  readonly endsStream: boolean;
  readonly pieces: Buffer[];
  bytes: number;
}

/** The header blocks of one connection. A client that sends the block of its last request again, as most do, is
 *  understood without reading it again.
 *  @see RFC 9113 §4.3, §6.10 */
export class HeaderBlocks {
  readonly #decoder: HpackDecoder;
  #begun: Begun | undefined;
  #lastBlock: Buffer | undefined;
  #lastHeaders: RequestHeaders | undefined;
  #lastChanges = 0;

  constructor(limits: HeaderLimits) {
    this.#decoder = new HpackDecoder(limits);
  }

  /** The stream whose headers are not all there; undefined: there is none. */
  get begun(): { readonly streamId: number; readonly endsStream: boolean } | undefined {
    return this.#begun;
  }

  begin(streamId: number, endsStream: boolean, bytes: Buffer, start: number, end: number): void {
    const piece = Buffer.from(bytes.subarray(start, end));
    this.#begun = { streamId, endsStream, pieces: [piece], bytes: piece.length };
  }

  /** @throws {ConnectionFault} for a block that does not end */
  goOn(bytes: Buffer, start: number, end: number): void {
    const begun = this.#begun;
    if (begun === undefined) throw new ConnectionFault(ERROR.protocol, 'CONTINUATION of nothing');
    begun.pieces.push(Buffer.from(bytes.subarray(start, end)));
    begun.bytes += end - start;
    if (begun.bytes > MAX_BLOCK_BYTES || begun.pieces.length > MAX_CONTINUATIONS) {
      throw new ConnectionFault(
        ERROR.enhanceYourCalm,
        `The headers of one message have more than ${MAX_BLOCK_BYTES} bytes, or ${MAX_CONTINUATIONS} frames`,
      );
    }
  }

  /** The block that has begun, as a whole. */
  whole(): Buffer {
    const pieces = this.#begun?.pieces ?? [];
    this.#begun = undefined;
    return Buffer.concat(pieces);
  }

  /** @throws {ConnectionFault} for what is no header block */
  fields(bytes: Buffer, start: number, end: number): readonly HeaderField[] | undefined {
    return this.#decoder.decode(bytes, start, end);
  }

  /** The headers of a request; undefined where they are malformed, and `too large`.
   *  @throws {ConnectionFault} as `fields` */
  request(bytes: Buffer, start: number, end: number): RequestHeaders | 'too large' | undefined {
    if (this.#isLast(bytes, start, end)) return this.#lastHeaders;
    const before = this.#decoder.changes;
    const fields = this.#decoder.decode(bytes, start, end);
    if (fields === undefined) return 'too large';
    const headers = requestHeaders(fields);
    if (this.#decoder.changes === before && end - start <= MAX_REMEMBERED_BYTES) {
      this.#lastBlock = Buffer.from(bytes.subarray(start, end));
      this.#lastHeaders = headers;
      this.#lastChanges = before;
    }
    return headers;
  }

  #isLast(bytes: Buffer, start: number, end: number): boolean {
    const last = this.#lastBlock;
    if (last?.length !== end - start || this.#lastChanges !== this.#decoder.changes) return false;
    for (let at = 0; at < last.length; at++) {
      if (last[at] !== bytes[start + at]) return false;
    }
    return true;
  }
}
