import { ReeveError } from '../../error.ts';
import { type Body, failed, type Sent } from './send.ts';

const STATUSES = new Set([301, 302, 303, 307, 308]);
/** What says how a body is to be read. */
const OF_BODY = ['content-type', 'content-length', 'content-encoding', 'content-language'];
/** What must not follow to another origin. @see Fetch §4.4 */
const OF_ORIGIN = ['authorization', 'proxy-authorization', 'cookie'];

/** Whether a status sends the caller elsewhere. */
export const isRedirection = (status: number): boolean => STATUSES.has(status);

/** What is sent where a redirection leads, as `fetch` does it.
 *  @throws {TypeError} for a body that cannot be sent again, and for a location that is none
 *  @see Fetch §4.4 */
export function redirected(sent: Sent, status: number, location: string): Sent {
  const headers = new Headers(sent.headers);
  let { method, body }: { method: string; body: Body } = sent;
  if (becomesGet(status, method)) {
    method = 'GET';
    body = null;
    for (const name of OF_BODY) headers.delete(name);
  } else if (body instanceof ReadableStream) {
    const why = 'a body that is a stream cannot be sent again where a redirection leads';
    throw failed(new ReeveError('mtls/redirection', why));
  }
  const url = urlOf(location, sent.url);
  if (!url) throw failed(new ReeveError('mtls/redirection', 'a redirection leads nowhere'));
  if (url.origin !== sent.url.origin) for (const name of OF_ORIGIN) headers.delete(name);
  return { ...sent, url, method, body, headers };
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return status < 303 && method === 'POST';
}

function urlOf(location: string, base: URL): URL | undefined {
  try {
    return new URL(location, base);
  } catch {
    return undefined;
  }
}
