import { type KeptTrace, mergeTraces } from '../kept-trace.ts';
import type { TraceStoreLimits } from '../limits.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { TracePage, TraceQuery, TraceStore } from './port.ts';
import { expired } from './retention.ts';
import { compareTraces, summaryOf } from './summary.ts';

interface Entry {
  readonly trace: KeptTrace;
  readonly bytes: number;
}

/** Kept traces in memory, for as long as the process runs.
 *  @param maxSpans of one trace */
export function createMemoryTraces(limits: TraceStoreLimits, maxSpans: number): TraceStore {
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const drop = (id: string): void => {
    bytes -= entries.get(id)?.bytes ?? 0;
    entries.delete(id);
  };
  const put = (trace: KeptTrace): void => {
    const before = entries.get(trace.id);
    const whole = before ? mergeTraces(before.trace, trace, maxSpans) : trace;
    const text = JSON.stringify(whole);
    drop(trace.id);
    // as it is now: who put it may go on with his own
    entries.set(trace.id, { trace: JSON.parse(text) as KeptTrace, bytes: text.length });
    bytes += text.length;
  };
  const sorted = () => [...entries.values()].map(({ trace }) => trace).sort(compareTraces);
  function* oldestFirst() {
    for (const { id, firstTime } of sorted().reverse()) {
      yield { id, firstTime, bytes: entries.get(id)?.bytes ?? 0 };
    }
  }
  const totals = () => ({ traces: entries.size, bytes });
  return {
    put: (traces) => traces.forEach(put),
    get: (id) => entries.get(id)?.trace,
    list: (query) => pageOf(sorted(), query),
    prune: (now, held) => {
      const gone = [...expired(oldestFirst, totals(), limits, now, held)];
      gone.forEach(drop);
      return gone.length;
    },
    totals,
    close: () => entries.clear(),
  };
}

function pageOf(traces: readonly KeptTrace[], query: TraceQuery): TracePage {
  const { from = -Infinity, to = Infinity, service, reason, limit, after } = query;
  const cursor = after === undefined ? undefined : readCursor(after);
  const found = traces.filter(
    (trace) =>
      trace.firstTime >= from &&
      trace.firstTime < to &&
      (service === undefined || trace.services.includes(service)) &&
      (reason === undefined || trace.reasons.includes(reason)) &&
      (cursor === undefined || compareTraces(cursor, trace) < 0),
  );
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    traces: page.map(summaryOf),
    next: last !== undefined && found.length > limit ? writeCursor(last) : null,
  };
}
