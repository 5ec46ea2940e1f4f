import { type Command, InvalidArgumentError } from 'commander';
import { Fault, quote } from '../../base/fault.ts';
import {
  type AnswerFlags,
  type ChangeFlags,
  minute,
  print,
  reasonQuery,
  withFormat,
  withReason,
} from '../answers.ts';
import { ask, type ServerFlags } from '../client.ts';
import { type ConfirmFlags, confirm, withConfirmation } from '../confirm.ts';
import { say } from '../endpoints/say.ts';
import { toCount } from '../options.ts';
import { toTable } from '../table.ts';
import { API, pathOf } from './common.ts';

interface JoinToken {
  readonly id: string;
  readonly agent: string;
  readonly createdBy: string;
  readonly expiresAt: string;
  readonly used: { readonly at: string; readonly by: string } | null;
}

interface Made {
  readonly token: string;
  readonly record: JoinToken;
  readonly join: {
    readonly server: string | null;
    readonly trustDomain: string;
    readonly trustBundleSha256: readonly string[];
  };
}

interface Agent {
  readonly agent: string;
  readonly from: string;
  readonly since: string;
  readonly expiresAt: string;
}

interface Listed<Item> {
  readonly items: readonly Item[];
}

const PATH = `${API}/join-tokens`;
/** Characters of a token's id that tell it from others. */
const SHORT_ID = 12;

/** `reeve identity join-token …`, `agents`: what lets agents in, and those that are here. */
export function addAgents(identity: Command): void {
  const tokens = identity.command('join-token').summary('tokens by which agents join, once');
  withFormat(tokens.command('create').summary('make one: it is printed once, and kept nowhere'))
    .requiredOption('--agent <name>', 'name of the agent, such as edge-1', toAgentName)
    .option('--ttl <seconds>', 'how long it may be used (else as is configured)', toCount)
    .action(create);
  withFormat(tokens.command('list').summary('those that were made, without their values')).action(
    async (flags: AnswerFlags) =>
      print(flags, await ask<Listed<JoinToken>>(flags, PATH), tokenTable),
  );
  withConfirmation(
    withReason(tokens.command('delete <token...>').summary('take tokens back, by their ids')),
  ).action(remove);
  withFormat(identity.command('agents').summary('the agents that are connected')).action(
    async (flags: AnswerFlags) =>
      print(flags, await ask<Listed<Agent>>(flags, `${API}/agents`), agentTable),
  );
}

function toAgentName(text: string): string {
  if (/^(spiffe:\/\/)?[\w.-]+(\/[\w.-]+)*$/.test(text)) return text;
  throw new InvalidArgumentError('use letters, digits, dots, dashes and slashes, as in edge-1.');
}

async function create(
  flags: AnswerFlags & { readonly agent: string; readonly ttl?: number },
): Promise<void> {
  const { agent, ttl } = flags;
  const body = { agent, ...(ttl !== undefined && { ttlSeconds: ttl }) };
  const made = await ask<Made>(flags, PATH, 'POST', body);
  print(flags, made, ({ token }) => token);
  if (flags.format === 'json') return;
  say(
    console.error,
    `${made.record.agent} may join with it once, until ${minute(made.record.expiresAt)} UTC. On its machine, with the token in the file join.token:`,
  );
  for (const line of commandOf(made)) console.error(line);
  if (made.join.server === null) {
    say(
      console.error,
      'The server lets no agents in yet: set `identity.agents` in its configuration',
    );
  }
}

/** In lines that a shell takes as they are. */
function commandOf({ join: { server, trustDomain, trustBundleSha256 } }: Made): string[] {
  const words = [
    `reeve agent --server ${server ?? 'SERVER:7072'}`,
    `  --trust-domain ${trustDomain}`,
    '  --join-token-file join.token',
    ...trustBundleSha256.map((hash) => `  --trust-bundle-sha256 \\\n    ${hash}`),
  ];
  return words.join(' \\\n').split('\n');
}

async function remove(texts: readonly string[], flags: ChangeFlags & ConfirmFlags): Promise<void> {
  const tokens = await findTokens(flags, texts);
  const agents = tokens.map(({ agent }) => agent).join(', ');
  await confirm(flags, `Nobody joins as ${agents} with what was made for it.`);
  const removed: JoinToken[] = [];
  for (const { id } of tokens) {
    const path = `${pathOf('join-tokens', id)}${reasonQuery(flags)}`;
    removed.push(await ask<JoinToken>(flags, path, 'DELETE'));
  }
  print(flags, removed, () =>
    removed.map(({ id, agent }) => `deleted ${id.slice(0, SHORT_ID)} of ${agent}`).join('\n'),
  );
}

/** The tokens whose ids begin with these texts. */
async function findTokens(flags: ServerFlags, texts: readonly string[]): Promise<JoinToken[]> {
  const { items } = await ask<Listed<JoinToken>>(flags, PATH);
  return texts.map((text) => {
    const [one, ...others] = items.filter(({ id }) => id.startsWith(text));
    if (one && others.length === 0) return one;
    const why = one ? 'can mean several join tokens' : 'is no join token';
    throw new Fault('client/join-token-not-found', `${quote(text, 80)} ${why}`, {
      hint: '`reeve identity join-token list` lists them',
    });
  });
}

function tokenTable({ items }: Listed<JoinToken>): string {
  if (items.length === 0) return 'None.';
  return toTable(items, [
    { title: 'token', value: ({ id }) => id.slice(0, SHORT_ID) },
    { title: 'agent', value: ({ agent }) => agent.replace(/^spiffe:\/\//, ''), shrinks: 'path' },
    { title: 'until (UTC)', value: ({ expiresAt }) => minute(expiresAt) },
    { title: 'used by', value: ({ used }) => used?.by ?? null, shrinks: 'text' },
    { title: 'made by', value: ({ createdBy }) => createdBy, shrinks: 'text' },
  ]);
}

function agentTable({ items }: Listed<Agent>): string {
  if (items.length === 0) return 'No agent is connected.';
  return toTable(items, [
    { title: 'agent', value: ({ agent }) => agent.replace(/^spiffe:\/\//, ''), shrinks: 'path' },
    { title: 'from', value: ({ from }) => from, shrinks: 'text' },
    { title: 'since (UTC)', value: ({ since }) => minute(since) },
    { title: 'SVID until', value: ({ expiresAt }) => minute(expiresAt) },
  ]);
}
