import { readdir } from 'node:fs/promises';
import type { Executables } from './executable.ts';

export interface AheadPorts {
  readonly executables: Pick<Executables, 'remember'>;
  /** Whether any entry asks for `unix:sha256`. */
  readonly isAskedFor: () => boolean;
  /** The processes of this machine. */
  readonly pids: () => Promise<readonly number[]>;
}

const EVERY_MS = 2_000;

/** Reads the executables of running processes now and then, as long as entries ask for digests: a workload that
 *  asks for its identity later need not wait until its own has been read.
 *  @returns what ends it */
export function digestAhead(ports: AheadPorts, everyMs = EVERY_MS): () => void {
  const ending = new AbortController();
  let isReading = false;
  const timer = setInterval(() => {
    if (isReading || !ports.isAskedFor()) return;
    isReading = true;
    void rememberAll(ports, ending.signal).finally(() => {
      isReading = false;
    });
  }, everyMs).unref();
  return () => {
    clearInterval(timer);
    ending.abort();
  };
}

/** One after the other, so that those who ask meanwhile come in between. */
async function rememberAll({ executables, pids }: AheadPorts, ending: AbortSignal): Promise<void> {
  for (const pid of await pids()) {
    if (ending.aborted) return;
    await executables.remember(pid);
  }
}

/** Nothing where the folder cannot be read: then nothing is read ahead. */
export async function runningPids(folder = '/proc'): Promise<number[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => /^[1-9]\d{0,9}$/.test(name)).map(Number);
}
