import { quote } from '../../../base/fault.ts';
import { forbidden } from '../attestation.ts';

/** What tells a process from a later one of the same pid. */
export interface ProcStat {
  /** `R`, `S`, `Z` … */
  readonly state: string;
  /** Clock ticks since the machine started. */
  readonly startTicks: number;
}

/** Fields behind the name: the state is the third of the file, the start the twenty-second. */
const FIELDS = /^ ([A-Za-z])(?: -?\d{1,20}){18} (\d{1,15})(?: |$)/;

/** Parses `/proc/PID/stat`. The name of a process may hold anything, parentheses and spaces too, so
 *  what counts stands behind the last parenthesis.
 *  @throws {Fault} `identity/attestation-forbidden/process-unreadable`
 *  @see proc_pid_stat(5) */
export function parseStat(bytes: Buffer): ProcStat {
  const text = bytes.toString('latin1');
  const [, state, start] = FIELDS.exec(text.slice(text.lastIndexOf(')') + 1)) ?? [];
  if (state === undefined || start === undefined) {
    throw forbidden('process-unreadable', `${quote(text)} is not the stat of a process`);
  }
  return { state, startTicks: Number(start) };
}

/** Ended, and only waiting for its parent to take notice. */
export function isDead({ state }: ProcStat): boolean {
  return state === 'Z' || state === 'X' || state === 'x';
}
