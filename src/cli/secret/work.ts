import type { Command } from 'commander';
import { Fault } from '../../base/fault.ts';
import type { RotationsStanding } from '../../server/secrets/standing.ts';
import {
  type AnswerFlags,
  type ChangeFlags,
  minute,
  print,
  withFormat,
  withReason,
} from '../answers.ts';
import { ask } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { toFields } from '../fields.ts';
import { toCount } from '../options.ts';
import { toTable } from '../table.ts';
import { counted } from '../terminal.ts';
import { change, secretNamed } from './common.ts';
import { toText } from './secret-text.ts';

interface VersionFlags extends ChangeFlags, ConfirmFlags {
  readonly version?: readonly number[];
  readonly all?: true;
}

interface Unrevoked {
  readonly secret: string;
  readonly version: number;
  readonly owner: string | null;
  readonly revocation: {
    readonly since: string;
    readonly failures: number;
    readonly waits: boolean;
    readonly problem: string | null;
  };
}

/** What is asked of one secret and takes no more than a reason. */
const SIMPLE = [
  ['rotate', 'renew it now'],
  ['cancel', 'give up the rotation that is under way'],
  ['retry', 'have what failed, or waits for a person, tried again now'],
  ['accept', 'say that what its account may do at the target is as it should be'],
] as const;

/** `reeve secret rotate`, `revoke` …: what is done with secrets, and how it stands. */
export function addWork(secret: Command): void {
  for (const [action, summary] of SIMPLE) {
    withReason(secret.command(`${action} <secret>`).summary(summary)).action(
      async (text: string, flags: ChangeFlags) =>
        print(flags, await change(flags, text, action, { reason: flags.reason }), toText),
    );
  }
  withVersions(
    secret
      .command('revoke <secret>')
      .summary('have versions refused by their target; it is tried until they are'),
  )
    .option('--all', 'every version but the one that is being brought to the target')
    .action(revoke);
  withVersions(
    secret.command('destroy <secret>').summary('wipe values that nobody needs any longer'),
  ).action(destroy);
  withVersions(
    secret
      .command('abandon <secret>')
      .summary('try no longer to revoke a version; it stays on the list'),
  ).action(abandon);
  withVersions(
    secret
      .command('settle <secret>')
      .summary('say that its target refuses a version, where Reeve could not see to it'),
  ).action(settle);
  withFormat(
    secret.command('status').summary('whether rotations go on, and how they stand'),
  ).action(async (flags: AnswerFlags) =>
    print(flags, await ask<RotationsStanding>(flags, '/api/v1/rotations'), standingText),
  );
  withReason(
    secret
      .command('resume')
      .summary('let rotations go on after the store was brought back from a backup'),
  ).action(async (flags: ChangeFlags) => {
    const body = { reason: flags.reason };
    const standing = await ask<RotationsStanding>(flags, '/api/v1/rotations/resume', 'POST', body);
    print(flags, standing, standingText);
  });
  withFormat(secret.command('unrevoked').summary('what is to be revoked, and is not yet')).action(
    async (flags: AnswerFlags) =>
      print(flags, await ask<{ items: Unrevoked[] }>(flags, '/api/v1/revocations'), unrevokedTable),
  );
}

function withVersions(command: Command): Command {
  return withConfirmation(withReason(command)).option(
    '--version <number>',
    'a version; may be given again',
    (text: string, before: readonly number[] = []) => [...before, toCount(text)],
  );
}

async function revoke(text: string, flags: VersionFlags): Promise<void> {
  const { all, version, reason } = flags;
  if ((all === undefined) === (version === undefined)) {
    throw new Fault('client/revocation-invalid', 'Name versions to revoke, or all of them', {
      hint: 'as in --version 3, or --all; `reeve secret show` lists them',
    });
  }
  const id = await secretNamed(flags, text);
  const what = all ? 'All versions' : `Versions ${version?.join(', ')}`;
  await confirm(flags, `${what} of ${id} are refused from now on, whoever uses them.`);
  print(
    flags,
    await change(flags, id, 'revoke', { versions: all ? 'all' : version, reason }),
    toText,
  );
}

async function destroy(text: string, flags: VersionFlags): Promise<void> {
  const versions = versionsOf(flags);
  const id = await secretNamed(flags, text);
  await confirm(flags, `The values of versions ${versions.join(', ')} of ${id} are gone for good.`);
  print(flags, await change(flags, id, 'destroy', { versions, reason: flags.reason }), toText);
}

async function abandon(text: string, flags: VersionFlags): Promise<void> {
  const [version, ...others] = versionsOf(flags);
  if (others.length > 0) throw new Fault('client/version-invalid', 'Abandon one version at a time');
  const id = await secretNamed(flags, text);
  await confirm(flags, `Version ${version} of ${id} may work on at its target.`);
  print(flags, await change(flags, id, 'abandon', { version, reason: flags.reason }), toText);
}

async function settle(text: string, flags: VersionFlags): Promise<void> {
  const { reason } = flags;
  for (const version of versionsOf(flags)) {
    print(flags, await change(flags, text, 'settle', { version, reason }), toText);
  }
}

function versionsOf({ version }: VersionFlags): readonly number[] {
  if (version) return version;
  throw new Fault('client/version-invalid', 'No version is named', {
    hint: 'add --version; `reeve secret show` lists them',
  });
}

function standingText(standing: RotationsStanding): string {
  const { state, why, secrets, planned, underWay, problems, unrevoked, outcomes } = standing;
  const counts = (table: Readonly<Record<string, number>>) =>
    Object.entries(table)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`);
  return toFields([
    ['rotations', [why === null ? state : `${state}: ${why}`]],
    ['secrets', [`${secrets}, ${planned} of them with a plan, ${underWay} being renewed`]],
    ['problems', counts(problems)],
    ['unrevoked', [unrevoked === 0 ? null : counted(unrevoked, 'version')]],
    ['since start', counts(outcomes)],
  ]);
}

function unrevokedTable({ items }: { readonly items: readonly Unrevoked[] }): string {
  if (items.length === 0) return 'None: all that was to be revoked is refused.';
  return toTable(items, [
    { title: 'secret', value: ({ secret }) => secret, shrinks: 'path' },
    { title: 'version', value: ({ version }) => String(version) },
    { title: 'since (UTC)', value: ({ revocation }) => minute(revocation.since) },
    {
      title: 'why',
      value: ({ revocation: { waits, problem } }) =>
        `${waits ? 'waits for a person' : 'is tried'}${problem === null ? '' : `: ${problem}`}`,
      shrinks: 'text',
    },
  ]);
}
