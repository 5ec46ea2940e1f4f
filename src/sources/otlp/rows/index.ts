/** Single spans, as rows of batches. */
export { SpanRows } from './span-rows.ts';
