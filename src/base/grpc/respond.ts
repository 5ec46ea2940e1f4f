import { constants, type ServerHttp2Stream } from 'node:http2';
import { toFrame } from './framing.ts';
import { ACCEPTED_CODINGS } from './inflate.ts';
import { type GrpcStatus, OK, toTrailers } from './status.ts';

const HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': ACCEPTED_CODINGS,
} as const;

/** The same as Node takes them fastest. */
const HEADER_LIST = Object.entries(HEADERS).flatMap(([name, value]) => [name, String(value)]);

/** Answers with one message and success. */
export function sendAnswer(stream: ServerHttp2Stream, answer: Uint8Array): void {
  if (isGone(stream)) return;
  stream.respond(HEADER_LIST, { waitForTrailers: true });
  stream.on('wantTrailers', sendOk);
  stream.end(toFrame(answer));
}

/** Begins to answer with several messages; call what it gives with the status, before the stream ends.
 *  @see gRPC over HTTP2, Responses */
export function beginAnswers(stream: ServerHttp2Stream): (status: GrpcStatus) => void {
  let status = OK;
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.once('wantTrailers', () => sendLast(stream, status));
  return (last) => {
    status = last;
  };
}

/** Ends a call that has no answer.
 *  @see gRPC over HTTP2, Trailers-Only */
export function sendStatus(stream: ServerHttp2Stream, status: GrpcStatus): void {
  if (isGone(stream)) return;
  stream.respond({ ...HEADERS, ...toTrailers(status) }, { endStream: true });
  stopReading(stream);
}

/** Answers what is no call of gRPC at all, as HTTP does.
 *  @see gRPC over HTTP2, Requests, Content-Type */
export function sendHttpStatus(stream: ServerHttp2Stream, status: number): void {
  if (isGone(stream)) return;
  stream.respond({ ':status': status }, { endStream: true });
  stopReading(stream);
}

function sendOk(this: ServerHttp2Stream): void {
  sendLast(this, OK);
}

function sendLast(stream: ServerHttp2Stream, status: GrpcStatus): void {
  stream.sendTrailers(toTrailers(status));
  // A reset overtakes trailers that are not on their way.
  if (!stream.readableEnded) setImmediate(() => stopReading(stream));
}

/** Tells a caller who still sends that nobody listens. */
function stopReading(stream: ServerHttp2Stream): void {
  if (!stream.readableEnded && !stream.closed) stream.close(constants.NGHTTP2_NO_ERROR);
}

function isGone(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed || stream.headersSent;
}
