import { exchange, type HttpAnswer } from '../../../base/exchange.ts';
import { DELIVERED, later, type Outcome, tooLate, unreachable } from './outcome.ts';
import { tlsOptions } from './tls.ts';

export interface Posting {
  /** May be a secret. */
  readonly url: URL;
  /** Values may be secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutSeconds: number;
  readonly caFile?: string | undefined;
}

/** Posts JSON. Of the answer only the status is read: what it says is nobody's business.
 *  @throws {Fault} `notify/ca-malformed` */
export async function post(posting: Posting, stop: AbortSignal): Promise<Outcome> {
  const { url, headers, body, timeoutSeconds, caFile } = posting;
  const came = await exchange({
    ...{ method: 'POST', url, body, signal: stop },
    ...{ timeoutMs: timeoutSeconds * 1_000, maxBytes: 0 },
    headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'reeve' },
    ...(url.protocol === 'https:' && { tls: tlsOptions(url.hostname, { caFile }) }),
  });
  if (came.outcome === 'answered') return judged(came);
  if (came.outcome === 'late') return tooLate(timeoutSeconds);
  return unreachable(came.outcome === 'failed' ? came.error : undefined);
}

/** What is wrong with the message, and not with the target. */
const REFUSED = new Set([400, 413, 414, 415, 422]);
const SAID: Readonly<Record<number, string>> = {
  401: 'it does not take the credentials',
  403: 'it does not take the credentials',
  404: 'nothing is at its address',
  410: 'nothing is at its address any more',
  429: 'it has had too many messages',
};

function judged({ status, headers }: HttpAnswer): Outcome {
  if (status >= 200 && status < 300) return DELIVERED;
  if (REFUSED.has(status)) {
    return { outcome: 'refused', why: `it does not take the message (${status})` };
  }
  if (status >= 300 && status < 400) {
    return later(`it sends elsewhere (${status}), and is not followed`);
  }
  const why = `${SAID[status] ?? 'it has a fault'} (${status})`;
  const seconds = /^\d{1,6}$/.exec(headers['retry-after'] ?? '')?.[0];
  return seconds === undefined
    ? later(why)
    : { outcome: 'later', why, afterSeconds: Number(seconds) };
}
