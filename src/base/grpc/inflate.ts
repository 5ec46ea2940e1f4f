import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Fault, quote } from '../fault.ts';
import type { Frame } from './framing.ts';

const gunzipAsync = promisify(gunzip);

/** Codings that are taken, as `grpc-accept-encoding` lists them. */
export const ACCEPTED_CODINGS = 'identity,gzip';

export type Coding = 'identity' | 'gzip';

/** Reads `grpc-encoding`.
 *  @throws {Fault} `grpc/coding-unimplemented`
 *  @see gRPC compression */
export function parseCoding(header: string | undefined): Coding {
  if (header === undefined || header === 'identity') return 'identity';
  if (header === 'gzip') return 'gzip';
  throw new Fault('grpc/coding-unimplemented', `Messages in ${quote(header)} are not read`, {
    hint: `send one of ${ACCEPTED_CODINGS}`,
  });
}

/** Unpacks messages, only a few at a time, so that what they swell to is bounded by their number. */
export class Inflater {
  readonly #maxBytes: number;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(maxBytes: number, concurrent: number) {
    this.#maxBytes = maxBytes;
    this.#free = concurrent;
  }

  /** The message itself.
   *  @throws {Fault} `grpc/inflated-too-large`, `grpc/gzip-malformed`, `grpc/frame-broken` */
  async read({ isCompressed, bytes }: Frame, coding: Coding): Promise<Buffer> {
    if (!isCompressed) return bytes;
    if (coding === 'identity') {
      throw new Fault('grpc/frame-broken', 'A compressed message came without `grpc-encoding`');
    }
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      return await this.#gunzip(bytes);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  async #gunzip(bytes: Buffer): Promise<Buffer> {
    try {
      return await gunzipAsync(bytes, { maxOutputLength: this.#maxBytes });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') {
        throw new Fault('grpc/gzip-malformed', 'The message is not valid gzip');
      }
      throw new Fault(
        'grpc/inflated-too-large',
        `The message has more than ${this.#maxBytes} bytes once it is unpacked`,
        { hint: 'send smaller batches, or raise `maxInflatedBytes`' },
      );
    }
  }
}
