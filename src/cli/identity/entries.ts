import { type Command, Option } from 'commander';
import type { Entry } from '../../identity/registration/index.ts';
import {
  type AnswerFlags,
  type ListFlags,
  print,
  readPages,
  withFormat,
  withLimit,
} from '../answers.ts';
import { toTable } from '../table.ts';
import { counted } from '../terminal.ts';
import { API } from './common.ts';
import { findEntry, toText } from './entry.ts';
import { serviceNamed } from './named.ts';

interface EntriesFlags extends ListFlags {
  readonly service?: string;
  readonly owner?: string;
  readonly spiffeId?: string;
  readonly selector?: string;
  readonly origin?: string;
  readonly search?: string;
}

/** `reeve identity entries`, `entry`: who is registered. */
export function addEntries(identity: Command): void {
  withLimit(identity.command('entries').summary('who is registered for which identity'))
    .option('--service <service>', 'for this service, by id or name')
    .option('--owner <team>', 'that this team answers for')
    .option('--spiffe-id <id>', 'of this SPIFFE ID')
    .option('--selector <selector>', 'that ask for this selector')
    .addOption(new Option('--origin <origin>', 'made by').choices(['automatic', 'person']))
    .option('--search <words>', 'words of the ID, the selectors, the service or the owner')
    .action(list);
  withFormat(
    identity.command('entry <entry>').summary('all about one registration, by id or SPIFFE ID'),
  ).action(async (text: string, flags: AnswerFlags) =>
    print(flags, await findEntry(flags, text), toText),
  );
}

async function list(flags: EntriesFlags): Promise<void> {
  const { service, owner, spiffeId, selector, origin, search } = flags;
  const query = {
    ...{ owner, spiffeId, selector, origin, search },
    service: service === undefined ? undefined : await serviceNamed(flags, service),
  };
  const { items, total } = await readPages<Entry>(flags, `${API}/entries`, query);
  print(flags, { items, total }, () => (items.length === 0 ? 'None.' : table(items)));
  if (flags.format === 'text' && total > items.length) {
    console.log(`${counted(total - items.length, 'more row')}: raise --limit, or filter`);
  }
}

function table(entries: readonly Entry[]): string {
  return toTable(entries, [
    { title: 'entry', value: ({ id }) => id },
    { title: 'identity', value: ({ spiffeId }) => withoutScheme(spiffeId), shrinks: 'path' },
    { title: 'owner', value: ({ owner }) => owner, shrinks: 'text' },
    {
      title: 'by',
      value: ({ origin, createdBy }) => (origin === 'automatic' ? 'estate' : createdBy),
      shrinks: 'text',
    },
  ]);
}

const withoutScheme = (uri: string): string => uri.slice('spiffe://'.length);
