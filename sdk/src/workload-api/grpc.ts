import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { connect } from 'node:net';
import { ReeveError } from '../error.ts';
import type { WorkloadAddress } from './address.ts';
import { malformed } from './protobuf.ts';
import { decodeMessage, statusError, unavailable } from './status.ts';

export interface GrpcLimits {
  /** Of one message. */
  readonly maxMessageBytes: number;
  /** For the connection to stand. */
  readonly connectMs: number;
  /** How often an agent that is silent is asked whether it lives, and how long it may take to answer. */
  readonly pingMs: number;
}

export const DEFAULT_GRPC_LIMITS: GrpcLimits = {
  maxMessageBytes: 32 * 1_024 * 1_024,
  connectMs: 10_000,
  pingMs: 20_000,
};

const WORKLOAD_API = 'SpiffeWorkloadAPI';
const PREFIX_BYTES = 5;
const HTTP_OK = 200;

/** One HTTP/2 connection to a Workload API, opened when it is needed and again when it was lost; calls
 *  are framed by hand. It keeps no process alive by itself: calls do.
 *  @see gRPC over HTTP2 */
export class GrpcConnection {
  readonly #address: WorkloadAddress;
  readonly #limits: GrpcLimits;
  readonly #service: string;
  #session: ClientHttp2Session | undefined;

  /** @param service whose methods are called, where it is another on the same socket */
  constructor(
    address: WorkloadAddress,
    limits: GrpcLimits = DEFAULT_GRPC_LIMITS,
    service = WORKLOAD_API,
  ) {
    this.#address = address;
    this.#limits = limits;
    this.#service = service;
  }

  /** Calls a method and gives its messages as they come, until the call ends.
   *  @throws {ReeveError} `workload-api/…`; what the signal was aborted with */
  async *call(method: string, message: Buffer, signal: AbortSignal): AsyncGenerator<Buffer> {
    signal.throwIfAborted();
    const stream = this.#open(method);
    const ending = endingOf(stream);
    const cancel = () => stream.close(constants.NGHTTP2_CANCEL);
    signal.addEventListener('abort', cancel);
    stream.end(frame(message));
    try {
      yield* messagesIn(stream, this.#limits.maxMessageBytes);
      signal.throwIfAborted();
      const failed = ending();
      if (failed) throw failed;
    } catch (thrown) {
      signal.throwIfAborted();
      throw thrown instanceof ReeveError ? thrown : (ending() ?? lost(thrown));
    } finally {
      signal.removeEventListener('abort', cancel);
      if (!stream.closed) cancel();
    }
  }

  close(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }

  #open(method: string): ClientHttp2Stream {
    const session = this.#live();
    try {
      return session.request({
        ':method': 'POST',
        ':path': `/${this.#service}/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
        'workload.spiffe.io': 'true',
        'user-agent': 'reeve-sdk',
      });
    } catch (thrown) {
      throw lost(thrown);
    }
  }

  #live(): ClientHttp2Session {
    const known = this.#session;
    if (known && !known.closed && !known.destroyed) return known;
    const session = connectHttp2('http://localhost', { createConnection: () => this.#connect() });
    // Calls hear of it as the end of their streams.
    session.on('error', () => {});
    session.on('goaway', () => session.close());
    this.#watch(session);
    this.#session = session;
    return session;
  }

  #connect() {
    const address = this.#address;
    return address.kind === 'unix' ? connect(address.path) : connect(address.port, address.host);
  }

  /** An agent that hangs is as one that is lost. */
  #watch(session: ClientHttp2Session): void {
    const { connectMs, pingMs } = this.#limits;
    const kill = (why: string) => session.destroy(unavailable(why));
    let late = setTimeout(() => kill(`nobody answers within ${connectMs} ms`), connectMs).unref();
    session.once('remoteSettings', () => clearTimeout(late));
    const pinging = setInterval(() => {
      if (session.connecting || session.destroyed) return;
      clearTimeout(late);
      late = setTimeout(() => kill(`it does not answer for ${pingMs} ms`), pingMs).unref();
      session.ping(() => clearTimeout(late));
    }, pingMs).unref();
    session.once('close', () => {
      clearTimeout(late);
      clearInterval(pinging);
    });
  }
}

const lost = (thrown: unknown): ReeveError =>
  thrown instanceof ReeveError ? thrown : unavailable(reasonOf(thrown), thrown);

/** Streams that were waiting for the connection say only that they are cancelled. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'the connection ended';
  return thrown.cause instanceof Error ? thrown.cause.message : thrown.message;
}

function frame(message: Buffer): Buffer {
  const framed = Buffer.alloc(PREFIX_BYTES + message.length);
  framed.writeUInt32BE(message.length, 1);
  message.copy(framed, PREFIX_BYTES);
  return framed;
}

/** Takes note of how a call ends; gives why it failed, undefined where it did not. */
function endingOf(stream: ClientHttp2Stream): () => ReeveError | undefined {
  let httpStatus: number | undefined;
  let trailers: IncomingHttpHeaders | undefined;
  let error: unknown;
  stream.on('response', (headers) => {
    httpStatus = Number(headers[':status']);
    if (headers['grpc-status'] !== undefined) trailers = headers;
  });
  stream.on('trailers', (headers) => {
    trailers = headers;
  });
  stream.on('error', (thrown) => {
    error = thrown;
  });
  return () => {
    const status = trailers?.['grpc-status'];
    if (status !== undefined) {
      const said = decodeMessage(String(trailers?.['grpc-message'] ?? ''));
      return status === '0' ? undefined : statusError(Number(status), said);
    }
    if (httpStatus !== undefined && httpStatus !== HTTP_OK) {
      return statusError(httpStatus === 404 ? 12 : 14, `HTTP status ${httpStatus}`);
    }
    return error === undefined ? unavailable('the call ended without a status') : lost(error);
  };
}

/** Splits what a call receives into its messages.
 *  @throws {ReeveError} `workload-api/malformed`, `workload-api/message-too-large` */
async function* messagesIn(stream: ClientHttp2Stream, maxBytes: number): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = PREFIX_BYTES;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    held += chunk.length;
    while (held >= wanted) {
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const length = messageLength(bytes, maxBytes);
      wanted = PREFIX_BYTES + length;
      chunks = [bytes];
      if (held < wanted) break;
      yield bytes.subarray(PREFIX_BYTES, wanted);
      const rest = bytes.subarray(wanted);
      chunks = rest.length > 0 ? [rest] : [];
      held = rest.length;
      wanted = PREFIX_BYTES;
    }
  }
  if (held > 0) throw malformed('it is cut short');
}

function messageLength(bytes: Buffer, maxBytes: number): number {
  if (bytes[0] !== 0) throw malformed('it is compressed, and nobody asked for that');
  const length = bytes.readUInt32BE(1);
  if (length <= maxBytes) return length;
  throw new ReeveError(
    'workload-api/message-too-large',
    `the Workload API sends a message of ${length} bytes, more than the ${maxBytes} that are allowed`,
    { hint: 'raise maxMessageBytes, or federate with fewer trust domains' },
  );
}
