import { type Command, InvalidArgumentError, Option } from 'commander';
import { withServer } from '../client.ts';
import type { SuggestFlags } from './suggest.ts';

/** `reeve policy suggest`: declarations compared with what a running server has seen. */
export function addSuggest(policy: Command): void {
  withServer(
    policy
      .command('suggest')
      .summary('tighten declarations to what was used')
      .description(
        'Compares the declared calls of a running server with those that it has seen: what nobody used, what allows more than was used, and what is called without being declared.',
      )
      .option('--days <days>', 'how far back to look', toDays, 30)
      .option('--service <name>', 'only calls of this service')
      .addOption(
        new Option('--format <format>', 'how to print it')
          .choices(['text', 'json'])
          .default('text'),
      ),
  ).action(async (flags: SuggestFlags) => {
    const { suggest } = await import('./suggest.ts');
    await suggest(flags);
  });
}

function toDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3_650) return days;
  throw new InvalidArgumentError('use a number of days from 1 to 3650.');
}
