import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import type { ApiAccess } from './access.ts';
import { ApiFault, toApiFault } from './api-fault.ts';

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  /** `/api/v1/pods?limit=500` */
  readonly path: string;
  readonly accept?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** How a `PATCH` is meant: merged by the names of what lists hold, which is so where nothing is said; or applied as all
   *  that a field manager wants of the object (server-side apply). */
  readonly patch?: keyof typeof PATCH_TYPES | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Largest answer; of a stream, the largest line. */
  readonly maxBytes?: number;
  /** For the whole answer; of a stream, the longest silence. */
  readonly timeoutMs?: number;
}

interface SentRequest extends ApiRequest {
  readonly headers?: Readonly<Record<string, string>>;
}

const MAX_MARK_LENGTH = 1_024;
/** What is no object has types of its own: keys are `application/jwk-set+json`. */
const ACCEPT = 'application/json, */*';
/** @see https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply; JSON is YAML */
const PATCH_TYPES = {
  merge: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
const USER_AGENT = 'reeve';
const MAX_BYTES = 8 * 1_048_576;
const MAX_ERROR_BYTES = 65_536;
const TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 30_000;

/** The API of one cluster: every answer is bounded in size and time, and no redirect is followed. */
export class ClusterApi {
  readonly #access: ApiAccess;
  readonly #agents = {
    'http:': new HttpAgent({ keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS }),
    'https:': new HttpsAgent({ keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS }),
  };

  constructor(access: ApiAccess) {
    this.#access = access;
  }

  /** The JSON that the server answers with.
   *  @throws {ApiFault} */
  async json(request: ApiRequest): Promise<unknown> {
    const { maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS } = request;
    const deadline = AbortSignal.timeout(timeoutMs);
    const title = titleOf(request);
    return this.#exchange(request, deadline, async (response) =>
      parse(await textOf(response, maxBytes, title), title),
    );
  }

  /** The JSON that the server answers with, and the mark of its version; undefined where it still has the
   *  version of this mark.
   *  @throws {ApiFault}
   *  @see RFC 9110 §13.1.2 */
  async jsonUnless(
    mark: string | undefined,
    request: ApiRequest,
  ): Promise<{ readonly value: unknown; readonly mark: string | undefined } | undefined> {
    const { maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS } = request;
    const title = titleOf(request);
    const headers = mark === undefined ? {} : { 'if-none-match': mark };
    return this.#exchange(
      { ...request, headers },
      AbortSignal.timeout(timeoutMs),
      async (response) => {
        const text = await textOf(response, maxBytes, title);
        if (response.statusCode === 304) return undefined;
        const { etag } = response.headers;
        const isMark = etag !== undefined && etag.length <= MAX_MARK_LENGTH;
        return { value: parse(text, title), mark: isMark ? etag : undefined };
      },
    );
  }

  /** Hands over each line of an answer that goes on, as JSON; resolves when the server ends it.
   *  @throws {ApiFault} */
  async lines(
    request: ApiRequest,
    onLine: (value: unknown) => void,
    onOpen: () => void,
  ): Promise<void> {
    const { maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS } = request;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), timeoutMs);
    try {
      await this.#exchange(request, silence.signal, async (response) => {
        const title = titleOf(request);
        const lines = new Lines(maxBytes, title);
        onOpen();
        for await (const chunk of response) {
          timer.refresh();
          for (const line of lines.add(chunk as Buffer)) onLine(parse(line, title));
        }
      });
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #exchange<Result>(
    request: SentRequest,
    deadline: AbortSignal,
    read: (response: IncomingMessage) => Promise<Result>,
  ): Promise<Result> {
    const { signal } = request;
    const both = signal ? AbortSignal.any([signal, deadline]) : deadline;
    try {
      const options = await unlessAborted(this.#access.options(), both);
      const response = await this.#send(request, options, both);
      const { statusCode = 0 } = response;
      const isUnchanged = statusCode === 304 && request.headers?.['if-none-match'] !== undefined;
      if ((statusCode >= 200 && statusCode < 300) || isUnchanged) return await read(response);
      throw await toRefusal(response, statusCode, request);
    } catch (thrown) {
      if (thrown instanceof Fault) throw thrown;
      const why = deadline.aborted ? 'no answer in time' : messageOf(thrown);
      throw new ApiFault('unavailable', `${titleOf(request)} failed: ${quote(why, 120)}`, {
        cause: thrown,
      });
    }
  }

  #send(
    { method = 'GET', path, accept = ACCEPT, body, patch = 'merge', headers }: SentRequest,
    options: Awaited<ReturnType<ApiAccess['options']>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { server } = this.#access;
    const url = new URL(server.pathname.replace(/\/$/, '') + path, server);
    const isPlain = url.protocol === 'http:';
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = (isPlain ? httpRequest : httpsRequest)(
        url,
        {
          agent: this.#agents[isPlain ? 'http:' : 'https:'],
          ...options,
          method,
          signal,
          headers: {
            ...options.headers,
            ...headers,
            accept,
            'user-agent': USER_AGENT,
            ...(text !== undefined && {
              'content-type': method === 'PATCH' ? PATCH_TYPES[patch] : 'application/json',
            }),
          },
        },
        resolve,
      );
      sent.on('error', reject);
      sent.on('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
      sent.end(text);
    });
  }
}

/** A program that finds credentials may never end, and cannot be told to. */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function titleOf({ method = 'GET', path }: ApiRequest): string {
  return `${method} ${path.split('?')[0]}`;
}

async function toRefusal(
  response: IncomingMessage,
  statusCode: number,
  request: ApiRequest,
): Promise<ApiFault> {
  const status = await textOf(response, MAX_ERROR_BYTES, titleOf(request))
    .then((text) => JSON.parse(text.toString()) as unknown)
    .catch(() => undefined);
  return toApiFault(statusCode, titleOf(request), status, response.headers['retry-after']);
}

async function textOf(response: IncomingMessage, maxBytes: number, title: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) throw tooLarge(response, title, maxBytes);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function tooLarge(response: IncomingMessage, title: string, maxBytes: number): ApiFault {
  response.destroy();
  return new ApiFault('too-large', `${title} gave more than ${maxBytes} bytes`);
}

function parse(text: Buffer, title: string): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    // What the parser says quotes what it read.
    throw new ApiFault('malformed', `${title} was answered with what is no JSON`);
  }
}

/** Takes a stream apart at the ends of its lines. */
class Lines {
  readonly #maxBytes: number;
  readonly #title: string;
  #begun: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number, title: string) {
    this.#maxBytes = maxBytes;
    this.#title = title;
  }

  *add(chunk: Buffer): Generator<Buffer> {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      this.#keep(chunk.subarray(from, end));
      from = end + 1;
      const line = Buffer.concat(this.#begun);
      this.#begun = [];
      this.#size = 0;
      if (line.length > 0) yield line;
    }
    this.#keep(chunk.subarray(from));
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#maxBytes) {
      throw new ApiFault(
        'too-large',
        `${this.#title} gave a line of more than ${this.#maxBytes} bytes`,
      );
    }
    if (part.length > 0) this.#begun.push(part);
  }
}
