import { SEVERITIES } from '../../estate/index.ts';
import type { IncidentNotice } from '../notice.ts';
import type { Message, Summary } from './message.ts';

const STATE_WORDS: Readonly<Record<IncidentNotice['state'], string>> = {
  open: 'Incident',
  acknowledged: 'Taken on',
  expected: 'Expected',
  malicious: 'Malicious',
  resolved: 'Resolved',
};

/** What is told, in one line: `Incident (critical): web → orders → payments`. */
export function headline(message: Message): string {
  if (message.what === 'summary') return summaryLine(message.summary);
  const { state, severity } = message.notice;
  return `${STATE_WORDS[state]} (${severity}): ${wayWords(message.notice)}`;
}

/** Why, in a sentence or two. */
export function reasonWords(message: Message): string {
  if (message.what === 'summary') return 'There was more than this target is told one by one.';
  const { reason, state, by } = message.notice;
  return by === null ? reason : `${reason} ${STATE_WORDS[state]}, says ${by}.`;
}

const MAX_WAY = 8;

/** Services by their names, in the order in which they were reached. */
export function wayWords({ path }: IncidentNotice): string {
  const names = path.map(shortName);
  const left = names.length - MAX_WAY;
  const shown =
    left > 0
      ? [...names.slice(0, MAX_WAY / 2), `${left} more`, ...names.slice(-MAX_WAY / 2)]
      : names;
  return shown.join(' → ');
}

/** `orders` of `production/shop/orders`. */
export const shortName = (service: string): string =>
  service === '*' ? 'outside' : service.slice(service.lastIndexOf('/') + 1);

function summaryLine({ counts }: Summary): string {
  const parts = SEVERITIES.flatMap((severity) => {
    const count = counts[severity] ?? 0;
    return count > 0 ? `${count} ${severity}` : [];
  });
  return `${countOf({ counts })} more messages about incidents: ${parts.join(', ')}`;
}

/** How many messages a summary stands for. */
export const countOf = ({ counts }: Pick<Summary, 'counts'>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Where the console shows it; undefined: there is no address. */
export function linkOf(message: Message, consoleUrl: string | undefined): string | undefined {
  if (consoleUrl === undefined) return undefined;
  const base = `${consoleUrl.replace(/\/+$/, '')}/incidents`;
  return message.what === 'summary'
    ? base
    : `${base}/${encodeURIComponent(message.notice.incident.toWellFormed())}`;
}

/** The severity of what is told. */
export const severityOf = (message: Message): IncidentNotice['severity'] =>
  message.what === 'summary' ? message.summary.severity : message.notice.severity;
