import { Fault, quote } from '../fault.ts';
import type { Http2Stream, RequestHeaders } from '../http2/index.ts';
import { ByteBudget } from './budget.ts';
import { Deadlines } from './deadlines.ts';
import { CallAtOnce, DirectCalls } from './direct.ts';
import { Inbound } from './inbound.ts';
import { type Coding, Inflater, parseCoding } from './inflate.ts';
import type { GrpcLimits } from './limits.ts';
import type { DirectMethod, GrpcCall, GrpcMethod, GrpcService } from './method.ts';
import { Outbound } from './outbound.ts';
import { Patience } from './patience.ts';
import type { GrpcRefusal } from './refusals.ts';
import { sendAnswer, sendHttpStatus, sendStatus } from './respond.ts';
import { answersInStream, run } from './runners.ts';
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

/** A call under way. Where its answers go is made for those who answer with a stream. */
class Active {
  readonly inbound: Inbound;
  readonly patience: Patience;
  readonly kind: GrpcMethod['kind'];
  readonly #makeOutbound: (active: Active) => Outbound;
  #outbound: Outbound | undefined;

  constructor(
    inbound: Inbound,
    patience: Patience,
    kind: GrpcMethod['kind'],
    makeOutbound: (active: Active) => Outbound,
  ) {
    this.inbound = inbound;
    this.patience = patience;
    this.kind = kind;
    this.#makeOutbound = makeOutbound;
  }

  get outbound(): Outbound {
    this.#outbound ??= this.#makeOutbound(this);
    return this.#outbound;
  }

  /** Ends answers that have begun. */
  fail(thrown: unknown): void {
    if (this.#outbound?.hasBegun) this.#outbound.fail(toStatus(thrown));
  }

  close(): void {
    this.#outbound?.close();
    this.patience.end();
  }
}

/** Serves the calls of all connections of one server. */
export class Calls {
  readonly #ports: CallsPorts;
  readonly #methods: ReadonlyMap<string, Entry>;
  readonly #budget: ByteBudget;
  readonly #inflater: Inflater;
  readonly #deadlines: Deadlines;
  /** Under way; those whose handler has not come back yet count too. */
  readonly #active = new Set<Active>();
  readonly #direct: DirectCalls;
  /** Streams of answers that anybody may ask for. */
  #openStreams = 0;

