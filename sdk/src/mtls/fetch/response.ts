import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Statuses whose responses have no body. @see Fetch §2.2.3 */
const BODILESS = new Set([101, 103, 204, 205, 304]);

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export interface Asked {
  readonly url: URL;
  readonly method: string;
  readonly wasRedirected: boolean;
  readonly signal: AbortSignal;
}

/** What `node:https` answers, as `fetch` gives it: unpacked, and ended by the signal. */
export function toResponse(answer: IncomingMessage, asked: Asked): Response {
  const headers = headersOf(answer);
  const status = answer.statusCode ?? 0;
  const isBodiless = BODILESS.has(status) || asked.method === 'HEAD';
  if (isBodiless) answer.resume();
  const body = isBodiless ? null : toBody(answer, headers, asked.signal);
  const response = new Response(body, { status, statusText: answer.statusMessage ?? '', headers });
  // Nobody may set these, and callers read them.
  Object.defineProperty(response, 'url', { value: asked.url.href.replace(/#.*$/, '') });
  Object.defineProperty(response, 'redirected', { value: asked.wasRedirected });
  return response;
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
  }
  return headers;
}

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
