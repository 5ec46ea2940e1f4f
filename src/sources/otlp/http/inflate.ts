import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Fault } from '../../../base/fault.ts';
import { tooLarge } from './too-large.ts';

const gunzipAsync = promisify(gunzip);
/** Bodies unpacked at once. */
const MAX_INFLATING = 4;
const CHUNK_BYTES = 128 * 1024;

/** Unpacks bodies, only a few at a time, so that what they swell to is bounded by their number. */
export class Inflater {
  readonly #maxBytes: number;
  #inflating = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param maxBytes of one body, unpacked */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws {Fault} `otlp/inflated-too-large`, `otlp/gzip-malformed` */
  async read(packed: Buffer): Promise<Buffer> {
    if (this.#inflating < MAX_INFLATING) this.#inflating++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await inflate(packed, this.#maxBytes);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inflating--;
    }
  }
}

/** Unpacks gzip, and stops as soon as it is more than so many bytes.
 *  @throws {Fault} `otlp/inflated-too-large`, `otlp/gzip-malformed` */
async function inflate(packed: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await gunzipAsync(packed, {
      maxOutputLength: maxBytes,
      chunkSize: CHUNK_BYTES,
    });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('otlp/inflated-too-large', 'otlp.maxInflatedBytes', maxBytes);
    }
    throw new Fault('otlp/gzip-malformed', 'The request is not valid gzip');
  }
}
