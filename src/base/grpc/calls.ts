import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { Fault, quote } from '../fault.ts';
import { ByteBudget } from './budget.ts';
import { Inbound } from './inbound.ts';
import { Inflater, parseCoding } from './inflate.ts';
import type { GrpcLimits } from './limits.ts';
import type { GrpcCall, GrpcMethod, GrpcService } from './method.ts';
import { Patience } from './patience.ts';
import type { GrpcRefusal } from './refusals.ts';
import { sendAnswer, sendHttpStatus, sendStatus } from './respond.ts';
import { toStatus } from './status.ts';
import { parseTimeout } from './timeout.ts';

/** How a call ended, for whoever counts. */
export interface EndedCall {
  /** Of a known method; `` otherwise, so that callers cannot make up names. */
  readonly path: string;
  /** @see `CODES` */
  readonly code: number;
  /** Why it failed; what is no Fault is a defect of the server. */
  readonly thrown?: unknown;
}

export interface CallsPorts {
  readonly limits: GrpcLimits;
  readonly services: readonly GrpcService[];
  /** Throws a Fault for a caller who may not call. */
  readonly admit: (call: Pick<GrpcCall, 'path' | 'headers' | 'socket'>) => void;
  readonly onEnd: (call: EndedCall) => void;
  readonly onRefused: (reason: GrpcRefusal) => void;
}

interface Entry {
  readonly method: GrpcMethod;
  readonly isOpen: boolean;
}

/** How the messages of a call reach its handler, by the kind of the method. */
const RUNNERS: {
  readonly [Kind in GrpcMethod['kind']]: (
    method: Extract<GrpcMethod, { kind: Kind }>,
    inbound: Inbound,
    call: GrpcCall,
  ) => Promise<Uint8Array>;
} = {
  unary: async (method, inbound, call) => method.handle(await inbound.only(), call),
  'client-stream': async (method, inbound, call) => method.handle(inbound, call),
};

function run(method: GrpcMethod, inbound: Inbound, call: GrpcCall): Promise<Uint8Array> {
  switch (method.kind) {
    case 'unary':
      return RUNNERS.unary(method, inbound, call);
    case 'client-stream':
      return RUNNERS['client-stream'](method, inbound, call);
  }
}

/** Serves the calls of all connections of one server. */
export class Calls {
  readonly #ports: CallsPorts;
  readonly #methods: ReadonlyMap<string, Entry>;
  readonly #budget: ByteBudget;
  readonly #inflater: Inflater;
  /** Under way; those whose handler has not come back yet count too. */
  readonly #active = new Set<Inbound>();

  constructor(ports: CallsPorts) {
    const { limits, services } = ports;
    this.#ports = ports;
    this.#methods = new Map(services.flatMap(entriesOf));
    this.#budget = new ByteBudget(limits.maxBufferedBytes);
    this.#inflater = new Inflater(limits.maxInflatedBytes, CONCURRENT_INFLATIONS);
  }

  /** Calls under way. */
  get count(): number {
    return this.#active.size;
  }

  /** Bytes of messages that are held. */
  get heldBytes(): number {
    return this.#budget.heldBytes;
  }

  /** Ends the streams of messages that callers keep open, after what has come of them. */
  endStreams(): void {
    for (const inbound of this.#active) {
      inbound.fail(new Fault('grpc/server-unavailable', 'The server is ending'));
    }
  }

  /** Never throws. */
  async serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    stream.on('error', () => {}); // What becomes of the stream is told by its `close`.
    const httpStatus = refusedAs(headers);
    if (httpStatus !== undefined) {
      this.#ports.onRefused('not gRPC');
      sendHttpStatus(stream, httpStatus);
      return;
    }
    const path = String(headers[':path']);
    const entry = this.#methods.get(path);
    const ended = entry ? path : '';
    try {
      const code = await this.#call(stream, headers, path, entry);
      this.#ports.onEnd({ path: ended, code });
    } catch (thrown) {
      const status = toStatus(thrown);
      sendStatus(stream, status);
      this.#ports.onEnd({ path: ended, code: status.code, thrown });
    }
  }

  async #call(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    path: string,
    entry: Entry | undefined,
  ): Promise<number> {
    const { limits, admit } = this.#ports;
    if (!entry) throw unknownMethod(path);
    const socket = stream.session?.socket as Socket | undefined;
    if (!socket) throw new Fault('grpc/cancelled', 'The connection is gone');
    if (!entry.isOpen) admit({ path, headers, socket });
    if (this.#active.size >= limits.maxCalls) throw tooMany(limits.maxCalls);
    const coding = parseCoding(text(headers['grpc-encoding']));
    const timeout = parseTimeout(text(headers['grpc-timeout']));
    const inbound = new Inbound(stream, {
      limits,
      coding,
      budget: this.#budget,
      inflater: this.#inflater,
    });
    this.#active.add(inbound);
    const patience = new Patience(stream, timeout, (fault) => inbound.fail(fault));
    const { signal } = patience;
    const running = run(entry.method, inbound, { path, headers, socket, signal });
    // What a handler holds is held until it comes back, even when nobody waits for it any more.
    const settle = (): void => {
      inbound.close();
      this.#active.delete(inbound);
    };
    running.then(settle, settle);
    try {
      sendAnswer(stream, await Promise.race([running, patience.over]));
      return 0;
    } finally {
      patience.end();
    }
  }
}

/** zlib works on four threads. */
const CONCURRENT_INFLATIONS = 4;

function entriesOf({ name, methods, isOpen = false }: GrpcService): [string, Entry][] {
  return Object.entries(methods).map(([method, entry]) => [
    `/${name}/${method}`,
    { method: entry, isOpen },
  ]);
}

/** The HTTP status for what is no call of gRPC; undefined for a call. */
function refusedAs(headers: IncomingHttpHeaders): number | undefined {
  if (headers[':method'] !== 'POST') return 405;
  const isGrpc = /^application\/grpc(?:\+proto)?(?:;|$)/.test(headers['content-type'] ?? '');
  return isGrpc ? undefined : 415;
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

function unknownMethod(path: string): Fault {
  return new Fault('grpc/method-unimplemented', `There is no method ${quote(path, 200)} here`);
}

function tooMany(maxCalls: number): Fault {
  return new Fault('grpc/calls-too-many', `More than ${maxCalls} calls are under way at once`, {
    hint: 'call again after a second',
  });
}
