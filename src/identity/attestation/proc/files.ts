import { type BigIntStats, closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { forbidden } from '../attestation.ts';

/** What is read of a process: files under `/proc/PID`.
 *  @see proc(5) */
export interface ProcFiles {
  /** The bytes of a file.
   *  @throws {Fault} `identity/attestation-forbidden/…`: the workload has ended, or cannot be looked at */
  bytes(pid: number, name: 'stat' | 'status' | 'cgroup'): Promise<Buffer>;
  /** Where a link leads, by its text. */
  link(pid: number, name: 'exe'): Promise<string>;
  /** What is known of the executable itself. */
  stat(pid: number, name: 'exe'): Promise<BigIntStats>;
  /** The executable itself, whatever its path leads to by now. To be closed by the caller. */
  open(pid: number, name: 'exe'): Promise<FileHandle>;
}

/** Longest file that is read: `status` lists up to 65,536 groups, and `cgroup` one line a hierarchy. */
export const MAX_PROC_BYTES = 1_048_576;

const CHUNK = Buffer.alloc(65_536);

/** The processes of this machine. What the kernel tells of a process comes out of its memory, and is read at once;
 *  an executable lies anywhere, and may keep its reader waiting. */
export function procFiles(folder = '/proc'): ProcFiles {
  const at = async <Result>(
    pid: number,
    name: string,
    use: (path: string) => Result | Promise<Result>,
  ): Promise<Result> => {
    try {
      return await use(`${folder}/${pid}/${name}`);
    } catch (thrown) {
      throw unreadable(thrown, pid, name);
    }
  };
  return {
    bytes: (pid, name) => at(pid, name, readBounded),
    link: (pid, name) => at(pid, name, (path) => readlinkSync(path)),
    stat: (pid, name) => at(pid, name, (path) => stat(path, { bigint: true })),
    open: (pid, name) => at(pid, name, (path) => open(path)),
  };
}

/** Files of /proc have no size: they are read until they end. */
function readBounded(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let length = 0; ; ) {
      const bytesRead = readSync(file, CHUNK);
      if (bytesRead === 0) return Buffer.concat(parts);
      length += bytesRead;
      if (length > MAX_PROC_BYTES) throw new RangeError(`it has more than ${MAX_PROC_BYTES} bytes`);
      parts.push(Buffer.from(CHUNK.subarray(0, bytesRead)));
    }
  } finally {
    closeSync(file);
  }
}

const GONE = new Set(['ENOENT', 'ESRCH']);

function unreadable(thrown: unknown, pid: number, name: string) {
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code !== undefined && GONE.has(code)) return hasEnded(pid);
  if (code === 'EACCES' || code === 'EPERM') {
    return forbidden('process-unreadable', `/proc/${pid}/${name} may not be read`, {
      hint: 'run the agent as root, or with the capability CAP_SYS_PTRACE and without hidepid',
      cause: thrown,
    });
  }
  return forbidden(
    'process-unreadable',
    `/proc/${pid}/${name} cannot be read: ${code ?? message}`,
    {
      cause: thrown,
    },
  );
}

/** The refusal of a workload that is no more. */
export function hasEnded(pid: number) {
  return forbidden('workload-ended', `the workload (pid ${pid}) has ended`);
}
