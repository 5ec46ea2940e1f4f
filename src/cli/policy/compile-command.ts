import { type Command, Option } from 'commander';
import { DEFAULT_SECONDS_PER_FILE } from '../../server/stalls.ts';
import { collected, toSeconds } from '../options.ts';
import { supervised } from './folder-command.ts';

/** `reeve policy compile DIR --target T`: the declarations of a folder in the words of what enforces them. */
export function addCompile(policy: Command): void {
  policy
    .command('compile')
    .argument('<dir>', 'repository, or folder of manifests and declarations')
    .summary('say the policy of a folder in the words of what enforces it')
    .description(
      'Reads the declarations, guardrails and Kubernetes objects of a folder offline, and prints objects that enforce them. What the target cannot say is denied by it, or left to another enforcement point: each such thing is told on standard error.',
    )
    .requiredOption('--target <name>', 'what enforces it; an unknown name lists the known ones')
    .option('-o, --output <folder>', 'write files there instead of to standard output')
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'),
    )
    .option(
      '--trust-domain <name>',
      'trust domain of the identities, the first that of the target; may be given several times (default: cluster.local)',
      collected,
    )
    .option('--egress', 'restrict what goes out as well, where the target can', false)
    .option(
      '--strict',
      'end with 1 where the target cannot say all of this policy, or a file of it has errors',
      false,
    )
    .option('--environment <name>', 'environment of what names none', 'default')
    .option(
      '--seconds-per-file <seconds>',
      'how long reading one file may take before it is left out',
      toSeconds,
      DEFAULT_SECONDS_PER_FILE,
    )
    .action(supervised(async () => (await import('./compile.ts')).compile));
}
