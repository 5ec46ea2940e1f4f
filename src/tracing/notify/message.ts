import { z } from 'zod';
import { withoutSecrets } from '../../audit/index.ts';
import { Severity } from '../../estate/index.ts';
import { IncidentNotice } from '../notice.ts';

/** What was not told one by one, since there was too much of it. */
export const Summary = z.strictObject({
  /** How many messages it stands for, by severity. */
  counts: z.partialRecord(Severity, z.int()),
  severity: Severity,
  /** RFC 3339: of the first and the latest. */
  since: z.string(),
  until: z.string(),
  /** Some of the incidents. */
  incidents: z.array(z.string()),
});
export type Summary = z.infer<typeof Summary>;

/** One message to one target. */
export const Message = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('incident'), notice: IncidentNotice }),
  z.strictObject({ what: z.literal('summary'), summary: Summary }),
]);
export type Message = z.infer<typeof Message>;

/** With what each format is made. */
export interface FormatContext {
  /** Names the message: the same each time that it is sent. */
  readonly id: string;
  /** When it is sent: milliseconds since 1970. */
  readonly now: number;
  /** Of the console; undefined: there are no links. */
  readonly consoleUrl: string | undefined;
  /** Of Reeve. */
  readonly version: string;
  /** Of this machine. */
  readonly host: string;
}

const MAX_TEXT = 500;
const MAX_NAME = 256;
const MAX_ITEMS = 50;

/** A notice as it may leave: without control characters, queries of addresses, and what looks like a secret; bounded. */
export function cleanNotice(notice: IncidentNotice): IncidentNotice {
  const names = (some: readonly string[]) => some.slice(0, MAX_ITEMS).map(name);
  return {
    ...notice,
    ...{
      incident: name(notice.incident),
      kind: name(notice.kind),
      reason: sentence(notice.reason),
    },
    ...{ from: name(notice.from), to: name(notice.to), path: names(notice.path) },
    hops: notice.hops.slice(0, MAX_ITEMS).map(({ from, to, operation, time }) => ({
      ...{ from: name(from), to: name(to), operation: name(operation), time: name(time) },
    })),
    techniques: names(notice.techniques),
    traceIds: names(notice.traceIds),
    data: names(notice.data),
    by: notice.by === null ? null : name(notice.by),
  };
}

/** What is behind `?` or `#` in a path is of the request, not of the operation. */
const withoutQuery = (text: string): string => text.replace(/(\/[^\s?#`'"]*)[?#][^\s`'"]*/g, '$1');

const sentence = (text: string): string => plain(text, MAX_TEXT);
const name = (text: string): string => plain(text, MAX_NAME);

function plain(text: string, most: number): string {
  const shown = text.slice(0, 4 * most).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ');
  const clean = withoutSecrets(withoutQuery(shown));
  return clean.length > most ? `${clean.slice(0, most - 1).toWellFormed()}…` : clean;
}
