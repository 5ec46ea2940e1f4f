import { SPAN_FIELD, SPAN_WORDS, type SpanBatch } from '../../estate/spans/index.ts';
import type { Resolver } from '../ports.ts';
import { BatchNames } from './batch-names.ts';
import { KEEP_REASONS, type KeepReason, type KeptTrace, toKeptTrace } from './kept-trace.ts';
import type { TraceLimits } from './limits.ts';
import { KeepQuota } from './quota.ts';
import { readSpan } from './read-span.ts';
import { NONE, RowSlab } from './row-slab.ts';
import { readTraceId, traceIdOf } from './trace-id.ts';
import { TraceRing } from './trace-ring.ts';

/** Why spans or traces are not kept: a closed set. */
export const TRACE_LOSSES = [
  'span without a trace',
  'span over the limit of its trace',
  'trace pushed out early',
  'kept trace pushed out early',
  'kept trace that nobody fetched',
  'kept trace without spans',
  'name over the limit',
  ...KEEP_REASONS.map((reason) => `not kept: too many for ${reason}` as const),
] as const;
export type TraceLoss = (typeof TRACE_LOSSES)[number];

export interface TraceBufferParts {
  readonly limits: TraceLimits;
  /** What names of kept spans mean; asked only when a trace is read. */
  readonly resolver: Resolver;
  /** Of hashes: random, so that nobody can send what collides. */
  readonly seed: number;
}

/** Kept traces that wait for `tick`. */
const MAX_WAITING = 1_000;

/** Holds the spans of each trace for a window, and gives those of traces that there is a reason to keep. A span costs no
 *  object; memory is bounded by the limits, whatever comes in. */
export class TraceBuffer {
  readonly #limits: TraceLimits;
  readonly #resolver: Resolver;
  readonly #slab: RowSlab;
  readonly #traces: TraceRing;
  readonly #names: BatchNames;
  readonly #quota: KeepQuota;
  readonly #counts = new Map<TraceLoss, number>();
  /** Kept, and pushed out before their window was over. */
  #waiting: KeptTrace[] = [];
  #now = 0;

  constructor({ limits, resolver, seed }: TraceBufferParts) {
    this.#limits = limits;
    this.#resolver = resolver;
    this.#slab = new RowSlab(limits.maxSpans);
    this.#traces = new TraceRing(limits.maxSpans, seed);
    this.#names = new BatchNames(limits.maxNames);
    this.#quota = new KeepQuota(limits.keptPerMinute);
  }

  /** What was not kept, by reason. */
  get counts(): ReadonlyMap<TraceLoss, number> {
    return this.#counts;
  }
  /** Spans that are held. */
  get size(): number {
    return this.#slab.used;
  }
  /** Traces that are held. */
  get traceCount(): number {
    return this.#traces.size;
  }

  /** Holds the rows of a batch.
   *  @param now when they came: milliseconds, on any clock that does not go back */
  take(batch: SpanBatch, now: number): void {
    this.#advance(now);
    const { oldest, head } = this.#traces;
    this.#lose('name over the limit', this.#names.load(batch, oldest, head + batch.count));
    const { words } = batch;
    let link = 0;
    for (let row = 0; row < batch.count; row++) {
      const at = row * SPAN_WORDS;
      const held = this.#hold(words, at);
      for (; (batch.links[link]?.row ?? Infinity) <= row; link++) {
        const id = batch.links[link]?.id;
        if (held !== NONE && id !== undefined) this.#names.addLink(held, id);
      }
    }
  }

