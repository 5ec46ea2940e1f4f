import { spread, wrap } from '../../../src/cli/terminal.ts';
import type { Incident, IncidentHop } from './incidents.ts';
import type { Step } from './play.ts';

/** The drill in words, for a terminal of 80 columns. Pure. */
const WIDTH = 80;

export function stepLines({ name, tried, status, outcome }: Step, number: number): string[] {
  return [
    ...indented(`${number}  `, `${name}: ${tried}`, 2),
    ...indented(status < 400 ? '-> ' : 'x  ', `${status}, ${outcome}`, 5),
  ];
}

/** @param afterMs from the end of the drill until the incident was whole */
export function incidentLines(incident: Incident, afterMs: number | undefined): string[] {
  const { summary, hops, reached } = incident;
  const when = afterMs === undefined ? 'as before' : `after ${(afterMs / 1_000).toFixed(1)} s`;
  return [
    spread(`One incident ${when}: ${summary.id}`, summary.severity, WIDTH),
    ...indented('', summary.reason, 2),
    '',
    ...hops.flatMap(hopLines),
    '',
    ...indented('reached  ', [...reached.data, ...namesOf(reached.credentials)].join(', '), 2),
  ];
}

export function proposalLines({ proposed, fixes }: Incident): string[] {
  return [
    'At once, without keeping anybody from what he needs:',
    ...proposed.filter(({ isHarmless }) => isHarmless).flatMap(({ what }) => indented('- ', what)),
    'For good:',
    ...fixes.flatMap(({ what, file, line }) =>
      indented('- ', file === null ? what : `${what} (${file}:${line ?? 1})`),
    ),
  ];
}

function hopLines({ from, to, operation, policy, outcome, signs }: IncidentHop): string[] {
  const said = policy === 'unknown' ? outcome : `${policy}, ${outcome}`;
  const left = `  ${nameOf(from)} -> ${nameOf(to)}  ${operation}`;
  return [
    spread(left, said, WIDTH),
    ...(signs.length > 0 ? indented('', signs.join(', '), 6) : []),
  ];
}

function namesOf(credentials: readonly { readonly name: string }[]): string[] {
  return credentials.map(({ name }) => name);
}

/** The last part of a service's id. */
function nameOf(service: string): string {
  return service === '*' ? 'outside' : (service.split('/').at(-1) ?? service);
}

/** Further lines begin below the text of the first. */
function indented(mark: string, text: string, by = 2): string[] {
  const [first = '', ...rest] = wrap(text, WIDTH - by - mark.length);
  const [left, below] = [' '.repeat(by), ' '.repeat(by + mark.length)];
  return [`${left}${mark}${first}`, ...rest.map((line) => `${below}${line}`)];
}
