import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Arrival } from './gate.ts';

export type RawRequest = IncomingMessage | Http2ServerRequest;

/** The path of a request's target, without the query: as routers cut it.
 *  @see RFC 9112 §3.2 */
export const pathOf = (target: string | undefined): string => cut(target, /[?#]/);

/** The path of a request's target, without the query, and otherwise as it was sent. */
export const sentPathOf = (target: string | undefined): string => cut(target, /\?/);

function cut(target = '', end: RegExp): string {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0].length ?? 0;
  return target.slice(absolute).split(end, 1)[0] || '/';
}

/** What is the same in all frameworks on Node. `target` where a framework has changed `url`. */
export function arrivalOf(
  raw: RawRequest,
  template: string | undefined,
  target = raw.url,
): Arrival {
  return {
    raw,
    authorization: raw.headers.authorization,
    method: raw.method ?? '',
    path: pathOf(target),
    sentPath: sentPathOf(target),
    template,
  };
}
