import { listAt, numberAt, pick, textAt } from '../../base/pick.ts';
import type { Sighting } from '../../estate/index.ts';
import { type JudgePayload, judgeExchange } from '../../estate/sighting/index.ts';
import { type DropReason, type LogSubject, parseTime, toSighting } from '../access-log/index.ts';
import { credentialOf, type Parties } from '../requests/index.ts';
import { graphqlFieldsOf } from './graphql.ts';
import { payloadsOf } from './payloads.ts';

/** Why an entry gives no sighting. */
export type HarDropReason =
  | DropReason
  | 'no request to a server'
  | 'never answered'
  | 'malformed entry'
  | 'entry too large';

/** What one entry of an HTTP archive shows. A request of GraphQL gives one sighting for each root field
 *  that it asks for, every other one gives one. Of headers only names are looked at, and the scheme of
 *  `authorization`; of bodies only the document of GraphQL. Bodies and values are shown to the judge, where
 *  there is one.
 *  @see HAR 1.2, `entries`
 *  @param now milliseconds since 1970 */
export function sightingsOf(
  entry: unknown,
  subject: LogSubject,
  parties: Parties,
  now: number,
  judge?: JudgePayload,
): readonly Sighting[] | HarDropReason {
  const url = textAt(entry, 'request', 'url');
  const method = textAt(entry, 'request', 'method');
  if (url === undefined || method === undefined) return 'malformed entry';
  // `data:`, `blob:`, `chrome-extension:` …
  if (!/^(?:https?|wss?):\/\//i.test(url)) return 'no request to a server';
  const status = numberAt(entry, 'response', 'status') ?? 0;
  // Blocked, aborted, or answered by nobody.
  if (status <= 0) return 'never answered';
  const time = parseTime(pick(entry, 'startedDateTime'));
  const headers = listAt(entry, 'request', 'headers').flatMap((header) => {
    const name = textAt(header, 'name');
    return name === undefined ? [] : [[name, pick(header, 'value')] as const];
  });
  const sighting = toSighting(
    {
      method,
      target: url,
      status: Number.isInteger(status) && status < 1_000 ? status : 0,
      credential: credentialOf(headers),
      ...(time !== undefined && { time }),
    },
    subject,
    parties,
    now,
  );
  if (typeof sighting === 'string') return sighting;
  const samples = judge && judgeExchange(judge, payloadsOf(entry, url, sighting));
  return byField(entry, samples === undefined ? sighting : { ...sighting, samples });
}

/** A query that was sent as parameters of the address counts like one in the body. */
function byField(entry: unknown, sighting: Sighting): readonly Sighting[] {
  const fields = graphqlFieldsOf(
    textAt(entry, 'request', 'postData', 'text') ?? queryDocument(entry) ?? '',
    textAt(entry, 'request', 'postData', 'mimeType') ?? '',
  );
  if (fields === undefined) return [sighting];
  const { parameters: _, ...rest } = sighting;
  return fields.map(({ method, field }) => ({ ...rest, protocol: 'graphql', method, path: field }));
}

function queryDocument(entry: unknown): string | undefined {
  const query = listAt(entry, 'request', 'queryString').find(
    (one) => textAt(one, 'name') === 'query',
  );
  const text = textAt(query, 'value');
  return text?.includes('{') ? JSON.stringify({ query: text }) : undefined;
}
