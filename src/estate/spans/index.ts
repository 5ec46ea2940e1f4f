/** Single requests in single traces, from whoever saw them to whoever follows them. A door of its own, without the
 *  schemas of the model. */
export { socketAddress } from './address.ts';
export { type SpanBatch, SpanBatchWriter, type SpanLink, type SpanRow } from './batch.ts';
export { SpanCursor, toHex } from './cursor.ts';
export { SIDE, type Side, SPAN_FIELD, SPAN_FLAG, SPAN_WORDS } from './layout.ts';
export type { SpanOperation, SpanParty } from './names.ts';
export { isValue, pathShape, SHAPE_OF_BYTE } from './shape.ts';
export { SPAN_LOSSES, type SpanLoss, SpanSink, type SpanSinkOptions } from './sink.ts';
