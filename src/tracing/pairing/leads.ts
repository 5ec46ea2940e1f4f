import { isCallerSide } from './matching.ts';
import { MAX_TRIES, ROW, type RowRing, STATE } from './row-ring.ts';

/** Spans of one service that lie between a request and what it does for it. */
const MAX_STEPS = 16;

/** No row: nothing can have led to it, or it is not known what did. */
export const NOTHING_LED = -2;
export const UNKNOWN = -1;

/** Finds which request led to another: by the parents of spans where they came, else by time within the trace. */
export class Leads {
  readonly #ring: RowRing;
  readonly #maxHopsPerTrace: number;

  constructor(ring: RowRing, maxHopsPerTrace: number) {
    this.#ring = ring;
    this.#maxHopsPerTrace = maxHopsPerTrace;
  }

  /** The row of the side that called, or -1. */
  callerRow(row: number): number {
    const at = this.#ring.at(row);
    const { words } = this.#ring;
    if (isCallerSide(words[at + ROW.side] ?? 0)) return row;
    if (((words[at + ROW.state] ?? 0) & STATE.paired) === 0) return -1;
    const mate = words[at + ROW.mate] ?? 0;
    return this.#ring.holds(mate) ? mate : -1;
  }

  /** The row that led to what a caller's row did, by parents alone; `NOTHING_LED` where it has none, `UNKNOWN` where they do
   *  not lead there. */
  byParents(row: number, callerRow: number): number {
    const ring = this.#ring;
    const { words } = ring;
    const service = words[ring.at(callerRow) + ROW.service] ?? 0;
    let current = callerRow;
    if (this.#leads(current)) return current === row ? UNKNOWN : current;
    for (let step = 0; step < MAX_STEPS; step++) {
      const at = ring.at(current);
      if (((words[at + ROW.parent] ?? 0) | (words[at + ROW.parent + 1] ?? 0)) === 0) {
        return NOTHING_LED;
      }
      ring.seek(words, at + ROW.trace, at + ROW.parent);
      current = this.#spanOf(service);
      if (current < 0 || current === row) return UNKNOWN;
      if (this.#leads(current)) return current;
    }
    return UNKNOWN;
  }

  /** The latest request to the service that called which began before this one, in the same trace; else the first after it:
   *  clocks differ. */
  byTime(row: number, caller: number, startedAt: number): number {
    const ring = this.#ring;
    const { words } = ring;
    const at = ring.at(row);
    ring.seek(words, at + ROW.trace, at + ROW.span);
    let best = UNKNOWN;
    let bestAfter = 0;
    let left = this.#maxHopsPerTrace;
    for (let other = ring.firstOfTrace(); other >= 0; other = ring.nextOfTrace(other)) {
      if (--left < 0) break;
      if (other === row || words[ring.at(other) + ROW.service] !== caller) continue;
      if (!ring.isOfTrace(other) || !this.#leads(other)) continue;
      const after = (ring.starts[(ring.at(other) + ROW.start) / 2] ?? 0) - startedAt;
      if (best >= 0 && !this.#isNearer(after, bestAfter, other, best)) continue;
      best = other;
      bestAfter = after;
    }
    return best;
  }

  /** Before is nearer than after; at one time, the span decides, so that the order of arrival does not. */
  #isNearer(after: number, bestAfter: number, other: number, best: number): boolean {
    if (after <= 0 !== bestAfter <= 0) return after <= 0;
    if (after !== bestAfter) return after <= 0 ? after > bestAfter : after < bestAfter;
    const { words } = this.#ring;
    const otherSpan = words[this.#ring.at(other) + ROW.span] ?? 0;
    return otherSpan < (words[this.#ring.at(best) + ROW.span] ?? 0);
  }

  /** The row of a service whose span is sought; the one that leads before others. */
  #spanOf(service: number): number {
    const ring = this.#ring;
    let best = -1;
    let left = MAX_TRIES;
    for (let other = ring.firstOfSpan(); other >= 0; other = ring.nextOfSpan(other)) {
      if (--left < 0) break;
      if (!ring.isOfSpan(other)) continue;
      if (ring.words[ring.at(other) + ROW.service] !== service) continue;
      if (this.#leads(other)) return other;
      best = other;
    }
    return best;
  }

  #leads(row: number): boolean {
    const state = this.#ring.words[this.#ring.at(row) + ROW.state] ?? 0;
    return (state & (STATE.leads | STATE.silent)) === STATE.leads;
  }
}
