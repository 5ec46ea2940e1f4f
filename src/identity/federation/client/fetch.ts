import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../../base/clock.ts';
import { Fault } from '../../../base/fault.ts';
import { connectTo, type EndpointAuthentication } from './connect.ts';
import { type Fetched, type Get, getDocument } from './http.ts';
import { unavailable } from './refusals.ts';

/** One request to a bundle endpoint. */
export interface FetchWish extends Get {
  readonly authentication: EndpointAuthentication;
  /** For everything together. */
  readonly timeoutMs: number;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/** Fetches the document of a bundle endpoint: one connection to the address that is configured, one
 *  request, no redirection, and no longer than it may take.
 *  @throws {Fault} `identity/federation-unavailable`, `identity/bundle-invalid/…`,
 *  `identity/certificate-invalid/…`, `identity/der-malformed` */
export async function fetchDocument(wish: FetchWish, clock: Clock): Promise<Fetched> {
  const { url, timeoutMs, signal } = wish;
  let socket: TLSSocket | undefined;
  let ended: Fault | undefined;
  const end = (why: string) => {
    ended ??= unavailable(url, why);
    socket?.destroy();
  };
  const timer = setTimeout(() => end(`no whole answer within ${timeoutMs} ms`), timeoutMs);
  const onAbort = () => end('Reeve is shutting down');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const connecting = { url, authentication: wish.authentication, now: clock() };
    const connected = await connectTo(connecting, (opened) => {
      socket = opened;
      if (signal.aborted) onAbort();
    });
    return await getDocument(connected, wish);
  } catch (thrown) {
    if (ended) throw ended;
    throw thrown instanceof Fault ? thrown : unavailable(url, String(thrown));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    socket?.destroy();
  }
}
