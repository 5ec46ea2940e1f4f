import { exchange } from '../../../base/exchange.ts';
import { TargetFault } from '../../rotation/index.ts';
import { networkFault, tlsOptions } from '../network.ts';
import type { WebhookRotation } from './config.ts';

/** Longest answer that is read, in bytes. */
export const MAX_ANSWER = 131_072;

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Posts a message to a receiver.
 *  @throws {TargetFault} `unreachable`; `changed` where it does not prove who it is; `invalid` */
export async function post(
  config: WebhookRotation,
  headers: Readonly<Record<string, string>>,
  body: string,
  stop: AbortSignal,
): Promise<Answered> {
  const { requestSeconds } = config;
  const [url, place] = [new URL(config.url), placeOf(config)];
  const came = await exchange({
    ...{ method: 'POST', url, body, signal: stop },
    ...{ timeoutMs: requestSeconds * 1_000, maxBytes: MAX_ANSWER },
    headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'reeve' },
    ...(url.protocol === 'https:' && { tls: tlsOf(config, url) }),
  });
  switch (came.outcome) {
    case 'answered':
      return { status: came.status, body: came.body.toString('utf8') };
    case 'too-large':
      throw new TargetFault('invalid', `${place} answered more than ${MAX_ANSWER} bytes`);
    case 'late':
      throw new TargetFault('unreachable', `${place} did not answer within ${requestSeconds} s`);
    case 'stopped':
      throw new TargetFault('unreachable', `${place} did not answer in time`);
    case 'failed':
      throw (
        networkFault(came.error, place) ?? new TargetFault('unreachable', `${place} was cut off`)
      );
  }
}

/** How a receiver is called in faults: neither path nor query, which may hold a token. */
export const placeOf = ({ url }: WebhookRotation): string => new URL(url).origin;

function tlsOf({ tls, caFile, serverName }: WebhookRotation, { hostname }: URL) {
  const host = hostname.replace(/^\[|\]$/g, '');
  return tlsOptions({ host, tls, caFile, serverName }) || {};
}
