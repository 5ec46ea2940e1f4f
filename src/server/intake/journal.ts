import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** What a frame of the journal holds. */
const FRAME_KINDS = { batch: 1, halves: 2 } as const;
type FrameKind = keyof typeof FRAME_KINDS;

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Buffer;
}

/** Length of the payload, its CRC-32, and its kind. */
const HEADER_BYTES = 9;
const MAX_PAYLOAD = 256 * 1024 * 1024;
const NAMES = new Map<number, FrameKind>(
  Object.entries(FRAME_KINDS).map(([name, number]) => [number, name as FrameKind]),
);

/** A file that is only appended to. What `append` has resolved for survives the end of the process and
 *  of the machine; what was being written then is cut off by its checksum when it is read. */
export class Journal {
  readonly #file: FileHandle;
  #end = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Begins an empty journal. */
  static async create(path: string): Promise<Journal> {
    const { O_CREAT, O_TRUNC, O_WRONLY } = constants;
    return new Journal(await open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600));
  }

  get sizeBytes(): number {
    return this.#end;
  }

  /** Resolves when the frames are on the disk. Where it fails, none of them is in the journal. */
  async append(frames: readonly Frame[]): Promise<void> {
    const buffers = frames.flatMap(({ kind, payload }) => [headerOf(kind, payload), payload]);
    const length = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    try {
      let at = this.#end;
      for (const buffer of buffers) at += await writeWhole(this.#file, buffer, at);
      await this.#file.datasync();
    } catch (thrown) {
      // a frame that is whole but was refused must not come back at the next start
      await this.#file.truncate(this.#end).catch(() => undefined);
      throw thrown;
    }
    this.#end += length;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function writeWhole(file: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let written = 0;
  while (written < buffer.length) {
    const { bytesWritten } = await file.write(
      buffer,
      written,
      buffer.length - written,
      position + written,
    );
    written += bytesWritten;
  }
  return written;
}

function headerOf(kind: FrameKind, payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  header.writeUInt8(FRAME_KINDS[kind], 8);
  return header;
}

/** The frames of a journal, up to the first that is not whole. */
export async function readFrames(path: string): Promise<Frame[]> {
  const bytes = await readFile(path);
  const frames: Frame[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const kind = NAMES.get(bytes.readUInt8(at + 8));
    const start = at + HEADER_BYTES;
    if (kind === undefined || length > MAX_PAYLOAD || start + length > bytes.length) break;
    const payload = bytes.subarray(start, start + length);
    if (crc32(payload) !== bytes.readUInt32LE(at + 4)) break;
    frames.push({ kind, payload });
    at = start + length;
  }
  return frames;
}

const FILE_NAME = /^traffic-(\d{1,15})\.journal$/;

export function journalPath(folder: string, number: number): string {
  return join(folder, `traffic-${number}.journal`);
}

/** Numbers of the journals that lie in a folder, oldest first. */
export async function journalNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

export function removeJournal(folder: string, number: number): Promise<void> {
  return rm(journalPath(folder, number), { force: true });
}
