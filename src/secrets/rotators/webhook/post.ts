import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { TargetFault } from '../../rotation/index.ts';
import { networkFault, tlsOptions } from '../network.ts';
import type { WebhookRotation } from './config.ts';

/** Longest answer that is read, in bytes. */
export const MAX_ANSWER = 131_072;

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Posts a message to a receiver, on a connection of its own, past no proxy, and follows nothing.
 *  @throws {TargetFault} `unreachable`; `changed` where it does not prove who it is; `invalid` */
export async function post(
  config: WebhookRotation,
  headers: Readonly<Record<string, string>>,
  body: string,
  stop: AbortSignal,
): Promise<Answered> {
  const place = placeOf(config);
  const limit = AbortSignal.timeout(config.requestSeconds * 1_000);
  const signal = AbortSignal.any([stop, limit]);
  try {
    signal.throwIfAborted();
    return await answerOf(config, headers, body, signal);
  } catch (thrown) {
    if (thrown instanceof TargetFault) throw thrown;
    if (signal.aborted) {
      const why = limit.aborted ? ` within ${config.requestSeconds} s` : ' in time';
      throw new TargetFault('unreachable', `${place} did not answer${why}`);
    }
    throw networkFault(thrown, place) ?? new TargetFault('unreachable', `${place} was cut off`);
  }
}

/** How a receiver is called in faults: neither path nor query, which may hold a token. */
export const placeOf = ({ url }: WebhookRotation): string => new URL(url).origin;

function answerOf(
  config: WebhookRotation,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<Answered> {
  const url = new URL(config.url);
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
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
    read(response, placeOf(config)).then(
      (text) => resolve({ status: response.statusCode ?? 0, body: text }),
      reject,
    );
  };
  const sent =
    url.protocol === 'https:'
      ? request(url, { ...options, ...tlsOf(config, url), agent: new Agent() }, take)
      : plainRequest(url, { ...options, agent: new PlainAgent() }, take);
  sent.on('error', reject).end(body);
  return promise;
}

function tlsOf({ tls, caFile, serverName }: WebhookRotation, { hostname }: URL) {
  const host = hostname.replace(/^\[|\]$/g, '');
  return tlsOptions({ host, tls, caFile, serverName }) || {};
}

async function read(response: IncomingMessage, place: string): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response) {
    length += piece.length;
    if (length > MAX_ANSWER) {
      response.destroy();
      throw new TargetFault('invalid', `${place} answered more than ${MAX_ANSWER} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
