/** Traces taken in by OTLP. */

export { OtlpConfig } from './config.ts';
export { type DecoderLimits, type Encoding, OtlpDecoder } from './decoder.ts';
export { type OtlpGrpcPorts, otlpGrpcService, type TakenSpans } from './grpc.ts';
export { Batcher, type BatcherLimits, type Keep } from './legacy/batcher.ts';
export { decodeJson } from './legacy/decode-json.ts';
export { decodeProtobuf } from './legacy/decode-protobuf.ts';
export {
  Intake,
  type IntakeLimits,
  type SeenObservation,
  type Taken as LegacyTaken,
} from './legacy/intake.ts';
export { Journal } from './legacy/journal.ts';
export { createReceiver, type ReceiverPorts } from './legacy/receiver.ts';
export type { Span } from './legacy/span.ts';
export { OTLP_REASONS, type OtlpReason, type ReasonCount } from './reasons.ts';
export type { CountedCall, Flushed, Taken } from './taken.ts';
