import type { FileHandle } from 'node:fs/promises';
import type { Sighting } from '../../../estate/index.ts';
import { AccessLogDecoder, type DecoderOptions, type DropReason } from '../index.ts';
import { digestOf, HEAD_BYTES, headOf, identityOf, type LogPosition } from './position.ts';

/** What some lines of a log said, and up to where they reach. */
export interface LogBatch {
  readonly sightings: readonly Sighting[];
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
  /** To be stored together with the sightings, so that none is counted twice or lost. */
  readonly position: LogPosition;
}

export interface OpenLogOptions {
  /** Path as configured. */
  readonly file: string;
  readonly chunkBytes: number;
  readonly decoder: DecoderOptions;
}

/** One open file of a log, read forward from an offset. A new one is made wherever a file is read
 *  from its beginning again. */
export class OpenLog {
  readonly handle: FileHandle;
  readonly identity: string;
  readonly #options: OpenLogOptions;
  readonly #decoder: AccessLogDecoder;
  readonly #chunk: Buffer;
  readonly #start: number;
  #read: number;
  #head: Buffer;
  #sightings: Sighting[] = [];
  #drops: Partial<Record<DropReason, number>> = {};

  private constructor(
    handle: FileHandle,
    identity: string,
    head: Buffer,
    start: number,
    options: OpenLogOptions,
  ) {
    this.handle = handle;
    this.identity = identity;
    this.#head = head;
    this.#start = start;
    this.#read = start;
    this.#options = options;
    this.#chunk = Buffer.allocUnsafe(options.chunkBytes);
    this.#decoder = new AccessLogDecoder(options.decoder, {
      take: (sighting) => void this.#sightings.push(sighting),
      drop: (reason) => {
        this.#drops[reason] = (this.#drops[reason] ?? 0) + 1;
      },
    });
  }

  static async at(handle: FileHandle, start: number, options: OpenLogOptions): Promise<OpenLog> {
    const identity = identityOf(await handle.stat({ bigint: true }));
    return new OpenLog(handle, identity, await headOf(handle), start, options);
  }

  /** The next lines; undefined where there is nothing new. */
  async next(): Promise<LogBatch | undefined> {
    const { bytesRead } = await this.handle.read(this.#chunk, 0, this.#chunk.length, this.#read);
    if (bytesRead === 0) return undefined;
    this.#read += bytesRead;
    if (this.#head.length < HEAD_BYTES) this.#head = await headOf(this.handle);
    this.#decoder.push(this.#chunk.subarray(0, bytesRead));
    return this.#batch(this.#start + this.#decoder.settledBytes);
  }

  /** The line that was never ended, once nobody writes to the file any more. */
  last(): LogBatch | undefined {
    this.#decoder.end();
    const isNothing = this.#sightings.length === 0 && Object.keys(this.#drops).length === 0;
    return isNothing ? undefined : this.#batch(this.#read);
  }

  /** Whether the file still holds what was read: it is not shorter now, and begins as it did. */
  async isIntact(): Promise<boolean> {
    const { size } = await this.handle.stat();
    if (size < this.#read) return false;
    const head = await headOf(this.handle);
    return head.subarray(0, this.#head.length).equals(this.#head);
  }

  #batch(offset: number): LogBatch {
    const batch = {
      sightings: this.#sightings,
      drops: this.#drops,
      position: {
        file: this.#options.file,
        offset,
        identity: this.identity,
        headBytes: this.#head.length,
        headDigest: digestOf(this.#head),
      },
    };
    this.#sightings = [];
    this.#drops = {};
    return batch;
  }
}
