import { type Command, Option } from 'commander';
import { ask, type ServerFlags, withServer } from '../client.ts';
import { writeOutput } from '../output.ts';
import { counted } from '../terminal.ts';
import { findService } from './find.ts';
import { say } from './say.ts';

interface Fragment {
  readonly text: string;
  readonly included: readonly string[];
  readonly notes: readonly string[];
}

interface WriteFlags extends ServerFlags {
  readonly service: string;
  readonly output?: string;
  readonly all?: true;
  readonly format: 'yaml' | 'json';
}

/** `reeve endpoints specification`: what was seen of a service, as OpenAPI. */
export function addSpecification(endpoints: Command): void {
  withServer(
    endpoints
      .command('specification')
      .summary('write what was seen of a service as OpenAPI 3.1, ready to be committed'),
  )
    .requiredOption('--service <service>', 'whose endpoints, by id or name')
    .option('-o, --output <file>', 'write to this file')
    .option('--all', 'also what a specification has already')
    .addOption(new Option('--format <format>').choices(['yaml', 'json']).default('yaml'))
    .action(write);
}

async function write(flags: WriteFlags): Promise<void> {
  const service = await findService(flags, flags.service);
  const query = new URLSearchParams({
    service,
    format: flags.format,
    include: flags.all ? 'all' : 'missing',
  });
  await writeFragment(flags, query, flags.output);
}

/** Longest query that is sent; servers refuse much longer ones. */
const MAX_QUERY = 8_000;
const MAX_NAMED = 100;

/** Writes these endpoints of a service; where they are too many to be named, all that no specification
 *  has, they among them. The file's name says the format. */
export async function writeSpecification(
  flags: ServerFlags,
  asked: {
    readonly service: string;
    readonly endpoints: readonly string[];
    readonly file: string | undefined;
  },
): Promise<void> {
  const { service, endpoints, file } = asked;
  const format = file?.endsWith('.json') ? 'json' : 'yaml';
  const query = new URLSearchParams({ service, format });
  for (const id of endpoints) query.append('endpoint', id);
  const isShort = endpoints.length <= MAX_NAMED && query.toString().length <= MAX_QUERY;
  await writeFragment(flags, isShort ? query : new URLSearchParams({ service, format }), file);
}

async function writeFragment(
  flags: ServerFlags,
  query: URLSearchParams,
  file: string | undefined,
): Promise<void> {
  const path = `/api/v1/endpoints/specification?${query}`;
  const { text, included, notes } = await ask<Fragment>(flags, path);
  for (const note of notes) say(console.error, note);
  if (included.length === 0) {
    console.error('There is nothing to write: a specification has all that was seen.');
    return;
  }
  writeOutput(text, file);
  if (file !== undefined) {
    say(console.error, `${counted(included.length, 'operation')} written to ${file}`);
  }
}
