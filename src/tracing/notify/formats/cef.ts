import type { Severity } from '../../../estate/index.ts';
import type { FormatContext, Message } from '../message.ts';
import { countOf, headline, linkOf, reasonWords, severityOf, wayWords } from '../words.ts';

/** 0 to 10. */
const CEF_SEVERITIES: Readonly<Record<Severity, number>> = {
  critical: 10,
  high: 8,
  medium: 5,
  low: 3,
  info: 1,
};

/** A message in ArcSight's Common Event Format, in one line.
 *  @see "Implementing ArcSight Common Event Format", revision 25 */
export function toCef(message: Message, context: FormatContext): string {
  const signature = message.what === 'summary' ? 'incidents-summary' : message.notice.kind;
  const header = ['CEF:0', 'Reeve', 'Reeve', context.version, signature, headline(message)];
  const severity = CEF_SEVERITIES[severityOf(message)];
  const extension = membersOf(message, context)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${inExtension(value)}`);
  return `${header.map(inHeader).join('|')}|${severity}|${extension.join(' ')}`;
}

function membersOf(
  message: Message,
  { now, consoleUrl, host }: FormatContext,
): readonly (readonly [key: string, value: string])[] {
  const head = [
    ['rt', String(now)],
    ['dvchost', host],
    ['request', linkOf(message, consoleUrl) ?? ''],
  ] as const;
  const told = ['msg', reasonWords(message)] as const;
  if (message.what === 'summary') {
    return [...head, ['cnt', String(countOf(message.summary))], told];
  }
  const { notice } = message;
  return [
    ...head,
    ['start', millisecondsOf(notice.time)],
    ['end', millisecondsOf(notice.lastTime)],
    ['externalId', notice.incident],
    ['act', notice.state],
    ['cat', notice.techniques.join(',')],
    ['suser', notice.by ?? ''],
    ['sourceServiceName', notice.from],
    ['destinationServiceName', notice.to],
    ['cs1Label', 'path'],
    ['cs1', wayWords(notice)],
    ['cs2Label', notice.data.length > 0 ? 'data' : ''],
    ['cs2', notice.data.join(',')],
    ['cs3Label', notice.traceIds.length > 0 ? 'traceIds' : ''],
    ['cs3', notice.traceIds.join(',')],
    ['cnt', String(notice.signs)],
    told,
  ];
}

/** Times of CEF; empty where it is none. */
function millisecondsOf(time: string): string {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? '' : String(milliseconds);
}

/** Backslash and bar are escaped; there are no line ends. */
const inHeader = (text: string): string =>
  text.replaceAll(/[\\|]/g, '\\$&').replaceAll(/[\r\n\p{Cc}]/gu, ' ');

/** Backslash and equals sign are escaped, and line ends written as such. */
const inExtension = (text: string): string =>
  text
    .replaceAll(/[\\=]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll(/\p{Cc}/gu, ' ');
