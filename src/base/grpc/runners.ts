import type { Inbound } from './inbound.ts';
import type { GrpcCall, GrpcMethod } from './method.ts';
import type { Outbound } from './outbound.ts';

/** Where the messages of a call come from, and its answers go. */
interface MessagesOfCall {
  readonly inbound: Inbound;
  readonly outbound: Outbound;
}

type Runner<Kind extends GrpcMethod['kind']> = (
  method: Extract<GrpcMethod, { kind: Kind }>,
  io: MessagesOfCall,
  call: GrpcCall,
) => Promise<Uint8Array | undefined>;

/** How messages reach the handler of a call, and its answers the caller, by the kind of the method. What they
 *  give is the only answer; undefined where answers are a stream. */
const RUNNERS: { readonly [Kind in GrpcMethod['kind']]: Runner<Kind> } = {
  unary: (method, { inbound }, call) =>
    inbound.only().then((message) => method.handle(message, call)),
  direct: (method, { inbound }, call) =>
    inbound.only().then((message) => method.handle(message, call)),
  'client-stream': async (method, { inbound }, call) => method.handle(inbound, call),
  'server-stream': async (method, { inbound, outbound }, call) => {
    await method.handle(await inbound.only(), outbound, call);
    return undefined;
  },
  'bidi-stream': async (method, { inbound, outbound }, call) => {
    await method.handle(inbound, outbound, call);
    return undefined;
  },
};

/** Hands a call to its handler; gives the only answer, or undefined where answers are a stream. */
export function run<Kind extends GrpcMethod['kind']>(
  method: Extract<GrpcMethod, { kind: Kind }>,
  io: MessagesOfCall,
  call: GrpcCall,
): Promise<Uint8Array | undefined> {
  const runner: Runner<Kind> = RUNNERS[method.kind as Kind];
  return runner(method, io, call);
}

/** Whether a method of this kind answers with a stream of messages. */
export function answersInStream(kind: GrpcMethod['kind']): boolean {
  return kind === 'server-stream' || kind === 'bidi-stream';
}
