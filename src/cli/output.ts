import { closeSync, openSync, writeSync } from 'node:fs';
import { Fault, messageOf, quote } from '../base/fault.ts';

/** Pieces are gathered to about this many characters before they are written. */
const PIECE_LENGTH = 64 * 1024;

/** Writes a report, whole or in pieces, to a file or to standard output.
 *  @throws {Fault} `output/invalid` where the file cannot be written */
export function writeOutput(report: string | Iterable<string>, file: string | undefined): void {
  const pieces = typeof report === 'string' ? [report] : gathered(report);
  if (file === undefined) for (const piece of pieces) process.stdout.write(piece);
  else writeFile(pieces, file);
}

function writeFile(pieces: Iterable<string>, file: string): void {
  try {
    const descriptor = openSync(file, 'w');
    try {
      for (const piece of pieces) {
        const bytes = Buffer.from(piece);
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    throw new Fault(
      'output/invalid',
      `${quote(file, 200)} cannot be written: ${messageOf(thrown)}`,
      {
        hint: 'name a file in a folder that exists and that you may write',
      },
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
