import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { messageOf, quote } from '../../../base/fault.ts';
import { refuseAnswer, unavailable } from './refusals.ts';

/** What a bundle endpoint answers. */
export type Fetched =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'document'; readonly bytes: Buffer; readonly etag?: string };

export interface Get {
  readonly url: URL;
  /** Of the bundle that is held. */
  readonly etag?: string | undefined;
  readonly maxBytes: number;
}

const MAX_HEADER_BYTES = 16_384;
const MAX_ETAG = 256;

/** Asks for the document over a connection whose other end is known to be the right one. Ends when the
 *  connection does: whoever opened it bounds its time.
 *  @throws {Fault} `identity/federation-unavailable`, `identity/bundle-invalid/…` */
export function getDocument(socket: TLSSocket, get: Get): Promise<Fetched> {
  const { url, etag } = get;
  return new Promise((resolve, reject) => {
    const { request } = process.getBuiltinModule('node:http');
    const asking = request({
      createConnection: () => socket,
      path: url.pathname + url.search,
      maxHeaderSize: MAX_HEADER_BYTES,
      headers: {
        host: url.host,
        accept: 'application/json',
        // what is compressed can be far larger than it looks
        'accept-encoding': 'identity',
        'user-agent': 'reeve',
        connection: 'close',
        ...(etag !== undefined && { 'if-none-match': etag }),
      },
    });
    const fail = (why: string) => reject(unavailable(url, why));
    const onClose = () => fail('the connection ended without an answer');
    asking.on('response', (answer) => {
      asking.off('close', onClose);
      // what is not read any more may end as it likes
      answer.on('error', () => {});
      readAnswer(answer, get).then(resolve, reject);
    });
    asking.on('error', (error) => fail(messageOf(error)));
    asking.on('close', onClose);
    asking.end();
  });
}

async function readAnswer(answer: IncomingMessage, get: Get): Promise<Fetched> {
  const { statusCode = 0, headers } = answer;
  if (statusCode === 304 && get.etag !== undefined) return { kind: 'unchanged' };
  judgeStatus(statusCode, headers.location, get.url);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    const why = `answers in the encoding ${quote(encoding)}, which was not asked for`;
    throw refuseAnswer(get.url, 'encoding', why);
  }
  const bytes = await readBody(answer, get);
  const { etag } = headers;
  const isKept = etag !== undefined && etag.length <= MAX_ETAG;
  return isKept ? { kind: 'document', bytes, etag } : { kind: 'document', bytes };
}

function judgeStatus(status: number, location: string | undefined, url: URL): void {
  if (status === 200) return;
  if (status >= 300 && status < 400 && location !== undefined) {
    const why = `redirects to ${quote(location, 200)}, which is not followed`;
    throw refuseAnswer(url, 'redirect', why, 'if that is the right one, make it the `url`');
  }
  if (status >= 500 || status === 429) throw unavailable(url, `it answers ${status}`);
  throw refuseAnswer(url, 'status', `answers ${status}`, 'look at the path of the `url`');
}

async function readBody(answer: IncomingMessage, { url, maxBytes }: Get): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxBytes) throw tooLarge(url, maxBytes);
      parts.push(part);
    }
  } catch (thrown) {
    throw thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNRESET'
      ? unavailable(url, 'the connection ended within the answer')
      : thrown;
  }
  return Buffer.concat(parts);
}

const tooLarge = (url: URL, maxBytes: number) =>
  refuseAnswer(url, 'too-large', `answers with more than the ${maxBytes} bytes that are allowed`);
