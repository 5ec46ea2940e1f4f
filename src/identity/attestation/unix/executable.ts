import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { Fault, quote } from '../../../base/fault.ts';
import type { ProcFiles } from '../proc/index.ts';

/** What a process executes. A script's is its interpreter. */
export interface Executable {
  /** Where it lies; absent where the file there is not the one that runs. */
  readonly path?: string;
  /** Of its bytes, in hexadecimal; absent where they cannot be read. */
  readonly sha256?: string;
  readonly notes: readonly string[];
}

const CHUNK_BYTES = 1_048_576;
const MAX_CACHED = 1_024;
/** File systems tell times in steps: a file that was changed just now may be changed again within the
 *  same step, and show nothing of it. */
const SETTLED_MS = 2_000;

/** Identifies executables. The file is opened through `/proc/PID/exe`, which is the one that runs
 *  whatever its path leads to by now. The digest of a file that has rested for a while is remembered with
 *  device, inode, size and times: the time of change is the kernel's and cannot be set back. */
export class Executables {
  readonly #proc: ProcFiles;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  readonly #digests = new Map<string, Promise<string>>();

  constructor(proc: ProcFiles, maxBytes: number, clock: Clock = systemClock) {
    this.#proc = proc;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  /** @param needsDigest where it is false, the executable is not read: of a large one that takes a tenth
   *  of a second and more
   *  @throws {Fault} `identity/attestation-forbidden/workload-ended` */
  async identify(pid: number, needsDigest = true): Promise<Executable> {
    let path: string;
    let file: BigIntStats;
    try {
      path = await this.#proc.link(pid, 'exe');
      file = await this.#proc.stat(pid, 'exe');
    } catch (thrown) {
      if (!isUnreadable(thrown)) throw thrown;
      const why = [thrown.message, ...(thrown.hint === undefined ? [] : [thrown.hint])].join(': ');
      return { notes: [`unix:path and unix:sha256 are left out: ${why}`] };
    }
    const [hasPath, read] = await Promise.all([
      liesAt(path, file),
      needsDigest ? this.#read(pid, file) : { because: 'no entry asks for it' },
    ]);
    return {
      ...(hasPath && { path }),
      ...('sha256' in read && { sha256: read.sha256 }),
      notes: [
        ...(hasPath
          ? []
          : [`unix:path is left out: what runs does not lie at ${quote(path, 200)}`]),
        ...('because' in read ? [`unix:sha256 is left out: ${read.because}`] : []),
      ],
    };
  }

  /** Reads an executable that was not read yet, so that who asks later need not wait. One that was written just
   *  now, is too large or cannot be read is left for then. */
  async remember(pid: number): Promise<void> {
    try {
      const file = await this.#proc.stat(pid, 'exe');
      if (this.#hasRested(file) && !this.#digests.has(identityOf(file))) {
        await this.#digest(pid, file);
      }
    } catch {}
  }

  #hasRested({ ctimeMs }: BigIntStats): boolean {
    return Number(ctimeMs) <= this.#clock() - SETTLED_MS;
  }

  async #read(
    pid: number,
    file: BigIntStats,
  ): Promise<{ readonly sha256: string } | { readonly because: string }> {
    try {
      return { sha256: await this.#digest(pid, file) };
    } catch (thrown) {
      if (thrown instanceof Fault && !isUnreadable(thrown)) throw thrown;
      return { because: whyUnread(thrown) };
    }
  }

  async #digest(pid: number, file: BigIntStats): Promise<string> {
    if (file.size > this.#maxBytes) {
      throw new Unread(
        `the executable has ${file.size} bytes, more than the ${this.#maxBytes} that are read`,
      );
    }
    if (!this.#hasRested(file)) return this.#readAll(pid, file);
    const key = identityOf(file);
    const known = this.#digests.get(key);
    this.#digests.delete(key);
    // Whoever asks while another's is being read waits for that, as long as that one lives.
    const digest = known?.catch(() => this.#readAll(pid, file)) ?? this.#readAll(pid, file);
    this.#digests.set(key, digest);
    for (const oldest of this.#digests.keys()) {
      if (this.#digests.size <= MAX_CACHED) break;
      this.#digests.delete(oldest);
    }
    return digest.catch((thrown: unknown) => {
      if (this.#digests.get(key) === digest) this.#digests.delete(key);
      throw thrown;
    });
  }

  /** Opened by its process, and so what runs, whatever its path leads to by now. */
  async #readAll(pid: number, file: BigIntStats): Promise<string> {
    await using handle = await this.#proc.open(pid, 'exe');
    return await digestOf(handle, file);
  }
}

function isUnreadable(thrown: unknown): thrown is Fault {
  return thrown instanceof Fault && thrown.code.endsWith('/process-unreadable');
}

/** Why a digest is missing, for people. */
class Unread extends Error {}

function whyUnread(thrown: unknown): string {
  if (thrown instanceof Unread || thrown instanceof Fault) return thrown.message;
  return `the executable cannot be read: ${(thrown as NodeJS.ErrnoException).code ?? 'unknown'}`;
}

/** Whether the path, from the agent's own root, leads to the file. In a mount namespace of its own a
 *  process may lie anywhere: there a path would be its own word. */
async function liesAt(path: string, { dev, ino }: BigIntStats): Promise<boolean> {
  if (!path.startsWith('/')) return false;
  const there = await stat(path, { bigint: true }).catch(() => undefined);
  return there?.dev === dev && there.ino === ino;
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** Reads a whole file, and that it was the same all the while. */
async function digestOf(handle: FileHandle, file: BigIntStats): Promise<string> {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  // One byte more than the file has would show that it has grown.
  for (let at = 0; at <= file.size; ) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) break;
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
  if (identityOf(await handle.stat({ bigint: true })) !== identityOf(file)) {
    throw new Unread('the executable was changed while it was read');
  }
  return hash.digest('hex');
}
