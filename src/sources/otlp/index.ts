/** Traces taken in by OTLP. */
export { Batcher, type BatcherLimits, type Keep } from './batcher.ts';
export { OtlpConfig } from './config.ts';
export { decodeJson } from './decode-json.ts';
export { decodeProtobuf } from './decode-protobuf.ts';
export { Intake, type IntakeLimits, type SeenObservation, type Taken } from './intake.ts';
export { Journal } from './journal.ts';
export { createReceiver, type ReceiverPorts } from './receiver.ts';
export type { Span } from './span.ts';
