import { toPlace } from '../../base/diagnostic.ts';
import type { Fix, IncidentView, ProposedAction } from '../../tracing/incidents/index.ts';
import { minute } from '../answers.ts';
import { toFields } from '../fields.ts';
import { nameOf, SEVERITY_STYLES, toBlock, toHop } from '../graph/pieces.ts';
import { counted, type Painter, plain, spread } from '../terminal.ts';

const LABEL = 12;
const MAX_LISTED = 8;
/** `reached` and the like may hold two hundred: who wants them all asks for JSON. */
const MAX_HOPS = 40;

/** All about an incident, in 80 columns: what happened, request by request, what that means, and what can be done. */
export function toIncidentText(incident: IncidentView, paint: Painter): string {
  const parts = [
    headOf(incident, paint),
    wayOf(incident, paint),
    signsOf(incident),
    reachedOf(incident),
    doneOf(incident),
    proposedOf(incident.proposed),
    fixesOf(incident.fixes),
    relatedOf(incident),
    notesOf(incident),
  ];
  return parts
    .filter((part) => part !== '')
    .map((part) => part.trimEnd())
    .join('\n\n');
}

function headOf(incident: IncidentView, paint: Painter): string {
  const { summary, severity, state, stateAt, stateBy, stateReason, assignee, alerts } = incident;
  const { kind, time, lastTime, reason, path } = summary;
  const head = spread(`${severity.toUpperCase().padEnd(9)} ${plain(kind)}`, state);
  const way = [...toBlock(path.map(nameOf).join(' -> '), (line) => paint('bold', line))];
  const said = stateReason === '' ? '' : `: ${stateReason}`;
  const techniques = new Set(alerts.flatMap((alert) => alert.techniques));
  return [
    `${paint(SEVERITY_STYLES[severity], head)}\n`,
    ...way,
    ...toBlock(reason),
    '\n',
    toFields(
      [
        ['incident', [incident.id]],
        ['state', [`${state} since ${minute(stateAt)} UTC${by(stateBy)}${said}`]],
        ['assignee', [assignee]],
        ['seen', [`${minute(time)} to ${minute(lastTime)} UTC`]],
        ['ATT&CK', [[...techniques].join(', ') || null]],
        ['traces', firstOf(summary.traceIds)],
      ],
      LABEL,
    ),
  ].join('');
}

const by = (who: string | null): string => (who === null ? '' : `, by ${who}`);

function wayOf({ hops }: IncidentView, paint: Painter): string {
  if (hops.length === 0) return '';
  const lines = hops.slice(0, MAX_HOPS).flatMap((hop) => [...toHop(hop, paint)]);
  const more = hops.length - MAX_HOPS;
  if (more > 0) lines.push(...toBlock(`… and ${counted(more, 'more request')}`));
  return `The way, request by request (UTC)\n${lines.join('')}`;
}

function signsOf({ alerts }: IncidentView): string {
  const signs = alerts.flatMap((alert) => alert.signs).sort((a, b) => b.score - a.score);
  const rows = signs.slice(0, MAX_LISTED).map(({ kind, score, technique, reason }) => ({
    label: `  ${kind}`,
    texts: [reason, `${score.toFixed(1)} nats, ATT&CK ${technique}`],
  }));
  if (rows.length === 0) return '';
  return `Signs, those that say most first\n${toFields([...rows.map(({ label, texts }) => [label, texts] as const), ...moreOf(signs.length)], 22)}`;
}

function reachedOf({ reached, blastRadius }: IncidentView): string {
  const { services, endpoints, data, credentials } = reached;
  const falls = blastRadius.serviceCount - blastRadius.services.length;
  return [
    toFields(
      [
        ['Reached', firstOf(services)],
        [
          '  endpoints',
          firstOf(
            endpoints.map(
              ({ service, operation, status, sensitivity }) =>
                `${operation} of ${service}: ${[status, ...sensitivity].join(', ')}`,
            ),
          ),
        ],
        ['  data', [data.join(', ') || null]],
        [
          '  credentials',
          firstOf(
            credentials.map(
              ({ name, service, owner }) => `${name} of ${service}, ${owner ?? 'nobody'} answers`,
            ),
          ),
        ],
      ],
      15,
    ),
    toFields(
      [
        [
          'Falls next',
          blastRadius.serviceCount === 0
            ? ['nothing: policy lets what was reached call nobody else']
            : [
                `${counted(blastRadius.serviceCount, 'service')} that policy lets them call`,
                ...firstOf(blastRadius.services, falls),
              ],
        ],
        ['  data', [blastRadius.data.join(', ') || null]],
      ],
      15,
    ),
  ].join('\n');
}

function doneOf({ actions }: IncidentView): string {
  if (actions.length === 0) return '';
  const rows = actions.map(({ kind, what, standing, by: who, at, steps, id }) => {
    const outcomes = steps.map(
      ({ subject, state, outcome }) =>
        `${subject}: ${outcome ?? (state === 'waits' ? 'waits' : state)}`,
    );
    const open = standing === 'half-done' || standing === 'failed' ? [`go on with ${id}`] : [];
    return [
      `  ${kind}`,
      [what, `${standing}, by ${who} ${minute(at)} UTC`, ...firstOf(outcomes), ...open],
    ] as const;
  });
  return `Done\n${toFields(rows, 22)}`;
}

function proposedOf(proposed: readonly ProposedAction[]): string {
  if (proposed.length === 0) return '';
  const rows = proposed.map(
    ({ id, kind, what, breaks, isHarmless }) =>
      [
        `  ${kind}`,
        [what, breaks, ...(isHarmless ? ['harmless: nobody is known to need it'] : []), id],
      ] as const,
  );
  return `Can be done at once: reeve incidents act INCIDENT ACTION --reason TEXT\n${toFields(rows, 22)}`;
}

function fixesOf(fixes: readonly Fix[]): string {
  if (fixes.length === 0) return '';
  const rows = fixes.map(({ kind, what, because, file, line, change }) => {
    const place = file === null ? [] : [toPlace({ file, ...(line !== null && { line }) })];
    // lines that are to be copied are wider than these
    const copy = change === null ? [] : ['what to write is in --format json'];
    return [`  ${kind}`, [what, because, ...place, ...copy]] as const;
  });
  return `Closes the way for good\n${toFields(rows, 22)}`;
}

function relatedOf({ related }: IncidentView): string {
  if (related.length === 0) return '';
  const rows = related.map(
    ({ id, state, severity, reason, lastTime, because }) =>
      [
        `  ${severity}`,
        [`${id}, ${state}, seen until ${minute(lastTime)} UTC`, because, reason],
      ] as const,
  );
  return `Related incidents\n${toFields(rows, 22)}`;
}

function notesOf({ notes }: IncidentView): string {
  if (notes.length === 0) return '';
  const rows = notes.map(
    ({ at, by: who, text }) => [`  ${who}`, [`${minute(at)} UTC`, text]] as const,
  );
  return `Notes\n${toFields(rows, 22)}`;
}

/** The first of many, and how many more there are.
 *  @param unknown how many there are beside these */
function firstOf(texts: readonly string[], unknown = 0): string[] {
  const more = texts.length - MAX_LISTED + unknown;
  const shown = texts.slice(0, MAX_LISTED);
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

function moreOf(count: number): (readonly [string, readonly string[]])[] {
  return count > MAX_LISTED ? [['', [`and ${counted(count - MAX_LISTED, 'more sign')}`]]] : [];
}
