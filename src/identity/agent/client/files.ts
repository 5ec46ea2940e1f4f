import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault, messageOf, quote } from '../../../base/fault.ts';

const MAX_BYTES = 1_048_576;

/** Reads a text file of at most 1 MiB. `code` begins the codes of its faults.
 *  @throws {Fault} `CODE-not-found`, `CODE-too-large` */
export async function readSmallFile(file: string, code: string): Promise<string> {
  const bytes = await readBounded(file, MAX_BYTES).catch((thrown: unknown) => {
    const why = `${quote(file, 200)} cannot be read: ${messageOf(thrown)}`;
    throw new Fault(`${code}-not-found`, why, { cause: thrown });
  });
  if (bytes.length <= MAX_BYTES) return bytes.toString('utf8');
  throw new Fault(`${code}-too-large`, `${quote(file, 200)} has more than ${MAX_BYTES} bytes`);
}

async function readBounded(file: string, maxBytes: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    // files of the kernel, and pipes, come in pieces
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = (await handle.read(buffer, length)).bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** The bytes of a file; undefined where there is none. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Puts a file in the place of another that only its owner can read: whole or not at all, and durable when the
 *  promise resolves. */
export async function replaceFile(file: string, bytes: string | Uint8Array): Promise<void> {
  const draft = join(dirname(file), `.${randomBytes(8).toString('hex')}`);
  let handle: FileHandle | undefined;
  try {
    handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(bytes);
    await handle.sync();
    await handle.close();
    handle = undefined;
    await rename(draft, file);
  } catch (thrown) {
    await handle?.close();
    await rm(draft, { force: true });
    throw thrown;
  }
  const folder = await open(dirname(file));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
