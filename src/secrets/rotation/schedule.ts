import type { RotationPolicy } from './config.ts';
import { DueHeap } from './due-heap.ts';
import type { Clocks } from './ports.ts';
import { type Waiting, waitOf } from './waiting.ts';

/** The clock has been set, if it went so much further than the steady one, or less far. */
const CLOCK_STEP = 5_000;
/** The clocks are compared this often, at least. */
const LONGEST_SLEEP = 60_000;

export interface ScheduleParts extends Clocks {
  readonly policy: RotationPolicy;
  /** Of this process. */
  readonly holder: string;
}

/** When each secret is to be looked at next. Costs nothing while nothing is due, however many there are.
 *
 *  How long a secret waits is read off the time of day when it is put in, and measured by the steady clock from then
 *  on: an overlap that has begun is not cut short by a clock that jumps ahead. */
export class Schedule {
  readonly #heap = new DueHeap();
  readonly #parts: ScheduleParts;
  #offset: number;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
    this.#offset = this.#offsetNow();
  }

  get size(): number {
    return this.#heap.size;
  }

  put(id: string, secret: Waiting | undefined): void {
    const { holder, clock, policy } = this.#parts;
    const wait = secret && waitOf(secret, holder, clock(), policy);
    if (wait === undefined) this.#heap.delete(id);
    else this.postpone(id, wait);
  }

  /** Milliseconds from now. */
  postpone(id: string, wait: number): void {
    this.#heap.set(id, this.#parts.steadyClock() + wait);
  }

  /** Those that are due, out of the schedule: whoever takes them puts them in again. */
  *take(): Generator<string> {
    const now = this.#parts.steadyClock();
    for (let id = this.#heap.take(now); id !== undefined; id = this.#heap.take(now)) yield id;
  }

  /** Milliseconds until the next look is worth it. */
  sleep(): number {
    const first = this.#heap.firstDue ?? Number.POSITIVE_INFINITY;
    return Math.min(LONGEST_SLEEP, Math.max(0, first - this.#parts.steadyClock()));
  }

  /** Whether the clock was set since this was last asked: then whatever waits for a time of day is to be put in again. */
  wasClockSet(): boolean {
    const before = this.#offset;
    this.#offset = this.#offsetNow();
    return Math.abs(this.#offset - before) > CLOCK_STEP;
  }

  #offsetNow(): number {
    return this.#parts.clock() - this.#parts.steadyClock();
  }
}
