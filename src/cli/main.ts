import { Command, CommanderError } from 'commander';
import { toPlace } from '../base/diagnostic.ts';
import { Fault } from '../base/fault.ts';
import { VERSION } from '../server/version.ts';
import { addCommands } from './commands/index.ts';

/** Exit status: 0 done, 1 the gate failed, 2 bad input or usage, 3 internal fault. */
const BAD_INPUT = 2;
const INTERNAL_FAULT = 3;

const program = new Command('reeve')
  .description(
    'Governs microservices: every endpoint inventoried, every internal call authenticated, every credential owned.',
  )
  .version(VERSION)
  .configureHelp({ helpWidth: 80 })
  .showSuggestionAfterError()
  .exitOverride();

// A reader that closes early (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await addCommands(program, process.argv.slice(2));
  await program.parseAsync();
} catch (thrown) {
  process.exitCode = report(thrown);
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