  constructor(ports: CallsPorts) {
    const { limits, services } = ports;
    this.#ports = ports;
    this.#methods = new Map(services.flatMap(entriesOf));
    this.#budget = new ByteBudget(limits.maxBufferedBytes);
    this.#inflater = new Inflater(limits.maxInflatedBytes, CONCURRENT_INFLATIONS);
    this.#deadlines = new Deadlines(limits.messageSeconds * 1_000);
    this.#direct = new DirectCalls({
      maxMessageBytes: limits.maxMessageBytes,
      answer: (stream, method, message) => this.#answerAtOnce(stream, method, message),
      serve: (stream) => void this.#serve(stream),
    });
  }

  /** Calls under way. */
  get count(): number {
    return this.#active.size + this.#direct.count;
  }

  /** Bytes of messages that are held. */
  get heldBytes(): number {
    return this.#budget.heldBytes;
  }

  /** Ends the streams of messages that callers keep open, after what has come of them, and streams of answers. */
  endStreams(): void {
    for (const { inbound, patience, kind } of this.#active) {
      const fault = new Fault('grpc/server-unavailable', 'The server is ending');
      inbound.fail(fault);
      if (answersInStream(kind)) patience.giveUp(fault);
    }
  }

  /** Never throws. */
  serve(stream: Http2Stream): void {
    const { headers } = stream;
    const httpStatus = refusedAs(headers);
    if (httpStatus !== undefined) {
      this.#ports.onRefused('not gRPC');
      sendHttpStatus(stream, httpStatus);
      return;
    }
    const method = this.#methods.get(headers[':path'] ?? '')?.method;
    if (method?.kind === 'direct' && headers['grpc-encoding'] === undefined) {
      this.#direct.begin(stream, method);
    } else void this.#serve(stream);
  }

  async #serve(stream: Http2Stream): Promise<void> {
    const { headers } = stream;
    const path = headers[':path'] ?? '';
    const entry = this.#methods.get(path);
    try {
      const code = await this.#call(stream, headers, path, entry);
      this.#ports.onEnd({ path: entry ? path : '', code });
    } catch (thrown) {
      this.#failed(stream, entry ? path : '', thrown);
    }
  }

  #answerAtOnce(stream: Http2Stream, method: DirectMethod, message: Buffer): void {
    const { headers } = stream;
    const path = headers[':path'] ?? '';
    try {
      this.#admit(stream, path, this.#methods.get(path));
      parseTimeout(headers['grpc-timeout']);
      sendAnswer(stream, method.handle(message, new CallAtOnce(path, stream)));
      this.#ports.onEnd({ path, code: 0 });
    } catch (thrown) {
      this.#failed(stream, path, thrown);
    }
  }

  #failed(stream: Http2Stream, path: string, thrown: unknown): void {
    const status = toStatus(thrown);
    sendStatus(stream, status);
    this.#ports.onEnd({ path, code: status.code, thrown });
  }

  /** @throws {Fault} `grpc/method-unimplemented`, `grpc/calls-too-many`, and what `admit` throws */
  #admit(stream: Http2Stream, path: string, entry: Entry | undefined): Entry {
    const { limits, admit } = this.#ports;
    if (!entry) throw unknownMethod(path);
    const { headers, socket } = stream;
    if (!entry.isOpen) admit({ path, headers, socket });
    if (this.#active.size >= limits.maxCalls) throw tooMany(limits.maxCalls);
    return entry;
  }

  async #call(
    stream: Http2Stream,
    headers: RequestHeaders,
    path: string,
    known: Entry | undefined,
  ): Promise<number> {
    const entry = this.#admit(stream, path, known);
    const { socket } = stream;
    const coding = parseCoding(headers['grpc-encoding']);
    const timeout = parseTimeout(headers['grpc-timeout']);
    const release =
      entry.isOpen && answersInStream(entry.method.kind) ? this.#takeOpenStream() : undefined;
    const active = this.#begin(stream, entry.method.kind, coding, timeout);
    const { inbound, patience } = active;
    const call: GrpcCall = {
      path,
      headers,
      socket,
      get signal() {
        return patience.signal;
      },
    };
    const running = run(entry.method, active, call);
    // What a handler holds is held until it comes back, even when nobody waits for it any more.
    const settle = (): void => {
      inbound.close();
      this.#active.delete(active);
      release?.();
    };
    try {
      const answer = await patience.waitFor(running, settle);
      if (answer === undefined) await patience.waitFor(active.outbound.end());
      else sendAnswer(stream, answer);
      return 0;
    } catch (thrown) {
      active.fail(thrown);
      throw thrown;
    } finally {
      active.close();
    }
  }

  #begin(
    stream: Http2Stream,
    kind: GrpcMethod['kind'],
    coding: Coding,
    timeout: number | undefined,
  ): Active {
    const { limits } = this.#ports;
    const inbound = new Inbound(stream, {
      limits,
      coding,
      budget: this.#budget,
      inflater: this.#inflater,
      deadlines: this.#deadlines,
    });
    const patience = new Patience(stream, timeout, (fault) => inbound.fail(fault));
    const active = new Active(inbound, patience, kind, (one) => this.#outboundOf(stream, one));
    this.#active.add(active);
    return active;
  }

  #outboundOf(stream: Http2Stream, { patience }: Active): Outbound {
    return new Outbound(stream, {
      budget: this.#budget,
      lingerMs: this.#ports.limits.answerSeconds * 1_000,
      onFault: (fault) => patience.giveUp(fault),
    });
  }

  /** Those who need not be admitted are not to keep those out who are. */
  #takeOpenStream(): () => void {
    const { maxOpenStreams } = this.#ports.limits;
    if (this.#openStreams >= maxOpenStreams) throw tooManyOpen(maxOpenStreams);
    this.#openStreams++;
    return () => {
      this.#openStreams--;
    };
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
function refusedAs(headers: RequestHeaders): number | undefined {
  if (headers[':method'] !== 'POST') return 405;
  const isGrpc = /^application\/grpc(?:\+proto)?(?:;|$)/.test(headers['content-type'] ?? '');
  return isGrpc ? undefined : 415;
}

function unknownMethod(path: string): Fault {
  return new Fault('grpc/method-unimplemented', `There is no method ${quote(path, 200)} here`);
}

function tooMany(maxCalls: number): Fault {
  return new Fault('grpc/calls-too-many', `More than ${maxCalls} calls are under way at once`, {
    hint: 'call again after a second',
  });
}

function tooManyOpen(maxOpenStreams: number): Fault {
  return new Fault(
    'grpc/open-streams-too-many',
    `More than ${maxOpenStreams} streams that anybody may open are open at once`,
    { hint: 'ask without a stream, or again after a while' },
  );
}
