import type { IncomingMessage } from 'node:http';
import { Fault } from '../../../base/fault.ts';
import { BufferPool } from './buffer-pool.ts';
import { Inflater } from './inflate.ts';
import { tooLarge } from './too-large.ts';

export interface BodyLimits {
  readonly maxRequestBytes: number;
  readonly maxInflatedBytes: number;
  /** Requests read at once; those that wait to be durable are for whoever stores them to bound. */
  readonly maxConcurrentRequests: number;
  /** Bytes of all their bodies together, as they were sent. */
  readonly maxBufferedBytes: number;
}

/** A body that was read, unpacked. */
export interface Body {
  readonly bytes: Buffer;
  /** The bytes are not needed any more, and may be written over. */
  release(): void;
}

const FIRST_CHUNK_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** Reads bodies, unpacked, in buffers that are used again, and bounds how many are read at once and what
 *  all of them together hold. */
export class BodyReader {
  readonly #limits: BodyLimits;
  readonly #maxBytes: number;
  readonly #pool = new BufferPool();
  readonly #inflater: Inflater;
  #reading = 0;
  /** Bytes that bodies hold which are being read or used. */
  #heldBytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
    this.#inflater = new Inflater(limits.maxInflatedBytes);
    this.#maxBytes = Math.max(limits.maxBufferedBytes, limits.maxRequestBytes);
  }

  /** The whole body.
   *  @throws {Fault} `otlp/requests-too-many`, `otlp/bytes-too-many`, `otlp/body-too-large`,
   *  `otlp/inflated-too-large`, `otlp/gzip-malformed`, `otlp/coding-unsupported-media-type`,
   *  `otlp/body-broken` */
  async read(request: IncomingMessage): Promise<Body> {
    if (this.#reading >= this.#limits.maxConcurrentRequests) throw tooMany();
    this.#reading++;
    try {
      return await this.#read(request);
    } finally {
      this.#reading--;
    }
  }

  async #read(request: IncomingMessage): Promise<Body> {
    const isPacked = checkCoding(request);
    const { maxRequestBytes } = this.#limits;
    let held = 0;
    let packed: Buffer = NOTHING;
    const release = (): void => {
      this.#heldBytes -= held;
      this.#pool.release(packed);
    };
    try {
      packed = await readPacked(request, maxRequestBytes, {
        allocate: (size) => this.#pool.acquire(size),
        hold: (bytes) => {
          this.#hold(bytes);
          held += bytes;
        },
      });
      if (!isPacked) return { bytes: packed, release };
      const bytes = await this.#inflater.read(packed);
      release();
      return { bytes, release: () => undefined };
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  #hold(bytes: number): void {
    if (this.#heldBytes + bytes > this.#maxBytes) {
      throw new Fault('otlp/bytes-too-many', 'Too many bytes are being read at once', {
        hint: 'send the request again after a second, or raise `otlp.maxBufferedBytes`',
      });
    }
    this.#heldBytes += bytes;
  }
}

function tooMany(): Fault {
  return new Fault('otlp/requests-too-many', 'Too many requests at once', {
    hint: 'send the request again after a second',
  });
}

/** Whether the body is packed with gzip. */
function checkCoding(request: IncomingMessage): boolean {
  const coding = request.headers['content-encoding'] ?? 'identity';
  if (coding === 'identity' || coding === '') return false;
  if (coding === 'gzip') return true;
  throw new Fault(
    'otlp/coding-unsupported-media-type',
    'The only `Content-Encoding` that is taken is gzip',
    { hint: 'set OTEL_EXPORTER_OTLP_COMPRESSION=gzip, or none' },
  );
}

/** The length that a request says it has; undefined where it comes in chunks. */
function announcedBytes(request: IncomingMessage, maxBytes: number): number | undefined {
  const header = request.headers['content-length'];
  if (header === undefined) return undefined;
  const length = Number(header);
  checkBytes(length, maxBytes);
  return length;
}

function checkBytes(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) throw tooLarge('otlp/body-too-large', 'otlp.maxRequestBytes', maxBytes);
}

interface Memory {
  readonly allocate: (size: number) => Buffer;
  /** Throws a Fault where there is not so much left. */
  readonly hold: (bytes: number) => void;
}

/** The body as it was sent. A body of one chunk is that chunk; of several, each is copied once into a
 *  buffer of the announced length. */
function readPacked(
  request: IncomingMessage,
  maxBytes: number,
  { allocate, hold }: Memory,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const announced = announcedBytes(request, maxBytes);
    if (announced !== undefined) hold(announced);
    let body: Buffer = NOTHING;
    let length = 0;
    const stop = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
    };
    const onData = (chunk: Buffer): void => {
      try {
        checkBytes(length + chunk.length, maxBytes);
        if (announced === undefined) hold(chunk.length);
        if (length === 0 && chunk.length === announced) body = chunk;
        else body = append(body, length, chunk, announced, allocate);
        length += chunk.length;
      } catch (thrown) {
        stop();
        request.pause();
        reject(thrown);
      }
    };
    const onEnd = (): void => {
      stop();
      resolve(body.subarray(0, length));
    };
    const onBroken = (): void => {
      stop();
      reject(new Fault('otlp/body-broken', 'The request broke off'));
    };
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

function append(
  body: Buffer,
  length: number,
  chunk: Buffer,
  announced: number | undefined,
  allocate: (size: number) => Buffer,
): Buffer {
  const wanted = length + chunk.length;
  let into = body;
  if (wanted > into.length) {
    into = allocate(announced ?? Math.max(FIRST_CHUNK_BYTES, wanted * 2));
    body.copy(into, 0, 0, length);
  }
  chunk.copy(into, length);
  return into;
}
