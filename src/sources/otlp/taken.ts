import type { CallSighting, Sighting } from '../../estate/index.ts';
import { OTLP_REASONS, type ReasonCount } from './reasons.ts';

/** What became of the spans of one request. */
export interface Taken {
  readonly spanCount: number;
  readonly rejectedSpans: number;
  /** Why spans were rejected, in a sentence each; none holds a word of what came in. */
  readonly reasons: readonly string[];
  /** Everything that was not taken, by reason; see `OTLP_REASONS`. */
  readonly counts: readonly ReasonCount[];
}

/** What was gathered since the last time. */
export interface Flushed {
  readonly sightings: readonly Sighting[];
  readonly calls: readonly CountedCall[];
  /** Sides of calls that came since and wait for the other side; empty where there are none. The
   *  layout is that of `encodeHalves`. */
  readonly halves: Buffer;
}

/** A call with the number of pairs of spans that showed it. */
export interface CountedCall extends CallSighting {
  readonly count: number;
}

export function toTaken(spanCount: number, counts: readonly ReasonCount[]): Taken {
  let rejectedSpans = 0;
  const reasons: string[] = [];
  for (const { reason, count } of counts) {
    const { of, outcome, sentence } = OTLP_REASONS[reason];
    if (of !== 'span' || outcome !== 'refused') continue;
    rejectedSpans += count;
    if (sentence !== undefined) reasons.push(sentence);
  }
  return { spanCount, rejectedSpans, reasons, counts };
}