  /** Has a trace kept whole: what came of it in its window, and what comes until its end.
   *  @param trace hexadecimal, or its words as a row has them; anything else is none */
  keep(trace: string | Uint32Array, reason: KeepReason): void {
    const words = typeof trace === 'string' ? readTraceId(trace) : trace;
    if (words === undefined || isNone(words, 0)) return;
    const found = this.#traces.find(words, 0);
    const bit = 1 << KEEP_REASONS.indexOf(reason);
    const before = found === NONE ? 0 : (this.#traces.reasons[found] ?? 0);
    if ((before & bit) !== 0) return;
    if (before === 0 && !this.#quota.take(reason, this.#now)) {
      this.#lose(`not kept: too many for ${reason}`);
      return;
    }
    const place = found === NONE ? this.#add(words, 0) : found;
    this.#traces.reasons[place] = before | bit;
  }

  /** The kept traces whose window is over. */
  tick(now: number): KeptTrace[] {
    this.#advance(now);
    const kept = this.#waiting;
    this.#waiting = [];
    const endedAt = this.#now - this.#limits.windowSeconds * 1_000;
    const { arrival } = this.#traces;
    while (this.#traces.size > 0 && (arrival[this.#traces.oldestPlace] ?? 0) <= endedAt) {
      const trace = this.#dropOldest();
      if (trace !== undefined) kept.push(trace);
    }
    return kept;
  }

  /** All kept traces that are held, whatever is left of their windows: at the end of the input. */
  flush(): KeptTrace[] {
    const kept = this.#waiting;
    this.#waiting = [];
    while (this.#traces.size > 0) {
      const trace = this.#dropOldest();
      if (trace !== undefined) kept.push(trace);
    }
    return kept;
  }

  /** What has come of a trace so far, kept or not; undefined where nothing of it is held. */
  read(traceId: string): KeptTrace | undefined {
    const words = readTraceId(traceId);
    const place = words === undefined ? NONE : this.#traces.find(words, 0);
    if (place === NONE) return undefined;
    return this.#traces.firstRow[place] === NONE ? undefined : this.#toKept(place);
  }

  /** The row that was held, or none. */
  #hold(words: Uint32Array, at: number): number {
    if (isNone(words, at + SPAN_FIELD.trace)) {
      this.#lose('span without a trace');
      return NONE;
    }
    while (this.#slab.isFull) this.#pushOut();
    const traces = this.#traces;
    const found = traces.find(words, at + SPAN_FIELD.trace);
    const place = found === NONE ? this.#add(words, at + SPAN_FIELD.trace) : found;
    const count = traces.rows[place] ?? 0;
    if (count >= this.#limits.maxSpansPerTrace) {
      traces.cut[place] = (traces.cut[place] ?? 0) + 1;
      this.#lose('span over the limit of its trace');
      return NONE;
    }
    const row = this.#slab.take();
    this.#names.copy(words, at, this.#slab.words, row * SPAN_WORDS);
    if (count === 0) traces.firstRow[place] = row;
    else this.#slab.next[traces.lastRow[place] ?? 0] = row;
    traces.lastRow[place] = row;
    traces.rows[place] = count + 1;
    return row;
  }

  #add(words: Uint32Array, at: number): number {
    if (this.#traces.isFull) this.#pushOut();
    return this.#traces.add(words, at, this.#now);
  }

  #pushOut(): void {
    const trace = this.#dropOldest();
    if (trace === undefined) this.#lose('trace pushed out early');
    else if (this.#waiting.length >= MAX_WAITING) this.#lose('kept trace that nobody fetched');
    else {
      this.#lose('kept trace pushed out early');
      this.#waiting.push(trace);
    }
  }

  /** What the oldest trace was, where there is a reason to keep it. */
  #dropOldest(): KeptTrace | undefined {
    const place = this.#traces.oldestPlace;
    const isKept = (this.#traces.reasons[place] ?? 0) !== 0;
    const isEmpty = this.#traces.firstRow[place] === NONE;
    if (isKept && isEmpty) this.#lose('kept trace without spans');
    const trace = isKept && !isEmpty ? this.#toKept(place) : undefined;
    for (let row = this.#traces.firstRow[place] ?? NONE; row !== NONE; ) {
      const next = this.#slab.next[row] ?? NONE;
      this.#names.forget(row);
      this.#slab.giveBack(row);
      row = next;
    }
    this.#traces.dropOldest();
    return trace;
  }

  #toKept(place: number): KeptTrace {
    const traces = this.#traces;
    const bits = traces.reasons[place] ?? 0;
    const reasons = KEEP_REASONS.filter((_, number) => (bits & (1 << number)) !== 0);
    const spans = [];
    let row = traces.firstRow[place] ?? NONE;
    for (; row !== NONE; row = this.#slab.next[row] ?? NONE) {
      spans.push(readSpan(this.#slab, row, this.#names, this.#resolver));
    }
    return toKeptTrace(traceIdOf(traces.idsAt(place)), reasons, spans, traces.cut[place] ?? 0);
  }

  #advance(now: number): void {
    if (now > this.#now) this.#now = now;
  }

  #lose(reason: TraceLoss, count = 1): void {
    if (count > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }
}

function isNone(words: Uint32Array, at: number): boolean {
  return (
    ((words[at] ?? 0) | (words[at + 1] ?? 0) | (words[at + 2] ?? 0) | (words[at + 3] ?? 0)) === 0
  );
}
