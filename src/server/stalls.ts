import { writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Fault } from '../base/fault.ts';

/** Parsers of source code are native and cannot be interrupted: a file made to be slow would hang
 *  whoever reads it. So a scan runs in a process of its own that says which file it reads next, and
 *  whoever started it ends it when one file takes too long, and starts it again without that file. */

/** Where the process of a scan writes the paths, a line each. */
export const PATHS_DESCRIPTOR = 4;
/** Files that may be given up in one scan. */
const MAX_STALLED = 20;
export const DEFAULT_SECONDS_PER_FILE = 30;

const LOOK_EVERY_MS = 200;
const MAX_LINE_LENGTH = 64 * 1024;

/** In the process of a scan: says which file is read now; nothing once all are read. */
export function tellPath(path: string | undefined): void {
  try {
    writeSync(PATHS_DESCRIPTOR, `${path ?? ''}\n`);
  } catch {
    // Nobody watches: whoever started the process is gone, or runs it without a watch.
  }
}

/** In whoever started it: calls `onStall` once, with the file that takes longer than it may.
 *  Returns how to stop watching. */
export function watchStalls(
  paths: Readable,
  secondsPerFile: number,
  onStall: (path: string) => void,
): () => void {
  let rest = '';
  let current = '';
  let since = Date.now();
  paths.setEncoding('utf8');
  paths.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(-MAX_LINE_LENGTH);
    current = lines.at(-1) ?? current;
    since = Date.now();
  });
  paths.on('error', () => {});
  const timer = setInterval(() => {
    if (current === '' || Date.now() - since < secondsPerFile * 1000) return;
    clearInterval(timer);
    onStall(current);
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

/** @throws {Fault} `scan/too-many-stalled` */
export function checkStalled(stalled: readonly string[]): void {
  if (stalled.length <= MAX_STALLED) return;
  throw new Fault(
    'scan/too-many-stalled',
    `More than ${MAX_STALLED} files each take too long to read, the last one ${stalled.at(-1)}`,
    { hint: 'scan a folder without them, or raise --seconds-per-file' },
  );
}
