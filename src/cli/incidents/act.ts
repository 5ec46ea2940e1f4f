import { type Command, Option } from 'commander';
import { Fault, quote } from '../../base/fault.ts';
import type { IncidentView } from '../../tracing/incidents/index.ts';
import { type AnswerFlags, type ChangeFlags, withFormat } from '../answers.ts';
import { ask } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { pathOf, printIncident } from './list.ts';

interface Saying {
  readonly name: string;
  readonly summary: string;
  /** What is posted where, with the reason. */
  readonly path: string;
  readonly body?: object;
  readonly needsReason: boolean;
}

const JUDGED = { path: 'feedback', needsReason: true } as const;

/** What people say of an incident. */
const SAYINGS: readonly Saying[] = [
  {
    ...{ name: 'acknowledge', summary: 'you look after it', path: 'acknowledge' },
    needsReason: false,
  },
  { name: 'resolve', summary: 'it is over', path: 'resolve', needsReason: true },
  {
    ...{ name: 'reopen', path: 'reopen', needsReason: true },
    summary: 'it is not over, and what was said of it was wrong',
  },
  {
    ...{ name: 'expect', body: { verdict: 'expected' }, ...JUDGED },
    summary: 'it is as it should be: the like is not told again',
  },
  {
    ...{ name: 'condemn', body: { verdict: 'malicious' }, ...JUDGED },
    summary: 'it is an attack: the like says more from now on',
  },
];

interface AssignFlags extends ChangeFlags {
  readonly to?: string;
  readonly none?: true;
}

/** `reeve incidents acknowledge`, `resolve`, `reopen`, `expect`, `condemn`, `act`, `note`, `assign`. */
export function addIncidentActions(incidents: Command): void {
  for (const saying of SAYINGS) addSaying(incidents, saying);
  withReason(
    withConfirmation(
      withFormat(
        incidents
          .command('act <incident> <action>')
          .summary('do what `show` proposes, by its id, or by its kind where that is one'),
      ),
    ),
    true,
  ).action(act);
  withFormat(incidents.command('note <incident> <text>').summary('write a note on it')).action(
    async (id: string, text: string, flags: AnswerFlags) =>
      printIncident(flags, await ask(flags, pathOf(id, 'notes'), 'POST', { text })),
  );
  withReason(
    withFormat(incidents.command('assign <incident>').summary('say who looks after it')),
    false,
  )
    .option('--to <person>', 'who does')
    .addOption(new Option('--none', 'nobody does').conflicts('to'))
    .action(assign);
}

function withReason(command: Command, isNeeded: boolean): Command {
  return isNeeded
    ? command.requiredOption('--reason <text>', 'why, for the audit log')
    : command.option('--reason <text>', 'why, for the audit log', '');
}

function addSaying(incidents: Command, { name, summary, path, body, needsReason }: Saying): void {
  const command = withFormat(incidents.command(`${name} <incident>`).summary(summary));
  withReason(command, needsReason).action(async (id: string, flags: ChangeFlags) => {
    const said = { ...body, reason: flags.reason };
    printIncident(flags, await ask<IncidentView>(flags, pathOf(id, path), 'POST', said));
  });
}

async function act(id: string, text: string, flags: ChangeFlags & ConfirmFlags): Promise<void> {
  const incident = await ask<IncidentView>(flags, pathOf(id));
  const { id: action, what, breaks } = actionNamed(incident, text);
  await confirm(flags, `${what} ${breaks}`);
  const body = { action, reason: flags.reason };
  printIncident(flags, await ask<IncidentView>(flags, pathOf(id, 'actions'), 'POST', body));
}

type Named = Pick<IncidentView['proposed'][number], 'id' | 'kind' | 'target' | 'what' | 'breaks'>;

/** What is proposed, or was begun and is not done.
 *  @throws {Fault} `client/action-not-found`, `client/action-invalid` */
function actionNamed({ id, proposed, actions }: IncidentView, text: string): Named {
  const open = actions.filter(({ standing }) => standing !== 'done');
  const all: readonly Named[] = [...proposed, ...open];
  const [one, ...others] = all.filter((action) => action.id === text || action.kind === text);
  if (one === undefined) {
    throw new Fault('client/action-not-found', `Nothing that can be done is ${quote(text, 100)}`, {
      hint: `\`reeve incidents show ${id}\` lists what can be done`,
    });
  }
  // the same may be proposed again for more than it was done for
  const targets = [one, ...others].filter((action) => action.id !== one.id);
  if (targets.length === 0) return one;
  const told = [one, ...targets].map((action) => `${action.id} (${action.target})`).join(', ');
  throw new Fault('client/action-invalid', `${quote(text, 100)} can mean ${told}`, {
    hint: 'name one by its id',
  });
}

async function assign(id: string, flags: AssignFlags): Promise<void> {
  const { to = null, none, reason } = flags;
  if (to === null && none === undefined) {
    throw new Fault('client/assignee-invalid', 'Nobody is named', {
      hint: 'add --to and a name, or --none',
    });
  }
  const body = { assignee: to, reason };
  printIncident(flags, await ask<IncidentView>(flags, pathOf(id, 'assignee'), 'POST', body));
}
