import { createHash, hash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, messageOf, quote } from '../../base/fault.ts';

const FILE = 'tracing.snapshot';
const MAGIC = 'reeve.tracing/v1';
/** Of the header: the magic word, the digest of what follows, and two ends of lines. */
const HEADER_BYTES = MAGIC.length + 1 + 64 + 1;
/** What is larger was not written by Reeve, or is of no use any more. */
const MAX_BYTES = 2 ** 31 - 1;
/** At a time, at least. */
const WRITE_BYTES = 2 ** 20;

/** What tracing has learnt, in a file of the data folder that is always whole: it takes the place of the last at one
 *  stroke. */
export class SnapshotFile {
  readonly #folder: string;
  readonly #maxBytes: number;

  constructor(folder: string, maxBytes = MAX_BYTES) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  get path(): string {
    return join(this.#folder, FILE);
  }

  /** Durable when it resolves. Others get their turn between two parts.
   *  @throws {Fault} `tracing/snapshot-too-large`, and what the file system throws */
  async write(parts: readonly Uint8Array[]): Promise<void> {
    const length = parts.reduce((sum, part) => sum + part.length, HEADER_BYTES);
    if (length > this.#maxBytes) {
      throw new Fault(
        'tracing/snapshot-too-large',
        `What was learnt takes ${length - HEADER_BYTES} bytes; ${this.#maxBytes} are written at most`,
        { hint: 'lower the limits in `tracing`' },
      );
    }
    const draft = `${this.path}.new`;
    const file = await open(draft, 'w', 0o600);
    try {
      const digest = createHash('sha256');
      let at = HEADER_BYTES;
      for (const part of together(parts)) {
        digest.update(part);
        await writeAll(file, part, at);
        at += part.length;
      }
      await writeAll(file, Buffer.from(`${MAGIC}\n${digest.digest('hex')}\n`), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.path);
    await syncFolder(this.#folder);
  }

  /** Undefined where there is none yet.
   *  @throws {Fault} `tracing/snapshot-malformed` */
  async read(): Promise<Buffer | undefined> {
    let bytes: Buffer;
    try {
      bytes = await readFile(this.path);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.#malformed(messageOf(thrown));
    }
    const [magic, digest] = bytes.subarray(0, HEADER_BYTES).toString('latin1').split('\n');
    if (magic !== MAGIC) throw this.#malformed(`it is no file of ${MAGIC}`);
    const body = bytes.subarray(HEADER_BYTES);
    if (digest !== digestOf(body)) throw this.#malformed('it is not what was written');
    return body;
  }

  /** Puts it aside, so that nobody reads it again and somebody can look at it. */
  async putAside(): Promise<void> {
    await rename(this.path, `${this.path}.broken`).catch(() => rm(this.path, { force: true }));
  }

  #malformed(why: string): Fault {
    return new Fault(
      'tracing/snapshot-malformed',
      `${quote(this.path, 200)} cannot be read: ${why}`,
      { hint: 'it is put aside as tracing.snapshot.broken, and what is usual is learnt anew' },
    );
  }
}

/** Small parts are written as one. */
function* together(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for (const part of parts) {
    waiting.push(part);
    bytes += part.length;
    if (bytes < WRITE_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, from, bytes.length - from, at + from);
    from += bytesWritten;
  }
}

const digestOf = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/** The names in a folder, too, must survive the end of the machine. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
