import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { Fault } from '../base/fault.ts';
import { plain } from './terminal.ts';

export interface ConfirmFlags {
  readonly yes?: true;
}

/** Adds the option by which nothing is asked. */
export function withConfirmation(command: Command): Command {
  return command.option('-y, --yes', 'do not ask for confirmation');
}

/** Where somebody can be asked. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Asks whoever sits at the terminal; scripts, which do not, mean what they say.
 *  @param what a sentence that says what will happen
 *  @throws {Fault} `client/confirmation-invalid` where the answer is not yes */
export async function confirm(
  { yes }: ConfirmFlags,
  what: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  if (yes || !input.isTTY || !output.isTTY) return;
  const asking = createInterface({ input, output });
  try {
    const answer = await asking.question(`${plain(what)} Go on? [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    asking.close();
  }
  throw new Fault('client/confirmation-invalid', 'Not confirmed: nothing has changed');
}
