import { encodeHeaders, type Http2Stream } from '../http2/index.ts';
import { toFrame } from './framing.ts';
import { ACCEPTED_CODINGS } from './inflate.ts';
import { type GrpcStatus, OK, toTrailers } from './status.ts';

const HEADERS: readonly [string, string][] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
  ['grpc-accept-encoding', ACCEPTED_CODINGS],
];
const HEAD = encodeHeaders(HEADERS);
const OK_TRAILERS = encodeHeaders(Object.entries(toTrailers(OK)));

/** Answers with one message and success. */
export function sendAnswer(stream: Http2Stream, answer: Uint8Array): void {
  if (!stream.hasAnswered) stream.answer(HEAD, toFrame(answer), OK_TRAILERS);
}

/** Begins to answer with several messages.
 *  @see gRPC over HTTP2, Responses */
export function beginAnswers(stream: Http2Stream): void {
  stream.begin(HEAD);
}

/** Ends answers that have begun, behind those that are on their way. */
export function endAnswers(stream: Http2Stream, status: GrpcStatus): void {
  stream.end(encodeHeaders(Object.entries(toTrailers(status))));
}

/** Ends a call that has no answer.
 *  @see gRPC over HTTP2, Trailers-Only */
export function sendStatus(stream: Http2Stream, status: GrpcStatus): void {
  if (stream.hasAnswered) return;
  stream.answerHeaders(encodeHeaders([...HEADERS, ...Object.entries(toTrailers(status))]));
}

/** Answers what is no call of gRPC at all, as HTTP does.
 *  @see gRPC over HTTP2, Requests, Content-Type */
export function sendHttpStatus(stream: Http2Stream, status: number): void {
  stream.answerHeaders(encodeHeaders([[':status', String(status)]]));
}
