import { type Command, InvalidArgumentError, Option } from 'commander';
import { supervised, withFolder } from './folder-command.ts';

/** `reeve policy test DIR`: whether policy allows and denies what its tests say. */
export function addTest(policy: Command): void {
  withFolder(
    policy
      .command('test')
      .argument('<dir>', 'repository')
      .summary('try the cases of reeve-test.yaml')
      .description(
        'Asks the policy of a repository about every case of its reeve-test.yaml files, and says which declared calls and guardrails no case has tried.',
      )
      .addOption(
        new Option('--format <format>', 'how to print it')
          .choices(['text', 'json', 'junit'])
          .default('text'),
      )
      .option('-o, --output <file>', 'write the report to a file instead of standard output')
      .option('--all', 'text: every case instead of those that fail', false)
      .option(
        '--min-coverage <percent>',
        'end with status 1 where fewer of the declared calls and guardrails are tried',
        toPercent,
      ),
  ).action(supervised(async () => (await import('./test.ts')).test));
}

function toPercent(text: string): number {
  const percent = Number(text);
  if (text !== '' && percent >= 0 && percent <= 100) return percent;
  throw new InvalidArgumentError('use a number from 0 to 100.');
}
