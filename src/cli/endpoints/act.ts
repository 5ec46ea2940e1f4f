import { type Command, Option } from 'commander';
import { Fault, quote } from '../../base/fault.ts';
import type { Endpoint, EndpointAction, StoredDecision } from '../../estate/index.ts';
import { ask, type ServerFlags, withServer } from '../client.ts';
import { ACTIONS, type Action, addOptions } from './actions.ts';
import { findEndpoint } from './find.ts';
import { say } from './say.ts';
import { statusOf } from './words.ts';
import { writeSpecification } from './write.ts';

interface ActFlags extends ServerFlags {
  readonly service?: string;
  readonly reason: string;
  readonly format: 'text' | 'json';
  readonly specification?: string;
  readonly action?: EndpointAction['action'];
  readonly [option: string]: unknown;
}

interface Answer {
  readonly judged: boolean;
  readonly results: readonly {
    readonly endpoint: string;
    readonly sequence: number | null;
    readonly problem: { readonly message: string; readonly hint: string | null } | null;
    readonly state: Endpoint | null;
  }[];
}

/** Ends the process where something was refused. */
const BAD_INPUT = 2;

/** `reeve endpoints adopt`, `assign` … and `undo`. */
export function addActions(endpoints: Command): void {
  for (const action of ACTIONS) {
    const command = endpoints.command(`${action.name} <endpoint...>`).summary(action.summary);
    addOptions(withAct(command), action.options).action((texts: string[], flags: ActFlags) =>
      act(action, texts, flags),
    );
  }
  withAct(endpoints.command('undo <endpoint...>').summary('take decisions back'))
    .addOption(
      new Option('--action <action>', 'which, where several are in force').choices(
        ACTIONS.map(({ name }) => name),
      ),
    )
    .action(undo);
}

function withAct(command: Command): Command {
  return withServer(command)
    .option('--service <service>', 'their service, by id or name')
    .option('--reason <text>', 'why, for the audit log', '')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'));
}

async function act(action: Action, texts: readonly string[], flags: ActFlags): Promise<void> {
  const endpoints = await findAll(flags, texts);
  const services = new Set(endpoints.map(({ service }) => service));
  if (flags.specification !== undefined && services.size > 1) {
    throw new Fault(
      'client/specification-invalid',
      `A specification is of one service, and these endpoints are of ${services.size}`,
      { hint: 'adopt those of one service at a time' },
    );
  }
  const decision = action.toDecision(flags);
  const ids = endpoints.map(({ id }) => id);
  const body = { endpoints: ids, decision, reason: flags.reason };
  const answer = await ask<Answer>(flags, '/api/v1/endpoints/decisions', 'POST', body);
  report(flags, answer, action.done(decision as never), action.next);
  const [service] = services;
  if (flags.specification === undefined || service === undefined) return;
  const taken = answer.results.filter(({ problem }) => problem === null);
  if (taken.length === 0) return;
  const file = flags.specification === '-' ? undefined : flags.specification;
  await writeSpecification(flags, {
    service,
    endpoints: taken.map(({ endpoint }) => endpoint),
    file,
  });
}

async function undo(texts: readonly string[], flags: ActFlags): Promise<void> {
  const standing = await Promise.all(texts.map((text) => standingOf(flags, text)));
  const action = flags.action ?? onlyAction(standing.flatMap(({ decisions }) => decisions));
  const endpoints = standing.map(({ id }) => id);
  const body = { endpoints, action, reason: flags.reason };
  const answer = await ask<Answer>(flags, '/api/v1/endpoints/decisions/undo', 'POST', body);
  report(flags, answer, `no longer under "${action}"`);
}

/** An endpoint may be gone while what was decided about it stands. */
async function standingOf(flags: ActFlags, text: string) {
  const decisions = await decisionsOf(flags, text);
  if (decisions.length > 0) return { id: text, decisions };
  const { id } = await findEndpoint(flags, text, flags.service);
  return { id, decisions: await decisionsOf(flags, id) };
}

async function decisionsOf(flags: ServerFlags, id: string): Promise<readonly StoredDecision[]> {
  const path = `/api/v1/endpoints/decisions?${new URLSearchParams({ endpoint: id })}`;
  return (await ask<{ items: StoredDecision[] }>(flags, path)).items;
}

function onlyAction(decisions: readonly StoredDecision[]): EndpointAction['action'] {
  const actions = [...new Set(decisions.map(({ action }) => action))];
  const [one] = actions;
  if (one !== undefined && actions.length === 1) return one;
  throw new Fault(
    'client/action-invalid',
    one === undefined
      ? 'Nothing is decided about it, so there is nothing to undo'
      : `Several decisions are in force: ${actions.join(', ')}`,
    one === undefined ? {} : { hint: `name one: --action ${one}` },
  );
}

function findAll(flags: ActFlags, texts: readonly string[]): Promise<Endpoint[]> {
  return Promise.all(texts.map((text) => findEndpoint(flags, text, flags.service)));
}

/** Says what became of each, what was refused and what to do next. */
function report(flags: ActFlags, answer: Answer, done: string, next?: string): void {
  const refused = answer.results.filter(({ problem }) => problem !== null);
  if (refused.length > 0) process.exitCode = BAD_INPUT;
  if (flags.format === 'json') {
    console.log(JSON.stringify(answer, null, 2));
    return;
  }
  for (const { endpoint, problem, state, sequence } of answer.results) {
    if (problem) continue;
    const now = state ? `, now ${statusOf(state)}` : '';
    say(console.log, `${endpoint}: ${done}${now} (audit entry ${sequence})`);
  }
  for (const { endpoint, problem } of refused) {
    say(console.error, `reeve: ${quote(endpoint, 200)} is left as it is: ${problem?.message}`);
    if (problem?.hint) say(console.error, `       ${problem.hint}`);
  }
  if (refused.length === answer.results.length) return;
  if (!answer.judged) {
    say(console.error, 'The estate is being judged: `reeve endpoints show` soon tells the status.');
  }
  if (next) say(console.error, next);
}
