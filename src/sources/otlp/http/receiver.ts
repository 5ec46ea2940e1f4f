import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Fault } from '../../../base/fault.ts';
import type { Encoding } from '../decoder.ts';
import type { OtlpReason } from '../reasons.ts';
import { refusalOf } from '../refusal.ts';
import type { Taken } from '../taken.ts';
import type { Body, BodyReader } from './body.ts';
import { sendFault, sendTaken } from './response.ts';

export interface ReceiverPorts {
  /** Throws a Fault for a caller who may not send (unknown host name, no token). */
  readonly admit: (request: IncomingMessage) => void;
  /** Resolves when what the body says is durable. It reads the body before it first waits: the bytes
   *  are written over as soon as it has returned its promise. */
  readonly take: (
    body: Buffer,
    encoding: Encoding,
  ) => Promise<Pick<Taken, 'rejectedSpans' | 'reasons'>>;
  /** Hears of every request that was refused, with a reason of a closed table. What became of the spans
   *  of the others, `take` knows. */
  readonly count?: (reason: OtlpReason, count: number) => void;
}

/** Answers OTLP/HTTP requests for traces; a listener of `node:http`.
 *  @see OTLP 1.10, OTLP/HTTP */
export function createReceiver(
  reader: BodyReader,
  ports: ReceiverPorts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    let encoding: Encoding = 'json';
    try {
      ports.admit(request);
      checkTarget(request);
      encoding = encodingOf(request);
      const body = await reader.read(request);
      sendTaken(response, encoding, await takeBody(ports, body, encoding));
    } catch (thrown) {
      if (!isCounted(request)) ports.count?.(refusalOf(thrown), 1);
      if (response.destroyed || response.headersSent) return;
      // the rest of a body that is not read must not be taken for the next request
      if (!request.complete) response.setHeader('connection', 'close');
      sendFault(response, encoding, thrown);
    }
  };
}

/** Answers what is no HTTP, and who takes too long to send a request; a listener of `clientError`.
 *  @see RFC 9110 §15.5.9 */
export function clientErrorListener(
  count: (reason: OtlpReason, count: number) => void,
): (error: NodeJS.ErrnoException, socket: Duplex) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const reason = CLIENT_ERRORS.get(error.code ?? '') ?? 'not HTTP';
    COUNTED.add(socket);
    count(reason, 1);
    const status = reason === 'too slow' ? '408 Request Timeout' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () =>
      socket.destroy(),
    );
  };
}

const CLIENT_ERRORS: ReadonlyMap<string, OtlpReason> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 'too slow'],
  ['HPE_INVALID_EOF_STATE', 'broken off'],
]);

/** Connections whose request was counted as refused, though its listener has not heard of it yet. */
const COUNTED = new WeakSet<Duplex>();

/** Whether `clientErrorListener` has counted the request as refused. */
export function isCounted({ socket }: IncomingMessage): boolean {
  return COUNTED.has(socket);
}

/** The body's buffer is given back as soon as it was read, not when it is durable. */
function takeBody(
  { take }: ReceiverPorts,
  body: Body,
  encoding: Encoding,
): ReturnType<ReceiverPorts['take']> {
  try {
    return take(body.bytes, encoding);
  } finally {
    body.release();
  }
}

function checkTarget(request: IncomingMessage): void {
  if (request.url !== '/v1/traces' && request.url?.split('?', 1)[0] !== '/v1/traces') {
    throw new Fault('otlp/not-found', 'Only traces are taken, at `/v1/traces`', {
      hint: 'set OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none',
    });
  }
  if (request.method !== 'POST') {
    throw new Fault('otlp/method-invalid', 'Traces are sent with POST');
  }
}

function encodingOf(request: IncomingMessage): Encoding {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  if (type === 'application/json') return 'json';
  throw new Fault(
    'otlp/type-unsupported-media-type',
    'OTLP comes as `application/x-protobuf` or `application/json`',
  );
}
