import { Command, CommanderError } from 'commander';
import { toPlace } from '../base/diagnostic.ts';
import { Fault } from '../base/fault.ts';
import { VERSION } from '../server/version.ts';
import { addCommands } from './commands/index.ts';

/** Exit status: 0 done, 1 the gate failed, 2 bad input or usage, 3 internal fault. */
const BAD_INPUT = 2;
const INTERNAL_FAULT = 3;

/** Runs a command, tells on standard error what went wrong, and sets the exit status of this process.
 *  @param args what follows `reeve` on the command line */
export async function run(args: readonly string[]): Promise<void> {
  const program = new Command('reeve')
    .description(
      'Governs microservices: every endpoint inventoried, every internal call authenticated, every credential owned.',
    )
    .version(VERSION)
    .configureHelp({ helpWidth: 80 })
    .showSuggestionAfterError()
    .showHelpAfterError('       --help behind the command tells how it is written')
    // options behind a command are the command's: some have a `--version` of what they are about
    .enablePositionalOptions()
    .exitOverride();
  try {
    await addCommands(program, args);
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    process.exitCode = report(thrown);
  }
}

function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : BAD_INPUT;
  if (thrown instanceof Fault) {
    const place = toPlace(thrown);
    console.error(`reeve: ${place ? `${place}: ` : ''}${thrown.message}`);
    if (thrown.hint) console.error(`       ${thrown.hint}`);
    return thrown.code.startsWith('internal/') ? INTERNAL_FAULT : BAD_INPUT;
  }
  console.error('reeve: an internal fault; please report it with these lines:');
  console.error(thrown);
  return INTERNAL_FAULT;
}
