import { forbidden } from '../attestation.ts';

/** As whom a process runs. */
export interface ProcStatus {
  /** Effective. */
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, ascending, each once. */
  readonly groups: readonly number[];
}

/** Parses `/proc/PID/status`.
 *  @throws {Fault} `identity/attestation-forbidden/process-unreadable`
 *  @see proc_pid_status(5) */
export function parseStatus(bytes: Buffer): ProcStatus {
  // The name of the process is escaped by the kernel and so has a line of its own.
  const lines = bytes.toString('latin1').split('\n');
  const uid = effective(numbersOf(lines, 'Uid:\t'));
  const gid = effective(numbersOf(lines, 'Gid:\t'));
  const groups = numbersOf(lines, 'Groups:\t');
  if (uid === undefined || gid === undefined || groups === undefined) {
    throw forbidden('process-unreadable', 'the status of the process does not say as whom it runs');
  }
  return { uid, gid, groups: [...new Set(groups)].sort((a, b) => a - b) };
}

/** Real, effective, saved and that of the file system. */
function effective(ids: readonly number[] | undefined): number | undefined {
  return ids?.length === 4 ? ids[1] : undefined;
}

function numbersOf(lines: readonly string[], name: string): number[] | undefined {
  const line = lines.find((each) => each.startsWith(name));
  const words = line
    ?.slice(name.length)
    .split(/[\t ]/)
    .filter((word) => word !== '');
  return words?.every(isId) ? words.map(Number) : undefined;
}

/** @see credentials(7): ids have 32 bits */
function isId(word: string): boolean {
  return /^\d{1,10}$/.test(word) && Number(word) <= 0xffff_ffff;
}
