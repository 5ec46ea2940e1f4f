import type { Command } from 'commander';
import { Option } from 'commander';
import type { Endpoint, StoredDecision } from '../../estate/index.ts';
import { ask, type ServerFlags, withServer } from '../client.ts';
import { addActions } from '../endpoints/act.ts';
import { addCorrections } from '../endpoints/correct.ts';
import { findEndpoint } from '../endpoints/find.ts';
import { addQueue } from '../endpoints/queue.ts';
import { toPage } from '../endpoints/show.ts';
import { addSpecification } from '../endpoints/write.ts';

interface ShowFlags extends ServerFlags {
  readonly service?: string;
  readonly format: 'text' | 'json';
}

/** `reeve endpoints …`: one endpoint, what waits for a person, and what is decided. The list itself is
 *  one of the lists. */
export function addEndpointCommands(endpoints: Command): void {
  // the list has options of the same names; those behind a subcommand are the subcommand's
  endpoints.enablePositionalOptions();
  withServer(endpoints.command('show <endpoint>').summary('all about one endpoint'))
    .option('--service <service>', 'its service, by id or name')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(show);
  addQueue(endpoints);
  addActions(endpoints);
  addSpecification(endpoints);
  addCorrections(endpoints);
}

async function show(text: string, flags: ShowFlags): Promise<void> {
  const endpoint = await findEndpoint(flags, text, flags.service);
  const decisions = await decisionsOf(flags, endpoint);
  if (flags.format === 'json') console.log(JSON.stringify({ ...endpoint, decisions }, null, 2));
  else console.log(toPage(endpoint, decisions, Date.now()));
}

async function decisionsOf(
  flags: ServerFlags,
  { id }: Endpoint,
): Promise<readonly StoredDecision[]> {
  const query = new URLSearchParams({ endpoint: id });
  const path = `/api/v1/endpoints/decisions?${query}`;
  return (await ask<{ items: StoredDecision[] }>(flags, path)).items;
}
