import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ReeveError } from '../error.ts';
import { createMtlsAgent, type MtlsAgent, type MtlsAgentOptions } from './agent.ts';

/** As the global `fetch`, with an agent that is to be closed when it is no longer needed. */
export interface MtlsFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  readonly agent: MtlsAgent;
}

const MAX_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Statuses whose responses have no body. */
const BODILESS = new Set([101, 103, 204, 205, 304]);
/** What a caller must not set, since the connection does. @see Fetch §2.2.2 */
const OF_CONNECTION = ['connection', 'host', 'keep-alive', 'transfer-encoding', 'upgrade'];
/** What must not follow to another origin. @see Fetch §4.4 */
const OF_ORIGIN = ['authorization', 'proxy-authorization', 'cookie'];

/** A `fetch` over mutual TLS, for `https:` alone: whom it speaks to must prove that it is who `accept` or
 *  `idOf` says, at each redirection too. Bodies are decompressed, redirections followed and signals
 *  obeyed as by the global `fetch`; there is no cache and there are no cookies.
 *  @throws {ReeveError} `mtls/no-expected-id`, `spiffe-id/malformed`, `mtls/accept-…` */
export function createMtlsFetch(options: MtlsAgentOptions): MtlsFetch {
  const agent = createMtlsAgent(options);
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    // A stream is sent once only, so that no redirection can repeat it.
    const asked = new Request(input, withDuplex(init));
    const isStream =
      init?.body instanceof ReadableStream || (input instanceof Request && !!input.body);
    const body =
      asked.body === null || isStream ? asked.body : Buffer.from(await asked.arrayBuffer());
    return follow(agent, asked, body);
  };
  return Object.assign(fetch, { agent });
}

type Body = ReadableStream<Uint8Array> | Buffer | null;

/** What the global `fetch` asks for with a stream, and types do not know everywhere. */
const withDuplex = (init: RequestInit | undefined): RequestInit | undefined =>
  init?.body instanceof ReadableStream ? ({ duplex: 'half', ...init } as RequestInit) : init;

async function follow(agent: MtlsAgent, asked: Request, first: Body): Promise<Response> {
  let { method } = asked;
  let url = new URL(asked.url);
  let body = first;
  const headers = new Headers(asked.headers);
  for (const name of OF_CONNECTION) headers.delete(name);
  for (let redirects = 0; ; redirects++) {
    const answer = await send(agent, { url, method, headers, body, signal: asked.signal });
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (!REDIRECTS.has(status) || location === undefined || asked.redirect === 'manual') {
      return toResponse(answer, url, redirects > 0, method, asked.signal);
    }
    answer.resume();
    if (asked.redirect === 'error') throw failed(`${url.origin} redirects, which is not allowed`);
    if (redirects >= MAX_REDIRECTS)
      throw failed(`there are more than ${MAX_REDIRECTS} redirections`);
    const next = new URL(location, url);
    if (status === 303 ? method !== 'HEAD' : method === 'POST' && status < 303) {
      if (method !== 'GET') body = null;
      method = 'GET';
      for (const name of [
        'content-type',
        'content-length',
        'content-encoding',
        'content-language',
      ]) {
        if (body === null) headers.delete(name);
      }
    } else if (body instanceof ReadableStream) {
      throw failed('a body that is a stream cannot be sent again where a redirection leads');
    }
    if (next.origin !== url.origin) for (const name of OF_ORIGIN) headers.delete(name);
    url = next;
  }
}

const failed = (why: string, cause?: unknown) =>
  new TypeError('fetch failed', { cause: cause ?? new ReeveError('mtls/fetch', why) });

interface Sent {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Body;
  readonly signal: AbortSignal;
}

function send(agent: MtlsAgent, sent: Sent): Promise<IncomingMessage> {
  const { url, method, headers, body, signal } = sent;
  signal.throwIfAborted();
  if (url.protocol !== 'https:') {
    const why = `nobody can be proved over ${url.protocol}`;
    throw failed(why, new ReeveError('mtls/not-https', why, { hint: 'use https:' }));
  }
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown) => reject(signal.aborted ? signal.reason : failed('', thrown));
    const all = {
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      ...Object.fromEntries(headers),
    };
    const request = requestHttps(url, { agent, method, headers: all, signal }, resolve);
    request.on('error', fail);
    if (body === null) request.end();
    else if (Buffer.isBuffer(body)) request.setHeader('content-length', body.length).end(body);
    else pipeline(Readable.fromWeb(body as never), request).catch(fail);
  });
}

function toResponse(
  answer: IncomingMessage,
  url: URL,
  redirected: boolean,
  method: string,
  signal: AbortSignal,
): Response {
  const headers = new Headers();
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    headers.append(answer.rawHeaders[index] ?? '', answer.rawHeaders[index + 1] ?? '');
  }
  const status = answer.statusCode ?? 0;
  const isBodiless = BODILESS.has(status) || method === 'HEAD';
  if (isBodiless) answer.resume();
  const body = isBodiless ? null : toBody(answer, headers, signal);
  const response = new Response(body, { status, statusText: answer.statusMessage ?? '', headers });
  // Nobody may set these, and callers read them.
  Object.defineProperty(response, 'url', { value: url.href.replace(/#.*$/, '') });
  Object.defineProperty(response, 'redirected', { value: redirected });
  return response;
}

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function toBody(
  answer: IncomingMessage,
  headers: Headers,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const abort = () => answer.destroy(asError(signal.reason));
  signal.addEventListener('abort', abort, { once: true });
  answer.once('close', () => signal.removeEventListener('abort', abort));
  const coding = headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  const decoder = DECODERS[coding]?.();
  if (!decoder) return Readable.toWeb(answer) as ReadableStream<Uint8Array>;
  // Errors come out of the decoder, and abandoned bodies close the connection.
  pipeline(answer, decoder).catch(() => {});
  return Readable.toWeb(Readable.from(decoder)) as ReadableStream<Uint8Array>;
}

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('aborted', { cause: reason });
