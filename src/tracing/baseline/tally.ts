import type { Decay } from './decay.ts';
import type { Rows } from './rows.ts';

/** Fields that are counted; the first is of all requests. */
export const COUNTED = { requests: 0, failed: 1, denied: 2, context: 3, entries: 4 } as const;
const FIELDS = 5;
const HOUR = 0;
const NOW = 1;
const LEARNT = NOW + FIELDS;
const MEAN = LEARNT + FIELDS;
const VARIANCE = MEAN + 1;
const HOURS_SEEN = VARIANCE + 1;
/** Words of one tally: the first a number, the others floats. */
export const TALLY_WORDS = HOURS_SEEN + 1;

const FIRST_VARIANCE = 0.25;
const LEAST_VARIANCE = 0.04;
const LONGEST = 48;
const CLIP = 3;

/** Requests of one hour, and what the hours before were like: how many of the requests failed, were denied, came with a
 *  context or as an entry, and how many there were (as logarithms, mean and variance). An hour is learnt when it is
 *  over, and counts for no more than a bounded number of requests. */
export class Tally {
  readonly #rows: Rows;
  readonly #base: number;
  readonly #decay: Decay;
  readonly #most: number;

  /** At `base` in each row. */
  constructor(rows: Rows, base: number, decay: Decay, requestsAnHour: number) {
    this.#rows = rows;
    this.#base = base;
    this.#decay = decay;
    this.#most = requestsAnHour;
  }

  /** Goes to an hour, after which `count` counts in it; what is late is counted with what is current. Returns the
   *  requests of the hour that ended, or -1 where none did. */
  turn(row: number, hour: number): number {
    const { words, floats } = this.#rows;
    const at = this.#at(row);
    const before = words[at + HOUR] ?? 0;
    if (hour <= before) return -1;
    const requests = floats[at + NOW] ?? 0;
    const scale = requests > this.#most ? this.#most / requests : 1;
    const fade = this.#decay.after(hour - before);
    for (let field = 0; field < FIELDS; field++) {
      const learnt = floats[at + LEARNT + field] ?? 0;
      floats[at + LEARNT + field] = (learnt + (floats[at + NOW + field] ?? 0) * scale) * fade;
      floats[at + NOW + field] = 0;
    }
    words[at + HOUR] = hour;
    if (requests === 0) return -1;
    learnVolume(floats, at + MEAN, requests);
    return requests;
  }

  count(row: number, field: number, value: number): void {
    const at = this.#at(row) + NOW + field;
    const { floats } = this.#rows;
    floats[at] = (floats[at] ?? 0) + value;
  }

  /** Share of requests, this hour's included; 0 where there were none. */
  share(row: number, field: number): number {
    const requests = this.sum(row, COUNTED.requests);
    return requests === 0 ? 0 : Math.min(1, this.sum(row, field) / requests);
  }

  /** Requests, bounded by the hour and fading. */
  sum(row: number, field: number): number {
    const { floats } = this.#rows;
    const at = this.#at(row);
    const requests = floats[at + NOW] ?? 0;
    const scale = requests > this.#most ? this.#most / requests : 1;
    return (floats[at + LEARNT + field] ?? 0) + (floats[at + NOW + field] ?? 0) * scale;
  }

  /** Requests of an hour so far: 0 where none were counted in it. */
  now(row: number, hour: number): number {
    const at = this.#at(row);
    return this.#rows.words[at + HOUR] === hour ? (this.#rows.floats[at + NOW] ?? 0) : 0;
  }

  /** Share of the requests of an hour so far. */
  shareNow(row: number, field: number, hour: number): number {
    const requests = this.now(row, hour);
    return requests === 0 ? 0 : (this.#rows.floats[this.#at(row) + NOW + field] ?? 0) / requests;
  }

  /** Deviations of so many requests from the usual hour; 0 where too few hours were seen. */
  deviation(row: number, requests: number): number {
    return deviationOf(this.#rows.floats, this.#at(row) + MEAN, requests);
  }

  #at(row: number): number {
    return row * this.#rows.stride + this.#base;
  }
}

/** Learns the volume of an hour. `at`: mean, variance, hours. One hour moves the mean by no more than three deviations of
 *  what is usual would. */
export function learnVolume(floats: Float32Array, at: number, requests: number): void {
  const hours = floats[at + 2] ?? 0;
  const mean = floats[at] ?? 0;
  const variance = hours === 0 ? FIRST_VARIANCE : (floats[at + 1] ?? 0);
  const most = CLIP * Math.sqrt(variance);
  const off = Math.log1p(requests) - mean;
  const clipped = hours === 0 ? off : Math.max(-most, Math.min(most, off));
  const part = 1 / Math.min(hours + 1, LONGEST);
  floats[at] = mean + clipped * part;
  const spread = hours === 0 ? FIRST_VARIANCE : variance + (clipped * clipped - variance) * part;
  floats[at + 1] = Math.max(LEAST_VARIANCE, spread);
  floats[at + 2] = Math.min(hours + 1, LONGEST);
}

export function deviationOf(floats: Float32Array, at: number, requests: number): number {
  const hours = floats[at + 2] ?? 0;
  if (hours < 3) return 0;
  const variance = Math.max(LEAST_VARIANCE, floats[at + 1] ?? 0);
  return (Math.log1p(requests) - (floats[at] ?? 0)) / Math.sqrt(variance);
}
