import { Fault, messageOf, quote } from '../../../base/fault.ts';

/** One request to an upstream. */
export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** PEM to trust in place of the system's. */
  readonly ca?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Posts, and gives the answer whatever its status is. Follows no redirection.
 *  @throws {Fault} `identity/upstream-unavailable`, `identity/upstream-too-large` */
export type Post = (request: HttpRequest) => Promise<HttpAnswer>;

/** Over Node's own client. */
export const post: Post = (asked) =>
  new Promise((resolve, reject) => {
    const { url, headers, body, timeoutMs, maxBytes, ca } = asked;
    const secure = url.protocol === 'https:';
    // what is not used is not loaded
    const { request } = process.getBuiltinModule(secure ? 'node:https' : 'node:http');
    const fail = (why: string) => reject(unavailable(url, why));
    const sending = request(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        signal: AbortSignal.timeout(timeoutMs),
        agent: false,
        ...(ca !== undefined && { ca }),
      },
      (answer) => {
        const parts: Buffer[] = [];
        let size = 0;
        answer.on('data', (part: Buffer) => {
          size += part.length;
          parts.push(part);
          if (size <= maxBytes) return;
          answer.destroy();
          reject(tooLarge(url, maxBytes));
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }),
        );
        answer.on('error', (error) => fail(messageOf(error)));
      },
    );
    sending.on('error', (error) =>
      fail(
        error.name === 'TimeoutError' || error.name === 'AbortError'
          ? `no answer within ${timeoutMs} ms`
          : messageOf(error),
      ),
    );
    sending.end(body);
  });

const unavailable = (url: URL, why: string) =>
  new Fault(
    'identity/upstream-unavailable',
    `The upstream ${quote(url.origin, 200)} cannot be asked: ${quote(why, 200)}`,
    { hint: 'it is tried again by itself; look at its address, its certificate and its health' },
  );

const tooLarge = (url: URL, maxBytes: number) =>
  new Fault(
    'identity/upstream-too-large',
    `The upstream ${quote(url.origin, 200)} answers with more than the ${maxBytes} bytes that are allowed`,
  );
