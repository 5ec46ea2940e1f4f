import type { Socket } from 'node:net';
import type { RequestHeaders } from '../http2/index.ts';
import type { DescribedFile } from './reflection/describe.ts';

/** One call, as its handler sees it. */
export interface GrpcCall {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly headers: RequestHeaders;
  /** The connection; a `TLSSocket` where the server has TLS. Only to be asked, never written to. */
  readonly socket: Socket;
  /** Aborted, with a Fault as its reason, when nobody waits for the answer any more: the caller is gone, or its
   *  deadline is over; where answers are a stream, also when the server ends. */
  readonly signal: AbortSignal;
}

/** Answers one message with one. The message is only valid until the promise settles. */
export interface UnaryMethod {
  readonly kind: 'unary';
  readonly handle: (message: Buffer, call: GrpcCall) => Promise<Uint8Array>;
}

/** Answers one message with one, at once: for what is asked by the ten thousand. The message is only valid until it
 *  returns. */
export interface DirectMethod {
  readonly kind: 'direct';
  readonly handle: (message: Buffer, call: GrpcCall) => Uint8Array;
}

/** Answers a stream of messages with one. A message is only valid until the next one is asked for, and
 *  nothing is read from the caller beyond the few messages that wait. The stream throws a Fault where it
 *  breaks off, and when the server ends. */
export interface ClientStreamMethod {
  readonly kind: 'client-stream';
  readonly handle: (messages: AsyncIterable<Buffer>, call: GrpcCall) => Promise<Uint8Array>;
}

/** Where the handler of a stream of answers puts them. Sent in the order in which they are put. */
export interface GrpcAnswers {
  /** Resolves when the message is on its way, so that awaiting it goes no faster than its reader.
   *  @throws {Fault} `grpc/cancelled` when the call is over, `grpc/bytes-too-many` */
  send(message: Uint8Array): Promise<void>;
  /** For messages each of which says everything: at once, or as soon as the reader has taken what is on its
   *  way; one that still waits then is dropped for a newer one. Never throws; nothing happens once the call is
   *  over. */
  offer(message: Uint8Array): void;
}

/** Answers one message with a stream of them, which ends when the promise settles. A handler that pushes waits for
 *  its `signal` (`untilAborted`), and lets go of what it listens to then. */
export interface ServerStreamMethod {
  readonly kind: 'server-stream';
  readonly handle: (message: Buffer, answers: GrpcAnswers, call: GrpcCall) => Promise<void>;
}

/** Answers a stream of messages with a stream of them, in any order. The messages are as in a client stream; the
 *  answers end when the promise settles. */
export interface BidiStreamMethod {
  readonly kind: 'bidi-stream';
  readonly handle: (
    messages: AsyncIterable<Buffer>,
    answers: GrpcAnswers,
    call: GrpcCall,
  ) => Promise<void>;
}

export type GrpcMethod =
  | UnaryMethod
  | DirectMethod
  | ClientStreamMethod
  | ServerStreamMethod
  | BidiStreamMethod;

/** Waits until a signal is aborted, then throws its reason. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

export interface GrpcService {
  /** `package.Service` */
  readonly name: string;
  readonly methods: Readonly<Record<string, GrpcMethod>>;
  /** Anybody may call it, without being admitted. */
  readonly isOpen?: boolean;
  /** The files that describe it, each a google.protobuf.FileDescriptorProto, with those that they import: for
   *  reflection. @see `describeFile` */
  readonly files?: readonly DescribedFile[];
}
