import type { KeepReason, KeptTrace } from '../kept-trace.ts';

/** A trace in a list. Times as in `KeptTrace`. */
export interface TraceSummary {
  readonly id: string;
  readonly reasons: readonly KeepReason[];
  readonly firstTime: number;
  readonly lastTime: number;
  readonly services: readonly string[];
  readonly spanCount: number;
}

/** Which traces are wanted: all that is given must hold. */
export interface TraceQuery {
  /** Begun at this time or later; before this time. Milliseconds since 1970. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Its id is among the trace's services. */
  readonly service?: string | undefined;
  readonly reason?: KeepReason | undefined;
  /** At most so many; at least 1. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

export interface TracePage {
  /** The latest first. */
  readonly traces: readonly TraceSummary[];
  /** Null where nothing follows. */
  readonly next: string | null;
}

export interface TraceTotals {
  readonly traces: number;
  /** Of their bodies, as they are stored. */
  readonly bytes: number;
}

/** Where kept traces are. Everything is done when a method returns. */
export interface TraceStore {
  /** Keeps traces, all or none of them; what is there of one already is joined with it. */
  put(traces: readonly KeptTrace[]): void;
  get(id: string): KeptTrace | undefined;
  /** @throws {Fault} `tracing/cursor-malformed` */
  list(query: TraceQuery): TracePage;
  /** Drops what is over the limits, the oldest first.
   *  @param now milliseconds since 1970
   *  @param held ids of those that stay: traces of open alerts. Only when there is still twice as much as is
   *  allowed, the oldest of them go, too
   *  @returns how many went */
  prune(now: number, held: ReadonlySet<string>): number;
  totals(): TraceTotals;
  close(): void;
}
