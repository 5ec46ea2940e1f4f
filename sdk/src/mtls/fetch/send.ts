import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReeveError } from '../../error.ts';
import type { MtlsAgent } from '../agent.ts';

/** What is sent: bytes can be sent again, a stream cannot. */
export type Body = ReadableStream<Uint8Array> | Buffer | null;

export interface Sent {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Body;
  readonly signal: AbortSignal;
}

/** @see RFC 9110 §9.2.2 */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Fails as `fetch` does, with the reason as its cause. */
export const failed = (cause: unknown): TypeError => new TypeError('fetch failed', { cause });

/** Sends one request, and gives the response as soon as it begins.
 *
 *  A server may close a connection that is kept alive just when a request is on its way. Where it does no
 *  harm to do it twice, the request is then sent once more.
 *  @throws {TypeError} `fetch failed`; what the signal was aborted with */
export async function send(agent: MtlsAgent, sent: Sent): Promise<IncomingMessage> {
  const { url, method, body, signal } = sent;
  if (url.protocol !== 'https:') {
    const why = `nobody can be proved over ${url.protocol}`;
    throw failed(new ReeveError('mtls/not-https', why, { hint: 'use https:' }));
  }
  const mayRepeat = IDEMPOTENT.has(method) && !(body instanceof ReadableStream);
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    const request = begin(agent, sent);
    try {
      return await answerTo(request, body);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!mayRepeat || tries > 1 || !wasCut(request, thrown)) throw failed(thrown);
    }
  }
}

const wasCut = ({ reusedSocket }: ClientRequest, thrown: unknown): boolean =>
  reusedSocket && (thrown as NodeJS.ErrnoException).code === 'ECONNRESET';

function begin(agent: MtlsAgent, { url, method, headers, signal }: Sent): ClientRequest {
  const all = {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    ...Object.fromEntries(headers),
  };
  return requestHttps(url, { agent, method, headers: all, signal });
}

function answerTo(request: ClientRequest, body: Body): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    if (body === null) request.end();
    else if (Buffer.isBuffer(body)) request.setHeader('content-length', body.length).end(body);
    else pipeline(Readable.fromWeb(body as never), request).catch(reject);
  });
}
