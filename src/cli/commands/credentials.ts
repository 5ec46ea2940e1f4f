import { type Command, Option } from 'commander';
import { Fault, quote } from '../../base/fault.ts';
import type { Credential } from '../../estate/index.ts';
import { type ChangeFlags, print, readPages, withReason } from '../answers.ts';
import { ask, type ServerFlags } from '../client.ts';

interface AssignFlags extends ChangeFlags {
  readonly owner?: string;
  readonly none?: true;
}

interface Assigned {
  readonly judged: boolean;
  readonly credential: Credential | null;
}

/** `reeve credentials assign`: who answers. The list itself is one of the lists. */
export function addCredentialCommands(credentials: Command): void {
  // the list has options of the same names; those behind a subcommand are the subcommand's
  credentials.enablePositionalOptions();
  withReason(
    credentials
      .command('assign <credential>')
      .summary('name the team that answers for a credential, whatever was inferred'),
  )
    .option('--owner <team>', 'who answers')
    .addOption(new Option('--none', 'take back what people have said').conflicts('owner'))
    .action(assign);
}

async function assign(text: string, flags: AssignFlags): Promise<void> {
  const { owner = null, none, reason } = flags;
  if (owner === null && none === undefined) {
    throw new Fault('client/owner-invalid', 'Nobody is named', {
      hint: 'add --owner and a team, or --none to take back what people have said',
    });
  }
  const { id, name } = await credentialNamed(flags, text);
  const path = `/api/v1/credentials/${encodeURIComponent(id)}/owner`;
  const answer = await ask<Assigned>(flags, path, 'POST', { owner, reason });
  print(flags, answer, ({ credential }) => {
    if (credential === null) {
      return `${name} (${id}): it holds, and the estate is being judged with it`;
    }
    return credential.owner === null
      ? `${name} (${id}): nobody answers`
      : `${name} (${id}): ${credential.owner} answers (${credential.ownerBecause})`;
  });
}

const MOST = 10_000;
const MAX_NAMED = 5;

/** The credential of this id, or the only one of this name.
 *  @throws {Fault} `client/credential-not-found`, `client/credential-invalid` where several have the name */
async function credentialNamed(flags: ServerFlags, text: string): Promise<Credential> {
  const list = { ...flags, format: 'json', limit: MOST } as const;
  const { items } = await readPages<Credential>(list, '/api/v1/credentials', { search: text });
  const exact = items.filter(({ id }) => id === text || id.endsWith(`/${text}`));
  const named = exact.length > 0 ? exact : items.filter(({ name }) => name === text);
  const [one, ...others] = named;
  if (one === undefined) {
    throw new Fault('client/credential-not-found', `There is no credential ${quote(text, 200)}`, {
      hint: '`reeve credentials` lists every credential',
    });
  }
  if (others.length === 0) return one;
  const told = named
    .slice(0, MAX_NAMED)
    .map(({ id, service }) => `${id} (${service ?? 'of no service'})`);
  const more = named.length > MAX_NAMED ? ` and ${named.length - MAX_NAMED} more` : '';
  throw new Fault(
    'client/credential-invalid',
    `${quote(text, 200)} can mean ${named.length} credentials: ${told.join(', ')}${more}`,
    { hint: 'name one by its id' },
  );
}
