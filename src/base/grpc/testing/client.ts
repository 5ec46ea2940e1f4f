import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2';
import { WireReader } from '../../protobuf/index.ts';

/** What came back of a call. */
export interface Answer {
  readonly httpStatus: number;
  readonly code: number | undefined;
  /** As sent, percent-encoded. */
  readonly message: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  /** The answer with its five bytes of length. */
  readonly bytes: Buffer;
  /** RST_STREAM's code, 0 for none. */
  readonly resetCode: number;
}

/** A call that is sent byte by byte, so that tests can break every rule. */
export class RawCall {
  readonly stream: ClientHttp2Stream;
  readonly answer: Promise<Answer>;

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream;
    this.answer = answerOf(stream);
  }

  send(...messages: readonly Uint8Array[]): this {
    for (const message of messages) this.stream.write(framed(message));
    return this;
  }

  end(bytes?: Uint8Array): Promise<Answer> {
    if (bytes === undefined) this.stream.end();
    else this.stream.end(bytes);
    return this.answer;
  }
}

/** A caller of a gRPC server, for tests: HTTP/2 and nothing above it. */
export class RawClient {
  readonly session: ClientHttp2Session;

  constructor(origin: string, options: SecureClientSessionOptions = {}) {
    this.session = connect(origin, options);
    this.session.on('error', () => {});
  }

  begin(path: string, headers: Readonly<Record<string, string>> = {}): RawCall {
    const stream = this.session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    return new RawCall(stream);
  }

  call(
    path: string,
    message: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.begin(path, headers).end(framed(message));
  }

  /** Resolves when the connection is closed, however. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.session.destroyed) resolve();
      else this.session.once('close', () => resolve());
    });
  }

  close(): void {
    this.session.destroy();
  }
}

/** A message with its five bytes before it. */
export function framed(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** The seconds of the google.rpc.RetryInfo that trailers hold; undefined without one. */
export function retrySeconds({ trailers }: Answer): number | undefined {
  const text = trailers['grpc-status-details-bin'];
  if (typeof text !== 'string') return undefined;
  const info = inside(new WireReader(Buffer.from(text, 'base64')), 3, 2, 1);
  return info && (seek(info, 1) ? info.integer() : 0);
}

function inside(message: WireReader, ...fields: readonly number[]): WireReader | undefined {
  let current = message;
  for (const field of fields) {
    if (!seek(current, field)) return undefined;
    current = current.message();
  }
  return current;
}

function seek(message: WireReader, wanted: number): boolean {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === wanted) return true;
    message.skip();
  }
  return false;
}

async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  const chunks: Buffer[] = [];
  stream.on('error', () => {});
  stream.on('response', (sent) => {
    headers = sent;
  });
  stream.on('trailers', (sent) => {
    trailers = sent;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve) => stream.once('close', resolve));
  // An answer without a message has its status in the headers.
  const last = 'grpc-status' in headers ? headers : trailers;
  const code = last['grpc-status'];
  const message = last['grpc-message'];
  return {
    httpStatus: Number(headers[':status'] ?? 0),
    code: code === undefined ? undefined : Number(code),
    message: typeof message === 'string' ? message : undefined,
    headers,
    trailers: last,
    bytes: Buffer.concat(chunks),
    resetCode: stream.rstCode,
  };
}
