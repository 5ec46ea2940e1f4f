import { exchange } from '../../../base/exchange.ts';
import { Fault, messageOf, quote } from '../../../base/fault.ts';

/** One request to an upstream. */
export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** PEM to trust in place of the system's. */
  readonly ca?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Posts, and gives the answer whatever its status is. Follows no redirection.
 *  @throws {Fault} `identity/upstream-unavailable`, `identity/upstream-too-large` */
export type Post = (request: HttpRequest) => Promise<HttpAnswer>;

/** Over Node's own client. */
export const post: Post = async ({ url, headers, body, timeoutMs, maxBytes, ca }) => {
  const came = await exchange({
    ...{ method: 'POST', url, headers, body, timeoutMs, maxBytes },
    ...(ca !== undefined && { tls: { ca } }),
  });
  if (came.outcome === 'answered') return { status: came.status, body: came.body.toString('utf8') };
  if (came.outcome === 'too-large') throw tooLarge(url, maxBytes);
  if (came.outcome === 'failed') throw unavailable(url, messageOf(came.error));
  throw unavailable(url, `no answer within ${timeoutMs} ms`);
};

const unavailable = (url: URL, why: string) =>
  new Fault(
    'identity/upstream-unavailable',
    `The upstream ${quote(url.origin, 200)} cannot be asked: ${quote(why, 200)}`,
    { hint: 'it is tried again by itself; look at its address, its certificate and its health' },
  );

const tooLarge = (url: URL, maxBytes: number) =>
  new Fault(
    'identity/upstream-too-large',
    `The upstream ${quote(url.origin, 200)} answers with more than the ${maxBytes} bytes that are allowed`,
  );
