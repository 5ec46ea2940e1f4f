import { listAt, textAt } from '../../base/pick.ts';
import type { PayloadSample } from '../../estate/sighting/index.ts';

/** The payloads of an entry: the query of its address, what was posted, and the answer.
 *  @see HAR 1.2, `postData` and `content` */
export function* payloadsOf(
  entry: unknown,
  url: string,
  operation: PayloadSample['operation'],
): Generator<PayloadSample> {
  const query = /\?([^#]*)/.exec(url)?.[1];
  if (query) yield { operation, part: 'requests', content: query, form: 'query' };
  const posted = postedIn(entry);
  if (posted !== undefined) yield { operation, part: 'requests', ...posted };
  const content = textAt(entry, 'response', 'content', 'text');
  if (content === undefined) return;
  yield {
    operation,
    part: 'responses',
    content,
    form: textAt(entry, 'response', 'content', 'encoding') === 'base64' ? 'base64' : 'body',
    mediaType: textAt(entry, 'response', 'content', 'mimeType') || undefined,
  };
}

const MAX_FIELDS = 200;
/** Of the name and of the value of one. */
const MAX_FIELD = 4_096;

/** The text that was posted; of a form that is only there as fields, these as a query. */
function postedIn(
  entry: unknown,
): Pick<PayloadSample, 'content' | 'form' | 'mediaType'> | undefined {
  const content = textAt(entry, 'request', 'postData', 'text');
  const mediaType = textAt(entry, 'request', 'postData', 'mimeType') || undefined;
  if (content) return { content, form: 'body', mediaType };
  const fields = listAt(entry, 'request', 'postData', 'params')
    .slice(0, MAX_FIELDS)
    .filter((field) => textAt(field, 'fileName') === undefined)
    .map((field): [string, string] => [
      (textAt(field, 'name') ?? '').slice(0, MAX_FIELD),
      (textAt(field, 'value') ?? '').slice(0, MAX_FIELD),
    ]);
  if (fields.length === 0) return undefined;
  return { content: new URLSearchParams(fields).toString(), form: 'query' };
}
