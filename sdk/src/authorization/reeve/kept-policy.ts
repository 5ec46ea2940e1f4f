import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { MAX_SLICE_BYTES } from '../../../../src/authorization/decider.ts';
import { messageOf, quote, ReeveError } from '../../error.ts';

/** The file in which a policy outlasts its program. Only its owner can read and change it. */
export class KeptPolicy {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  /** What is kept; undefined where nothing is.
   *  @throws {ReeveError} `authorization/file-unavailable` */
  read(): Buffer | undefined {
    try {
      return readBounded(this.#file);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.#unavailable('read', thrown);
    }
  }

  /** Puts it in the place of what is kept, whole or not at all, one after the other.
   *  @throws {ReeveError} `authorization/file-unavailable` */
  write(bytes: Buffer): Promise<void> {
    const writing = this.#writing.then(() => replace(this.#file, bytes));
    this.#writing = writing.catch(() => {});
    return writing.catch((thrown: unknown) => {
      throw this.#unavailable('written', thrown);
    });
  }

  #unavailable(what: string, thrown: unknown): ReeveError {
    return new ReeveError(
      'authorization/file-unavailable',
      `the policy that is kept in ${quote(this.#file, 200)} cannot be ${what}: ${messageOf(thrown)}`,
      { hint: 'name a file in a folder that this program may write to', cause: thrown },
    );
  }
}

function readBounded(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const pieces: Buffer[] = [];
    for (let held = 0; held <= MAX_SLICE_BYTES; ) {
      const piece = Buffer.alloc(64 * 1_024);
      const read = readSync(descriptor, piece);
      if (read === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, read));
      held += read;
    }
    throw new Error(`it has more than ${MAX_SLICE_BYTES} bytes`);
  } finally {
    closeSync(descriptor);
  }
}

async function replace(file: string, bytes: Buffer): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (thrown) {
    await rm(draft, { force: true });
    throw thrown;
  }
}
