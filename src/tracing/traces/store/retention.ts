import type { TraceStoreLimits } from '../limits.ts';
import type { TraceTotals } from './port.ts';

const DAY_MS = 86_400_000;

export interface StoredTrace {
  readonly id: string;
  readonly firstTime: number;
  readonly bytes: number;
}

/** Which traces are to go.
 *  @param oldestFirst looked at only as far as is needed
 *  @see TraceStore.prune */
export function* expired(
  oldestFirst: () => Iterable<StoredTrace>,
  { traces, bytes }: TraceTotals,
  limits: TraceStoreLimits,
  now: number,
  held: ReadonlySet<string>,
): Generator<string> {
  const before = now - limits.maxAgeDays * DAY_MS;
  let left = { traces, bytes };
  const isOver = (times: number) =>
    left.traces > limits.maxTraces * times || left.bytes > limits.maxBytes * times;
  for (const trace of oldestFirst()) {
    if (trace.firstTime >= before && !isOver(1)) break;
    if (held.has(trace.id)) continue;
    left = { traces: left.traces - 1, bytes: left.bytes - trace.bytes };
    yield trace.id;
  }
  if (!isOver(2)) return;
  for (const trace of oldestFirst()) {
    if (!isOver(2)) break;
    if (!held.has(trace.id)) continue;
    left = { traces: left.traces - 1, bytes: left.bytes - trace.bytes };
    yield trace.id;
  }
}
