import { type Command, Option } from 'commander';
import { supervised, withFolder } from './folder-command.ts';

/** `reeve policy validate DIR`: whether policy can be read, and means what it seems to. */
export function addValidate(policy: Command): void {
  withFolder(
    policy
      .command('validate')
      .argument('<dir>', 'repository')
      .summary('whether declarations and guardrails can be read, and mean something')
      .description(
        'Reads the declarations, guardrails, groups and tests of a repository, and tells what cannot be read, what contradicts itself, is superfluous, never matches, or looks like another name. Ends with status 1 where there is an error.',
      )
      .option('--strict', 'end with status 1 where there is a warning, too', false)
      .addOption(
        new Option('--format <format>', 'how to print it')
          .choices(['text', 'json'])
          .default('text'),
      ),
  ).action(supervised(async () => (await import('./validate.ts')).validate));
}
