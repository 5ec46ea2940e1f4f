/** Where kept traces are. */
export { createMemoryTraces } from './memory-store.ts';
export type { TracePage, TraceQuery, TraceStore, TraceSummary, TraceTotals } from './port.ts';
export { openTraceFile } from './sqlite-store.ts';
