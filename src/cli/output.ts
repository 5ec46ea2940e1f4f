import { closeSync, openSync, writeSync } from 'node:fs';
import { Fault, messageOf, quote } from '../base/fault.ts';

/** Pieces are gathered to about this many characters before they are written. */
const PIECE_LENGTH = 64 * 1024;

/** Writes a report, whole or in pieces, to a file or to standard output.
 *  @throws {Fault} `output/invalid` where the file cannot be written */
export function writeOutput(report: string | Iterable<string>, file: string | undefined): void {
  const pieces = typeof report === 'string' ? [report] : gathered(report);
  const output = openOutput(file);
  try {
    for (const piece of pieces) output.write(piece);
  } finally {
    output.close();
  }
}

/** A file that is written piece by piece; without one, standard output.
 *  @throws {Fault} `output/invalid` where it cannot be written, from `write`, too */
export function openOutput(file: string | undefined): { write(text: string): void; close(): void } {
  if (file === undefined) return { write: (text) => process.stdout.write(text), close: () => {} };
  const descriptor = told(file, () => openSync(file, 'w'));
  return {
    write: (text) => {
      const bytes = Buffer.from(text);
      told(file, () => {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      });
    },
    close: () => closeSync(descriptor),
  };
}

function told<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    throw new Fault(
      'output/invalid',
      `${quote(file, 200)} cannot be written: ${messageOf(thrown)}`,
      { hint: 'name a file in a folder that exists and that you may write' },
    );
  }
}

function* gathered(pieces: Iterable<string>): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < PIECE_LENGTH) continue;
    yield text;
    text = '';
  }
  yield text;
}
