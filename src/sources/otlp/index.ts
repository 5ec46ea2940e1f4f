/** Traces taken in by OTLP. */

export { type DecoderLimits, type Encoding, OtlpDecoder } from './decoder.ts';
export { type OtlpGrpcPorts, otlpGrpcService, type TakenSpans } from './grpc.ts';
export {
  type BodyLimits,
  clientErrorListener,
  createReceiver,
  type ReceiverLimits,
  type ReceiverPorts,
  readBody,
} from './http/index.ts';
export { OTLP_REASONS, type OtlpReason, type ReasonCount } from './reasons.ts';
export type { CountedCall, Flushed, Taken } from './taken.ts';
