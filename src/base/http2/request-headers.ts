import type { HeaderField } from './hpack/index.ts';

/** Headers by their names, in lower case, pseudo-headers among them; bytes of values as characters U+0000 to U+00FF.
 *  Several of one name are joined. Shared by requests that say the same. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

const PSEUDO: ReadonlySet<string> = new Set([':method', ':scheme', ':path', ':authority']);
/** They are about one connection, which HTTP/2 says otherwise. @see RFC 9113 §8.2.2 */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** The headers of a request; undefined where they are malformed.
 *  @see RFC 9113 §8.2, §8.3 */
export function requestHeaders(fields: readonly HeaderField[]): RequestHeaders | undefined {
  const headers: Record<string, string | undefined> = Object.create(null);
  let isHead = true;
  for (const field of fields) {
    const { name, value } = field;
    if (name.charCodeAt(0) === COLON) {
      if (!isHead || !PSEUDO.has(name) || headers[name] !== undefined) return undefined;
    } else {
      isHead = false;
      if (!mayBeSent(field)) return undefined;
    }
    if (!field.isSound) return undefined;
    const known = headers[name];
    headers[name] = known === undefined ? value : `${known}${separatorOf(name)}${value}`;
  }
  return isComplete(headers) ? Object.freeze(headers) : undefined;
}

/** Whether headers may follow the body of a message.
 *  @see RFC 9113 §8.1 */
export function areTrailers(fields: readonly HeaderField[]): boolean {
  return fields.every(
    (field) => field.name.charCodeAt(0) !== COLON && field.isSound && mayBeSent(field),
  );
}

/** Bytes that the body says it has; undefined: it does not say; NaN: it is no number.
 *  @see RFC 9110 §8.6 */
export function contentLength(headers: RequestHeaders): number | undefined {
  const length = headers['content-length'];
  if (length === undefined) return undefined;
  return /^\d{1,15}$/.test(length) ? Number(length) : Number.NaN;
}

const COLON = 0x3a;

function mayBeSent({ name, value }: HeaderField): boolean {
  return name === 'te' ? value === 'trailers' : !OF_CONNECTION.has(name);
}

/** @see RFC 9110 §5.3, RFC 9113 §8.2.3 */
function separatorOf(name: string): string {
  return name === 'cookie' ? '; ' : ', ';
}

/** @see RFC 9113 §8.3.1, §8.5 */
function isComplete(headers: RequestHeaders): boolean {
  const { ':method': method, ':scheme': scheme, ':path': path, ':authority': authority } = headers;
  if (method === 'CONNECT')
    return authority !== undefined && scheme === undefined && path === undefined;
  return method !== undefined && scheme !== undefined && path !== undefined && path !== '';
}
