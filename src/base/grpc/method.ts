import type { IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';

/** One call, as its handler sees it. */
export interface GrpcCall {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The connection; a `TLSSocket` where the server has TLS. Only to be asked, never written to. */
  readonly socket: Socket;
  /** Aborted when nobody waits for the answer any more: the caller is gone, or its deadline is over. */
  readonly signal: AbortSignal;
}

/** Answers one message with one. The message is only valid until the promise settles. */
export interface UnaryMethod {
  readonly kind: 'unary';
  readonly handle: (message: Buffer, call: GrpcCall) => Promise<Uint8Array>;
}

/** Answers a stream of messages with one. A message is only valid until the next one is asked for, and
 *  nothing is read from the caller beyond the few messages that wait. The stream throws a Fault where it
 *  breaks off, and when the server ends. */
export interface ClientStreamMethod {
  readonly kind: 'client-stream';
  readonly handle: (messages: AsyncIterable<Buffer>, call: GrpcCall) => Promise<Uint8Array>;
}

export type GrpcMethod = UnaryMethod | ClientStreamMethod;

export interface GrpcService {
  /** `package.Service` */
  readonly name: string;
  readonly methods: Readonly<Record<string, GrpcMethod>>;
  /** Anybody may call it, without being admitted. */
  readonly isOpen?: boolean;
}
