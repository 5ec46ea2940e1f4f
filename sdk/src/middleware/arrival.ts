import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Arrival } from './gate.ts';

export type RawRequest = IncomingMessage | Http2ServerRequest;

/** The path of a request's target, without the query: as routers cut it.
 *  @see RFC 9112 §3.2 */
export function pathOf(target: string | undefined): string {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target ?? '')?.[0].length ?? 0;
  const path = (target ?? '').slice(absolute).split(/[?#]/, 1)[0];
  return path || '/';
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
    template,
  };
}
