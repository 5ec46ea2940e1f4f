import { compareText } from '../../../base/diagnostic.ts';
import type { KeptTrace } from '../kept-trace.ts';
import type { Cursor } from './cursor.ts';
import type { TraceSummary } from './port.ts';

export function summaryOf(trace: KeptTrace): TraceSummary {
  const { id, reasons, firstTime, lastTime, services, spans } = trace;
  return { id, reasons, firstTime, lastTime, services, spanCount: spans.length };
}

/** The latest first, then by id. */
export function compareTraces(a: Cursor, b: Cursor): number {
  return b.firstTime - a.firstTime || compareText(a.id, b.id);
}
