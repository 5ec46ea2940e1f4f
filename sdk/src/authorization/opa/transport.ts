import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { OpaAnswer } from './answer.ts';

/** Sends one question. Rejects where no answer came. */
export type Send = (body: string, signal: AbortSignal) => Promise<OpaAnswer>;

/** An answer to one question is a few bytes; more than this is not one. */
const MAX_ANSWER_BYTES = 65_536;
const MAX_SOCKETS = 64;
const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

/** Over connections that are kept: TCP, TLS, or a Unix socket. Redirects are not followed. */
export function overHttp(url: URL, socketPath: string | undefined): Send {
  const { Agent, request } = url.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const options = { method: 'POST', agent, ...(socketPath !== undefined && { socketPath }) };
  const send: Send = (body, signal) =>
    new Promise((resolve, reject) => {
      const headers = { ...HEADERS, 'content-length': Buffer.byteLength(body) };
      const sent = request(url, { ...options, headers, signal }, (response) => {
        text(bounded(response)).then(
          (answer) => resolve({ status: response.statusCode ?? 0, body: answer }),
          reject,
        );
      });
      sent.once('error', (error: NodeJS.ErrnoException) => {
        // A kept connection that OPA has closed in the meantime says nothing about the next one.
        if (sent.reusedSocket && error.code === 'ECONNRESET')
          send(body, signal).then(resolve, reject);
        else reject(error);
      });
      sent.end(body);
    });
  return send;
}

/** Through a `fetch` of the service's own, as one with client certificates. */
export function overFetch(url: URL, fetch: typeof globalThis.fetch): Send {
  return async (body, signal) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: HEADERS,
      body,
      signal,
      redirect: 'error',
    });
    return { status: response.status, body: await text(bounded(response.body ?? [])) };
  };
}

async function* bounded(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  let left = MAX_ANSWER_BYTES;
  for await (const chunk of chunks) {
    left -= chunk.byteLength;
    if (left < 0) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    yield chunk;
  }
}
