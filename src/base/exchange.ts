import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ConnectionOptions } from 'node:tls';

/** One request to somebody else's server. */
export interface HttpQuestion {
  readonly method: 'GET' | 'POST';
  /** `http` or `https`; may be a secret. */
  readonly url: URL;
  /** Values may be secrets. The length of the body is said beside them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For all of it, until the answer has been read. */
  readonly timeoutMs: number;
  /** Of the body of the answer; 0: only its status and its headers are read. */
  readonly maxBytes: number;
  /** Ends it before its time. */
  readonly signal?: AbortSignal | undefined;
  /** Over `https`: how the server has to prove who it is. */
  readonly tls?: ConnectionOptions | undefined;
}

/** What comes of a question.
 *  - `answered`: with whatever status, redirections included.
 *  - `too-large`: the body is longer than is read.
 *  - `late`: there is no whole answer in time.
 *  - `stopped`: the signal has ended it.
 *  - `failed`: nobody was reached, the server did not prove who it is, or the connection was cut off. */
export type HttpOutcome =
  | HttpAnswer
  | { readonly outcome: 'too-large' | 'late' | 'stopped' }
  | { readonly outcome: 'failed'; readonly error: NodeJS.ErrnoException };

export interface HttpAnswer {
  readonly outcome: 'answered';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The caller's alone: it may be wiped. */
  readonly body: Buffer;
}

/** Asks once, on a connection of its own, past no proxy. No redirection is followed: what is shown to a server goes
 *  nowhere else. Never rejects. */
export async function exchange(question: HttpQuestion): Promise<HttpOutcome> {
  const { timeoutMs, maxBytes, signal } = question;
  const late = AbortSignal.timeout(timeoutMs);
  const end = signal ? AbortSignal.any([signal, late]) : late;
  try {
    end.throwIfAborted();
    return await read(await send(question, end), maxBytes);
  } catch (thrown) {
    if (signal?.aborted) return { outcome: 'stopped' };
    if (late.aborted) return { outcome: 'late' };
    return { outcome: 'failed', error: thrown as NodeJS.ErrnoException };
  }
}

function send(question: HttpQuestion, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method, headers, body, tls } = question;
  const isSecure = url.protocol === 'https:';
  // what is not used is not loaded
  const { request } = process.getBuiltinModule(isSecure ? 'node:https' : 'node:http');
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = {
    ...{ method, signal, agent: false },
    headers: {
      ...headers,
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    },
    ...(isSecure && tls),
  };
  request(url, options, resolve).on('error', reject).end(body);
  return promise;
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<HttpOutcome> {
  const { statusCode: status = 0, headers } = answer;
  const parts: Buffer[] = [];
  let size = 0;
  if (maxBytes === 0) {
    // it may be without end
    answer.on('error', () => undefined).destroy();
  } else {
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxBytes) return { outcome: 'too-large' };
      parts.push(part);
    }
  }
  const body = Buffer.concat(parts);
  for (const part of parts) part.fill(0);
  return { outcome: 'answered', status, headers, body };
}
