import { hash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, messageOf, quote } from '../../base/fault.ts';

const FILE = 'tracing.snapshot';
const MAGIC = 'reeve.tracing/v1';
/** Of the header: the magic word, the digest of what follows, and two ends of lines. */
const HEADER_BYTES = MAGIC.length + 1 + 64 + 1;
/** What is larger was not written by Reeve, or is of no use any more. */
const MAX_BYTES = 2 ** 31 - 1;

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

  /** Durable when it resolves.
   *  @throws {Fault} `tracing/snapshot-too-large`, and what the file system throws */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length + HEADER_BYTES > this.#maxBytes) {
      throw new Fault(
        'tracing/snapshot-too-large',
        `What was learnt takes ${bytes.length} bytes; ${this.#maxBytes} are written at most`,
        { hint: 'lower the limits in `tracing`' },
      );
    }
    const draft = `${this.path}.new`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(`${MAGIC}\n${digestOf(bytes)}\n`);
      await file.writeFile(bytes);
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
