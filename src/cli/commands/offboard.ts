import { type Command, Option } from 'commander';
import type { OffboardingPlan, OffboardingView, Step } from '../../assurance/offboarding/index.ts';
import { Fault } from '../../base/fault.ts';
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
import { toFields } from '../fields.ts';
import { toTable } from '../table.ts';
import { counted } from '../terminal.ts';

const PATH = '/api/v1/offboardings';
const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

interface PlanFlags extends AnswerFlags {
  readonly team?: true;
}

interface RunFlags extends PlanFlags, ChangeFlags, ConfirmFlags {
  readonly digest?: string;
}

/** `reeve offboard …`: retires a service or a team with all that it has. */
export function addOffboard(program: Command): void {
  const offboard = program
    .command('offboard')
    .summary('retire a service or a team, with all that it has');
  withTeam(
    withFormat(offboard.command('plan <name>').summary('what that takes; nothing is done')),
  ).action(async (name: string, flags: PlanFlags) => {
    print(flags, await planOf(flags, name), planText);
  });
  withTeam(
    withConfirmation(
      withFormat(offboard.command('run <name>').summary('show it, and do it once confirmed')),
    ),
  )
    .requiredOption('--reason <text>', 'why, for the audit log')
    .addOption(
      new Option('--digest <digest>', 'of the plan that was seen: no other is carried out'),
    )
    .action(run);
  withFormat(offboard.command('list').summary('what is retired, and what is left of it')).action(
    async (flags: AnswerFlags) =>
      print(flags, await ask<{ items: OffboardingView[] }>(flags, PATH), table),
  );
  withFormat(
    offboard.command('show <offboarding>').summary('one of them, and what is left'),
  ).action(async (id: string, flags: AnswerFlags) =>
    print(flags, await ask<OffboardingView>(flags, pathOf(id)), viewText),
  );
  withReason(
    offboard
      .command('cancel <offboarding>')
      .summary('take it back: what was revoked stays revoked'),
  ).action(async (id: string, flags: ChangeFlags) => {
    await ask(flags, `${pathOf(id)}${reasonQuery(flags)}`, 'DELETE');
    print(flags, { cancelled: id }, () => `cancelled ${id}`);
  });
}

const withTeam = (command: Command): Command =>
  command.option('--team', 'the name is that of a team: all that it answers for');

const retiredOf = (name: string, { team }: PlanFlags) => ({
  kind: team ? 'team' : 'service',
  name,
});

const planOf = (flags: PlanFlags, name: string): Promise<OffboardingPlan> =>
  ask(flags, `${PATH}/plan`, 'POST', retiredOf(name, flags));

async function run(name: string, flags: RunFlags): Promise<void> {
  const plan = await planOf(flags, name);
  if (flags.digest !== undefined && flags.digest !== plan.digest) {
    throw new Fault('client/plan-conflict', 'What is to be done has changed since it was shown', {
      hint: 'look at it again with `reeve offboard plan`',
    });
  }
  if (flags.format === 'text') console.error(planText(plan));
  await confirm(flags, `All of that is done, and most of it cannot be taken back.`);
  const body = { ...retiredOf(name, flags), digest: plan.digest, reason: flags.reason };
  print(flags, await ask<OffboardingView>(flags, PATH, 'POST', body), viewText);
}

function planText({ retired, services, steps, digest }: OffboardingPlan): string {
  const head = toFields([
    ['retire', [`${retired.kind} ${retired.name}`]],
    ['services', retired.kind === 'team' ? services : []],
    ['plan', [digest]],
  ]);
  return [head, stepsText('Reeve does:', steps, false), stepsText('People have to:', steps, true)]
    .filter((text) => text !== '')
    .join('\n\n');
}

function stepsText(title: string, steps: readonly Step[], isByHand: boolean): string {
  const own = steps.filter((step) => step.isByHand === isByHand);
  if (own.length === 0) return '';
  const rows = own.map(({ kind, what, where, isUnderWay, problem }): [string, string[]] => {
    const state = isUnderWay ? ' (under way)' : '';
    return [
      `  ${kind}`,
      [`${what}${state}`, ...(where ? [where] : []), ...(problem ? [problem] : [])],
    ];
  });
  return `${title}\n${toFields(rows, 16)}`;
}

function viewText({ id, retired, by, startedAt, verifiedAt, left }: OffboardingView): string {
  const head = toFields([
    ['retired', [`${retired.kind} ${retired.name}, by ${by} ${minute(startedAt)} UTC`]],
    ['id', [id]],
    [
      'state',
      [
        left.length === 0
          ? `verified${verifiedAt === null ? '' : ` ${minute(verifiedAt)} UTC`}: nothing is left`
          : `${counted(left.length, 'thing')} left`,
      ],
    ],
  ]);
  return [head, stepsText('Reeve is at:', left, false), stepsText('People have to:', left, true)]
    .filter((text) => text !== '')
    .join('\n\n');
}

function table({ items }: { readonly items: readonly OffboardingView[] }): string {
  if (items.length === 0) return 'Nothing is retired.';
  return toTable(items, [
    { title: 'offboarding', value: ({ id }) => id },
    { title: 'of', value: ({ retired: { kind, name } }) => `${kind} ${name}`, shrinks: 'path' },
    { title: 'since (UTC)', value: ({ startedAt }) => minute(startedAt) },
    { title: 'left', value: ({ left }) => String(left.length) },
  ]);
}
