import { type Command, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES } from '../../estate/index.ts';
import { DEFAULT_SECONDS_PER_FILE } from '../../server/stalls.ts';
import { toSeconds } from '../options.ts';
import type { ScanFlags } from '../scan.ts';
import { isSupervised, supervise } from '../supervise.ts';

const FORMATS = ['text', 'json', 'sarif', 'markdown', 'html'];

/** `reeve scan DIR`: what a repository or a folder of manifests describes, offline. */
export function addScan(program: Command): void {
  program
    .command('scan')
    .argument('<dir>', 'repository, or folder of manifests')
    .summary('read a repository offline: its services, endpoints, calls, credentials')
    .description(
      'Reads a repository or a folder of manifests without running anything of it and without any network, and answers the three questions about the estate that it describes.',
    )
    .addOption(new Option('--format <format>', 'how to print it').choices(FORMATS).default('text'))
    .option('--environment <name>', 'environment of what names none', toEnvironment, 'default')
    .addOption(
      new Option(
        '--fail-on <severity>',
        'end with status 1 if there is a finding of this severity or a worse one',
      ).choices([...SEVERITIES]),
    )
    .option('-o, --output <file>', 'write the report to a file instead of standard output')
    .option('--all', 'text: every finding instead of the worst', false)
    .option(
      '--seconds-per-file <seconds>',
      'how long reading one file may take before it is left out',
      toSeconds,
      DEFAULT_SECONDS_PER_FILE,
    )
    .action(async (folder: string, flags: ScanFlags) => {
      if (!isSupervised()) {
        process.exitCode = await supervise(flags.secondsPerFile);
        return;
      }
      const { scan } = await import('../scan.ts');
      scan(folder, flags);
    });
}

function toEnvironment(text: string): string {
  if (/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError(
    'use lower-case letters, digits, dots and dashes, as in `staging`.',
  );
}
