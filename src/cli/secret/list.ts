import { type Command, Option } from 'commander';
import { type ListFlags, minute, print, readPages, withFormat, withLimit } from '../answers.ts';
import { ask } from '../client.ts';
import { toTable } from '../table.ts';
import { counted } from '../terminal.ts';
import { API, pathOf, type SecretItem, type SecretView, secretNamed } from './common.ts';
import { toText } from './secret-text.ts';

interface Filters extends ListFlags {
  readonly service?: string;
  readonly owner?: string;
  readonly kind?: string;
  readonly problem?: string;
  readonly label?: string;
  readonly search?: string;
}

/** `reeve secret list`, `show`: what is kept, without values. */
export function addLists(secret: Command): void {
  withLimit(secret.command('list').summary('the secrets that Reeve keeps, without values'))
    .option('--service <id>', 'of this service')
    .option('--owner <team>', 'that this team answers for')
    .option('--kind <kind>', 'of this kind, such as postgres')
    .option('--problem <problem>', 'with this problem, such as missed')
    .addOption(
      new Option('--label <label>', 'that have it; none: without a current value').choices([
        'current',
        'pending',
        'previous',
        'none',
      ]),
    )
    .option('--search <text>', 'text that the id holds')
    .action(list);
  withFormat(secret.command('show <secret>').summary('all about one, without its values')).action(
    async (text: string, flags: ListFlags) => {
      const id = await secretNamed(flags, text);
      print(flags, await ask<SecretView>(flags, pathOf(id)), toText);
    },
  );
}

async function list(flags: Filters): Promise<void> {
  const { service, owner, kind, problem, label, search } = flags;
  const query = { service, owner, kind, problem, label, search };
  const { items, total } = await readPages<SecretItem>(flags, API, query);
  print(flags, { items, total }, () => (items.length === 0 ? 'None.' : table(items)));
  if (flags.format === 'text' && total > items.length) {
    console.log(`${counted(total - items.length, 'more row')}: raise --limit, or filter`);
  }
}

function table(items: readonly SecretItem[]): string {
  return toTable(items, [
    { title: 'secret', value: ({ id }) => id, shrinks: 'path' },
    { title: 'kind', value: ({ kind }) => kind, shrinks: 'text' },
    { title: 'owner', value: ({ owner }) => owner, shrinks: 'text' },
    { title: 'rotated (UTC)', value: ({ lastRotated }) => lastRotated && minute(lastRotated) },
    {
      title: 'state',
      value: ({ run, problems }) =>
        [run && `${run.step} …`, ...problems].filter(Boolean).join(', '),
      shrinks: 'text',
    },
  ]);
}
