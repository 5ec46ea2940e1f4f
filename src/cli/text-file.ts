import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { Fault, messageOf, quote } from '../base/fault.ts';

/** The text of a file that somebody names.
 *  @param file its name, or a descriptor: 0 is standard input
 *  @throws {Fault} of this code, where it cannot be read or has more than `maxBytes` */
export function readText(file: string | 0, maxBytes: number, code: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= maxBytes) return bytes.toString();
    throw new Error(`it has ${bytes.length} bytes, and ${maxBytes} are allowed`);
  } catch (thrown) {
    const name = file === 0 ? 'Standard input' : quote(file, 200);
    throw new Fault(code, `${name} cannot be read: ${messageOf(thrown)}`);
  }
}

/** Whether somebody types what comes by a descriptor. Asking `process.stdin` would make a pipe one that does not wait: what is
 *  not there yet could not be read then. */
export const isTerminal = (descriptor: 0): boolean => isatty(descriptor);
