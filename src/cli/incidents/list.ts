import { type Command, Option } from 'commander';
import { SEVERITIES } from '../../estate/index.ts';
import {
  INCIDENT_STATES,
  type IncidentSummary,
  type IncidentView,
} from '../../tracing/incidents/index.ts';
import {
  type AnswerFlags,
  type ListFlags,
  minute,
  print,
  readPages,
  withFormat,
  withLimit,
} from '../answers.ts';
import { ask } from '../client.ts';
import { nameOf } from '../graph/pieces.ts';
import { toTable } from '../table.ts';
import { counted, painterFor } from '../terminal.ts';
import { toIncidentText } from './text.ts';

export const INCIDENTS = '/api/v1/incidents';
export const pathOf = (id: string, what = ''): string =>
  `${INCIDENTS}/${encodeURIComponent(id)}${what === '' ? '' : `/${what}`}`;

interface IncidentFlags extends ListFlags {
  readonly state?: string;
  readonly severity?: string;
  readonly service?: string;
}

/** `reeve incidents` and `reeve incidents show`. */
export function addIncidentList(incidents: Command): void {
  withLimit(incidents)
    .addOption(
      new Option('--state <state>', 'only those in this state').choices([...INCIDENT_STATES]),
    )
    .addOption(
      new Option('--severity <severity>', 'only those of this severity').choices([...SEVERITIES]),
    )
    .option('--service <service>', 'only those whose way leads over this service, by its id')
    .action(list);
  withFormat(
    incidents.command('show <incident>').summary('its way, request by request, and what to do'),
  ).action(async (id: string, flags: AnswerFlags) =>
    printIncident(flags, await ask<IncidentView>(flags, pathOf(id))),
  );
}

/** Prints what an operation answers that gives the incident as it is now. */
export function printIncident(flags: AnswerFlags, incident: IncidentView): void {
  const paint = painterFor(process.stdout, process.env);
  print(flags, incident, (one) => toIncidentText(one, paint));
}

async function list(flags: IncidentFlags): Promise<void> {
  const { state, severity, service } = flags;
  const asked = { state, severity, service };
  const found = await readPages<IncidentSummary>(flags, INCIDENTS, asked);
  print(flags, found, ({ items, total }) => {
    if (items.length === 0) return `No incidents${wordsOf(asked)}.`;
    const more = total - items.length;
    const left = more > 0 ? `\n${counted(more, 'more row')}: raise --limit, or filter` : '';
    return `${tableOf(items)}${left}`;
  });
}

function wordsOf(asked: Readonly<Record<string, string | undefined>>): string {
  const said = Object.entries(asked).filter((pair) => pair[1] !== undefined);
  return said.length === 0 ? '' : ` for ${said.map(([name, of]) => `--${name} ${of}`).join(' ')}`;
}

function tableOf(items: readonly IncidentSummary[]): string {
  return toTable(items, [
    { title: 'incident', value: ({ id }) => id },
    { title: 'state', value: ({ state }) => state },
    { title: 'severity', value: ({ severity }) => severity },
    { title: 'latest (UTC)', value: ({ lastTime }) => minute(lastTime) },
    {
      title: 'way',
      value: ({ path }) => path.map((one) => shortName(nameOf(one))).join(' > '),
      shrinks: 'path',
    },
  ]);
}

const shortName = (service: string): string => service.slice(service.lastIndexOf('/') + 1);
