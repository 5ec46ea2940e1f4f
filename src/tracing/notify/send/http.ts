import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { Fault } from '../../../base/fault.ts';
import { DELIVERED, later, type Outcome, unreached } from './outcome.ts';
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

/** Posts JSON, on a connection of its own, past no proxy, and follows nothing. Of the answer only the status is read.
 *  @throws {Fault} `notify/ca-malformed` */
export async function post(posting: Posting, stop: AbortSignal): Promise<Outcome> {
  const limit = AbortSignal.timeout(posting.timeoutSeconds * 1_000);
  const signal = AbortSignal.any([stop, limit]);
  try {
    return judged(await answerOf(posting, signal));
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    return unreached(thrown, posting.timeoutSeconds, limit);
  }
}

function answerOf(
  { url, headers, body, caFile }: Posting,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = {
    method: 'POST',
    signal,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'reeve',
      connection: 'close',
    },
  };
  const take = (response: IncomingMessage) => {
    // what it says is nobody's business, and may be without end
    response.on('error', () => undefined).destroy();
    resolve(response);
  };
  const sent =
    url.protocol === 'https:'
      ? request(
          url,
          { ...options, ...tlsOptions(url.hostname, { caFile }), agent: new Agent() },
          take,
        )
      : plainRequest(url, { ...options, agent: new PlainAgent() }, take);
  sent.on('error', reject).end(body);
  return promise;
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

function judged({ statusCode = 0, headers }: IncomingMessage): Outcome {
  if (statusCode >= 200 && statusCode < 300) return DELIVERED;
  if (REFUSED.has(statusCode)) {
    return { outcome: 'refused', why: `it does not take the message (${statusCode})` };
  }
  if (statusCode >= 300 && statusCode < 400) {
    return later(`it sends elsewhere (${statusCode}), and is not followed`);
  }
  const why = `${SAID[statusCode] ?? 'it has a fault'} (${statusCode})`;
  const seconds = /^\d{1,6}$/.exec(headers['retry-after'] ?? '')?.[0];
  return seconds === undefined
    ? later(why)
    : { outcome: 'later', why, afterSeconds: Number(seconds) };
}
