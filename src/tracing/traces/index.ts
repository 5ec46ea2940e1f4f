/** Traces that are kept whole, for a reason. */
export {
  KEEP_REASONS,
  type KeepReason,
  KeptSpan,
  KeptTrace,
  mergeTraces,
} from './kept-trace.ts';
export { TraceLimits, TraceStoreLimits } from './limits.ts';
export {
  createMemoryTraces,
  openTraceFile,
  type TracePage,
  type TraceQuery,
  type TraceStore,
  type TraceSummary,
  type TraceTotals,
} from './store/index.ts';
export {
  TRACE_LOSSES,
  TraceBuffer,
  type TraceBufferParts,
  type TraceLoss,
} from './trace-buffer.ts';
export {
  type JudgeCall,
  MAX_SHOWN_SPANS,
  WATERFALL_NOTES,
  Waterfall,
  type WaterfallNote,
  WaterfallRow,
  waterfall,
} from './waterfall/index.ts';
