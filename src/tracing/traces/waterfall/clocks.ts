import type { Request } from './requests.ts';

/** When a request began and how long it took, on one clock for the trace. */
export interface Timing {
  start: number;
  durationMs: number;
  /** How much later than its host says. */
  shiftedMs: number;
}

/** Times of requests, each behind its parent. Clocks of hosts differ: nobody can be called before he was asked, so what
 *  begins too early is taken to be as much late as that takes, and what its process sends with it. How much later it was
 *  in truth cannot be known. */
export function timesOf(requests: readonly Request[]): Map<Request, Timing> {
  const times = new Map<Request, Timing>();
  for (const request of requests) {
    const { caller, called, parent } = request;
    const shown = called ?? caller;
    if (shown === undefined) {
      times.set(request, { start: Number.NaN, durationMs: 0, shiftedMs: 0 });
      continue;
    }
    const around = parent && times.get(parent);
    const earliest = around === undefined || Number.isNaN(around.start) ? -Infinity : around.start;
    const asked = caller && caller.service === parent?.called?.service ? around?.shiftedMs : 0;
    const begins = Math.max(
      caller === undefined ? earliest : caller.start + (asked ?? 0),
      earliest,
    );
    const own = shown === caller ? caller.start + (asked ?? 0) : shown.start;
    const start = Math.max(own, begins);
    times.set(request, { start, durationMs: shown.durationMs, shiftedMs: start - shown.start });
  }
  coverVirtual(requests, times);
  return times;
}

/** What nobody has told of takes as long as all that it consists of. */
function coverVirtual(requests: readonly Request[], times: Map<Request, Timing>): void {
  for (const request of requests.toReversed()) {
    const own = times.get(request);
    const around = request.parent && times.get(request.parent);
    if (own === undefined || around === undefined || request.parent?.spans.length !== 0) continue;
    const start = Number.isNaN(around.start) ? own.start : Math.min(around.start, own.start);
    const end = Math.max(
      Number.isNaN(around.start) ? -Infinity : around.start + around.durationMs,
      own.start + own.durationMs,
    );
    around.start = start;
    around.durationMs = end - start;
  }
}
