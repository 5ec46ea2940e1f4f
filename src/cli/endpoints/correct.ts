import { type Command, Option } from 'commander';
import type { StoredCorrection, TemplateCorrection } from '../../estate/index.ts';
import { ask, type ServerFlags, withServer } from '../client.ts';
import { toTable } from '../table.ts';
import { counted, plain } from '../terminal.ts';
import { findService } from './find.ts';
import { say } from './say.ts';

interface CorrectFlags extends ServerFlags {
  readonly service: string;
  readonly reason: string;
  readonly dryRun?: true;
  readonly format: 'text' | 'json';
}

interface Seen {
  readonly method: string;
  readonly template: string;
  readonly requests: number;
}

interface Preview {
  readonly before: readonly Seen[];
  readonly after: readonly Seen[];
  readonly examples: readonly {
    readonly method: string;
    readonly before: string;
    readonly after: string;
  }[];
  readonly note: string | null;
}

const PATH = '/api/v1/templates/corrections';
const MAX_LISTED = 20;
const WIDTH = 80;

/** `reeve endpoints merge`, `split`, `rename`, `corrections`, `uncorrect`: how people correct the templates
 *  that were learnt from traffic. */
export function addCorrections(endpoints: Command): void {
  withCorrect(
    endpoints
      .command('merge <template>')
      .summary('make paths of this shape one endpoint: /orders/{id}'),
  ).action((template: string, flags: CorrectFlags) =>
    correct(flags, { correction: 'merge', template }),
  );
  withCorrect(
    endpoints
      .command('split <template>')
      .summary('make values of a parameter endpoints of their own: /users/{id}'),
  )
    .requiredOption('--parameter <name>', 'the parameter: id')
    .requiredOption('--values <values>', 'its values that are words: me,search')
    .action((template: string, flags: CorrectFlags & { parameter: string; values: string }) =>
      correct(flags, {
        correction: 'split',
        template,
        parameter: flags.parameter,
        values: flags.values.split(',').filter((value) => value !== ''),
      }),
    );
  withCorrect(
    endpoints.command('rename <template>').summary('give parameters of a template other names'),
  )
    .requiredOption('--to <template>', 'the same shape: /orders/{orderId}')
    .action((template: string, flags: CorrectFlags & { to: string }) =>
      correct(flags, { correction: 'rename', template, to: flags.to }),
    );
  withServer(endpoints.command('corrections').summary('the corrections of templates in force'))
    .option('--service <service>', 'of this service, by id or name')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(list);
  withServer(endpoints.command('uncorrect <id>').summary('take a correction back'))
    .option('--reason <text>', 'why, for the audit log', '')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(uncorrect);
}

function withCorrect(command: Command): Command {
  return withServer(command)
    .requiredOption('--service <service>', 'whose templates, by id or name')
    .option('--reason <text>', 'why, for the audit log', '')
    .option('--dry-run', 'only show what would change')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'));
}

async function correct(flags: CorrectFlags, correction: TemplateCorrection): Promise<void> {
  const service = await findService(flags, flags.service);
  if (flags.dryRun) return preview(flags, { service, correction });
  const body = { service, correction, reason: flags.reason };
  const answer = await ask<{
    correction: StoredCorrection;
    sequence: number;
    note: string | null;
  }>(flags, PATH, 'POST', body);
  if (flags.format === 'json') console.log(JSON.stringify(answer, null, 2));
  else {
    const { id } = answer.correction;
    console.log(`${id} is in force (audit entry ${answer.sequence})`);
    if (answer.note !== null) say(console.error, answer.note);
    say(console.error, `\`reeve endpoints uncorrect ${id}\` takes it back; counts are kept`);
  }
}

async function preview(flags: CorrectFlags, body: object): Promise<void> {
  const answer = await ask<Preview>(flags, `${PATH}/preview`, 'POST', body);
  const { before, after, examples, note } = answer;
  if (flags.format === 'json') return console.log(JSON.stringify(answer, null, 2));
  if (note !== null) return say(console.log, `It would change nothing. ${note}`);
  console.log([...changeLines('-', before), ...changeLines('+', after)].join('\n'));
  if (examples.length === 0) return;
  console.log(
    `\nFor example\n${toTable(examples, [
      { title: 'method', value: ({ method }) => method },
      { title: 'now counted under', value: (one) => one.before, shrinks: 'path' },
      { title: 'then under', value: (one) => one.after, shrinks: 'path' },
    ])}`,
  );
}

function changeLines(sign: string, endpoints: readonly Seen[]): string[] {
  const lines = endpoints.slice(0, MAX_LISTED).map(({ method, template, requests }) => {
    const about = `  (${counted(requests, 'request')})`;
    const named = plain(`${sign} ${method} ${template}`);
    return `${shortened(named, WIDTH - about.length)}${about}`;
  });
  const more = endpoints.length - lines.length;
  return more > 0 ? [...lines, `${sign} and ${more} more`] : lines;
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

async function list(
  flags: ServerFlags & { service?: string; format: 'text' | 'json' },
): Promise<void> {
  const service = flags.service && (await findService(flags, flags.service));
  const query = service ? `?${new URLSearchParams({ service })}` : '';
  const answer = await ask<{ items: StoredCorrection[] }>(flags, `${PATH}${query}`);
  if (flags.format === 'json') console.log(JSON.stringify(answer, null, 2));
  else if (answer.items.length === 0) console.log('No corrections.');
  else {
    console.log(
      toTable(answer.items, [
        { title: 'id', value: ({ id }) => id },
        { title: 'service', value: (one) => one.service, shrinks: 'path' },
        { title: 'correction', value: ({ correction }) => toWords(correction), shrinks: 'text' },
        { title: 'by', value: ({ by }) => by, shrinks: 'text' },
      ]),
    );
  }
}

function toWords(said: TemplateCorrection): string {
  switch (said.correction) {
    case 'merge':
      return `merge ${said.template}`;
    case 'split':
      return `split ${said.values.join(',')} off {${said.parameter}} of ${said.template}`;
    case 'rename':
      return `rename ${said.template} to ${said.to}`;
  }
}

async function uncorrect(
  id: string,
  flags: ServerFlags & { reason: string; format: 'text' | 'json' },
): Promise<void> {
  const query = new URLSearchParams({ reason: flags.reason });
  const path = `${PATH}/${encodeURIComponent(id)}?${query}`;
  const answer = await ask<{ sequence: number }>(flags, path, 'DELETE');
  if (flags.format === 'json') console.log(JSON.stringify(answer, null, 2));
  else console.log(`${id} is no longer in force (audit entry ${answer.sequence})`);
}
