/** Traces taken in by OTLP. */

export { type BodyLimits, readBody } from './body.ts';
export { OtlpConfig } from './config.ts';
export { type DecoderLimits, type Encoding, OtlpDecoder } from './decoder.ts';
export { type OtlpGrpcPorts, otlpGrpcService, type TakenSpans } from './grpc.ts';
export { OTLP_REASONS, type OtlpReason, type ReasonCount } from './reasons.ts';
export {
  clientErrorListener,
  createReceiver,
  type ReceiverLimits,
  type ReceiverPorts,
} from './receiver.ts';
export type { CountedCall, Flushed, Taken } from './taken.ts';
