import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Person } from '../../server/auth/people.ts';
import { ROLE_NAMES, ROLES, type Role } from '../../server/auth/roles.ts';
import {
  type AnswerFlags,
  type ChangeFlags,
  minute,
  print,
  reasonQuery,
  withFormat,
  withReason,
} from '../answers.ts';
import { ask } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { say } from '../endpoints/say.ts';
import { collected, toCount } from '../options.ts';
import { toTable } from '../table.ts';

const PATH = '/api/v1/people';
const pathOf = (name: string) => `${PATH}/${encodeURIComponent(name)}`;

interface Issued {
  readonly token: string;
  readonly person: Person;
}

interface AddFlags extends ChangeFlags {
  readonly role: readonly Role[];
  readonly team?: readonly string[];
  readonly days: number;
}

const ROLE_HELP = Object.entries(ROLES)
  .map(([role, permissions]) => `  ${role.padEnd(18)} ${permissions.join(' ')}`)
  .join('\n');

/** `reeve people …`: who is let in beside the holder of `admin.token`, and what each may do. */
export function addPeople(program: Command): void {
  const people = program.command('people').summary('who may ask the server, and what each may do');
  people.addHelpText('after', `\nRoles, and what each may do:\n${ROLE_HELP}`);
  withReason(people.command('add <name>').summary('give somebody, or a script, a token of its own'))
    .addOption(
      new Option('--role <role>', `one of ${ROLE_NAMES.join(', ')}; may be given again`)
        .argParser(toRoles)
        .makeOptionMandatory(),
    )
    .option('--team <team>', 'may change what belongs to it alone; may be given again', collected)
    .option('--days <count>', 'until the token ends', toCount, 90)
    .action(add);
  withFormat(people.command('list').summary('who has a token, and until when')).action(
    async (flags: AnswerFlags) =>
      print(flags, await ask<{ readonly items: readonly Person[] }>(flags, PATH), table),
  );
  withReason(people.command('renew <name>').summary('another token; the one before ends at once'))
    .option('--days <count>', 'until the token ends', toCount, 90)
    .action(async (name: string, flags: AddFlags) => {
      const { days, reason } = flags;
      printToken(flags, await ask(flags, `${pathOf(name)}/token`, 'POST', { days, reason }));
    });
  withConfirmation(
    withReason(people.command('remove <name>').summary('end a token, and its sessions')),
  ).action(remove);
}

function toRoles(text: string, before: readonly Role[] = []): readonly Role[] {
  const role = ROLE_NAMES.find((name) => name === text);
  if (role === undefined) throw new InvalidArgumentError(`use one of ${ROLE_NAMES.join(', ')}.`);
  return [...before, role];
}

async function add(name: string, flags: AddFlags): Promise<void> {
  const { role, team = null, days, reason } = flags;
  const body = { name, roles: [...new Set(role)], teams: team, days, reason };
  printToken(flags, await ask(flags, PATH, 'POST', body));
}

function printToken(flags: AnswerFlags, issued: Issued): void {
  print(flags, issued, ({ token }) => token);
  if (flags.format === 'json') return;
  const { name, expiresAt } = issued.person;
  say(
    console.error,
    `The token of ${name}, until ${minute(expiresAt)} UTC. It is kept nowhere: hand it on now. Commands take it from REEVE_TOKEN.`,
  );
}

async function remove(name: string, flags: ChangeFlags & ConfirmFlags): Promise<void> {
  await confirm(flags, `${name} is let in no longer.`);
  await ask(flags, `${pathOf(name)}${reasonQuery(flags)}`, 'DELETE');
  print(flags, { removed: name }, () => `removed ${name}`);
}

function table({ items }: { readonly items: readonly Person[] }): string {
  if (items.length === 0) return 'Nobody beside the holder of `admin.token`.';
  return toTable(items, [
    { title: 'name', value: ({ name }) => name },
    { title: 'roles', value: ({ roles }) => roles.join(', '), shrinks: 'text' },
    { title: 'teams', value: ({ teams }) => teams?.join(', ') ?? 'all', shrinks: 'text' },
    { title: 'until (UTC)', value: ({ expiresAt }) => minute(expiresAt) },
    { title: 'made by', value: ({ createdBy }) => createdBy, shrinks: 'text' },
  ]);
}
