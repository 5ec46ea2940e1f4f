/** Traces taken in by OTLP. */

export { type DecoderLimits, type Encoding, OtlpDecoder } from './decoder.ts';
export { type OtlpGrpcPorts, otlpGrpcService, type TakenSpans } from './grpc.ts';
export {
  type BodyLimits,
  BodyReader,
  clientErrorListener,
  createReceiver,
  isCounted,
  type ReceiverPorts,
} from './http/index.ts';
export { OTLP_REASONS, type OtlpReason, type ReasonCount } from './reasons.ts';
export { refusalOf } from './refusal.ts';
export type { CountedCall, Flushed, Taken } from './taken.ts';
