import type { Command } from 'commander';
import type { Lease, Role } from '../../secrets/dynamic/index.ts';
import {
  type AnswerFlags,
  type ChangeFlags,
  type ListFlags,
  minute,
  print,
  readPages,
  reasonQuery,
  withFormat,
  withLimit,
  withReason,
} from '../answers.ts';
import { ask } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { toTable } from '../table.ts';
import { interval } from './common.ts';
import { readJson } from './read-json.ts';

const ROLES = '/api/v1/lease-roles';
const LEASES = '/api/v1/leases';

interface Filters extends ListFlags {
  readonly service?: string;
  readonly role?: string;
  readonly state?: string;
}

interface DefineFlags extends ChangeFlags {
  readonly service: string;
}

const CHANGES = [
  ['end', 'take a lease away: its user is dropped, and its sessions end', 'is dropped'],
  ['retry', 'have its end tried again now', undefined],
  ['abandon', 'try no longer to end it; its user stays on the list', 'may work on at its target'],
] as const;

/** `reeve secret lease …`, `lease-role …`: short-lived users, and what they are made for. */
export function addLeases(secret: Command): void {
  const lease = secret.command('lease').summary('short-lived users of databases and brokers');
  withLimit(lease.command('list').summary('who has which, and until when; no passwords'))
    .option('--service <id>', 'that this service asked for')
    .option('--role <id>', 'of this role')
    .option('--state <state>', 'pending, active, ending, ended or abandoned')
    .action(list);
  for (const [verb, summary, effect] of CHANGES) {
    withConfirmation(withReason(lease.command(`${verb} <lease>`).summary(summary))).action(
      async (id: string, flags: ChangeFlags & ConfirmFlags) => {
        if (effect) await confirm(flags, `The user of ${id} ${effect}.`);
        const path = `${LEASES}/${encodeURIComponent(id)}/${verb}`;
        const after = await ask<Lease>(flags, path, 'POST', { reason: flags.reason });
        print(flags, after, () => table([after]));
      },
    );
  }
  const role = secret.command('lease-role').summary('what such users are made for');
  withFormat(role.command('list').summary('targets, rights, and for how long')).action(
    async (flags: AnswerFlags) => {
      const { items } = await ask<{ items: Role[] }>(flags, ROLES);
      print(flags, { items }, () => (items.length === 0 ? 'None.' : roleTable(items)));
    },
  );
  withReason(
    role.command('define <name> <file>').summary('make one, or say anew what it is, out of JSON'),
  )
    .requiredOption('--service <id>', 'that it belongs to: production/shop/orders')
    .action(async (name: string, file: string, flags: DefineFlags) => {
      const { service, reason } = flags;
      const body = { ...(readJson(file) as object), service, name, reason };
      const made = await ask<Role>(flags, ROLES, 'POST', body);
      print(flags, made, () => roleTable([made]));
    });
  withConfirmation(
    withReason(
      role
        .command('remove <role>')
        .summary('close it, and remove it where none of its leases is left'),
    ),
  ).action(async (id: string, flags: ChangeFlags & ConfirmFlags) => {
    await confirm(flags, `Nobody gets a user of ${id} any more.`);
    await ask(flags, `${ROLES}/${encodeURIComponent(id)}${reasonQuery(flags)}`, 'DELETE');
    print(flags, { removed: id }, () => `removed ${id}`);
  });
}

async function list(flags: Filters): Promise<void> {
  const { service, role, state } = flags;
  const { items, total } = await readPages<Lease>(flags, LEASES, { service, role, state });
  print(flags, { items, total }, () => (items.length === 0 ? 'None.' : table(items)));
}

function table(leases: readonly Lease[]): string {
  return toTable(leases, [
    { title: 'lease', value: ({ id }) => id },
    { title: 'user', value: ({ username }) => username, shrinks: 'text' },
    { title: 'service', value: ({ service }) => service, shrinks: 'path' },
    { title: 'until (UTC)', value: ({ expiresAt }) => minute(expiresAt) },
    {
      title: 'state',
      value: ({ state, removal }) => (removal?.problem ? `${state}: ${removal.problem}` : state),
      shrinks: 'text',
    },
  ]);
}

function roleTable(roles: readonly Role[]): string {
  return toTable(roles, [
    { title: 'role', value: ({ id }) => id, shrinks: 'path' },
    { title: 'engine', value: ({ engine }) => engine },
    { title: 'for', value: ({ defaultTtlSeconds }) => interval(defaultTtlSeconds) },
    { title: 'at most', value: ({ maxTtlSeconds }) => interval(maxTtlSeconds) },
    { title: 'state', value: ({ closedAt }) => (closedAt === null ? 'open' : 'closed') },
  ]);
}
