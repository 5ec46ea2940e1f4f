import { type FileHandle, open, readlink } from 'node:fs/promises';
import { forbidden } from '../attestation.ts';

/** What is read of a process: files under `/proc/PID`.
 *  @see proc(5) */
export interface ProcFiles {
  /** The bytes of a file.
   *  @throws {Fault} `identity/attestation-forbidden/…`: the workload has ended, or cannot be looked at */
  bytes(pid: number, name: 'stat' | 'status' | 'cgroup'): Promise<Buffer>;
  /** Where a link leads, by its text. */
  link(pid: number, name: 'exe'): Promise<string>;
  /** The executable itself, whatever its path leads to by now. To be closed by the caller. */
  open(pid: number, name: 'exe'): Promise<FileHandle>;
}

/** Longest file that is read: `status` lists up to 65,536 groups, and `cgroup` one line a hierarchy. */
export const MAX_PROC_BYTES = 1_048_576;

/** The processes of this machine. */
export function procFiles(folder = '/proc'): ProcFiles {
  const at = <Result>(pid: number, name: string, use: (path: string) => Promise<Result>) =>
    use(`${folder}/${pid}/${name}`).catch((thrown: unknown) => {
      throw unreadable(thrown, pid, name);
    });
  return {
    bytes: (pid, name) => at(pid, name, readBounded),
    link: (pid, name) => at(pid, name, (path) => readlink(path)),
    open: (pid, name) => at(pid, name, (path) => open(path)),
  };
}

/** Files of /proc have no size: they are read until they end. */
async function readBounded(path: string): Promise<Buffer> {
  await using handle = await open(path);
  const parts: Buffer[] = [];
  for (let length = 0; ; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, null);
    if (bytesRead === 0) return Buffer.concat(parts);
    length += bytesRead;
    if (length > MAX_PROC_BYTES) throw new RangeError(`it has more than ${MAX_PROC_BYTES} bytes`);
    parts.push(buffer.subarray(0, bytesRead));
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
