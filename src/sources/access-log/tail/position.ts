import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Up to where a log was read. Plain data: it is stored together with what was read, and handed back
 *  when the log is followed again. */
export interface LogPosition {
  /** Path as configured. */
  readonly file: string;
  /** Bytes from the beginning, up to the end of a line. */
  readonly offset: number;
  /** Which file it was that had the path then: `device:inode`. */
  readonly identity: string;
  /** Digest of the first `headBytes` bytes: an inode may come back with another content. */
  readonly headBytes: number;
  readonly headDigest: string;
}

/** How much of the beginning of a file tells it from others. */
export const HEAD_BYTES = 256;

export function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

export function digestOf(head: Buffer): string {
  return createHash('sha256').update(head).digest('hex').slice(0, 32);
}

/** The first bytes of a file, at most `length`. */
export async function headOf(handle: FileHandle, length = HEAD_BYTES): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

/** Whether the open file is the one that the position is in, and still holds what was read. */
export async function isAt(handle: FileHandle, position: LogPosition): Promise<boolean> {
  const stats = await handle.stat({ bigint: true });
  if (identityOf(stats) !== position.identity || stats.size < position.offset) return false;
  return digestOf(await headOf(handle, position.headBytes)) === position.headDigest;
}

/** Opens a log for reading. Opening does not wait, whatever kind of file it is.
 *  @throws {NodeJS.ErrnoException} */
export function openLog(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Entries of a folder that are looked through for a file that was renamed. */
const MAX_ENTRIES = 10_000;

/** The file of a position, which has been renamed since: rotated logs stay in their folder, under names
 *  that begin with the old one. The caller closes it. */
export async function findRotated(position: LogPosition): Promise<FileHandle | undefined> {
  const folder = dirname(position.file);
  const stem = basename(position.file).replace(/\.[^.]*$/, '');
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(stem)).slice(0, MAX_ENTRIES)) {
    const handle = await openLog(join(folder, name)).catch(() => undefined);
    if (handle === undefined) continue;
    if (await isAt(handle, position).catch(() => false)) return handle;
    await handle.close();
  }
  return undefined;
}
