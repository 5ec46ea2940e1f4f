import { Rows } from './rows.ts';
import { deviationOf, learnVolume } from './tally.ts';

const HOURS = 24;
/** Mean, variance and hours of the volume, and days, fading. */
const FIELDS = 4;
const DAY = HOURS * FIELDS;
const MOST = DAY + 1;
/** Fields that are floats: from the first to before the last. */
export const RHYTHM_FLOATS = [
  [0, DAY],
  [MOST, MOST + 1],
] as const;
/** What is left of an active day a day later: half of it after two weeks. */
const A_DAY_LATER = 2 ** (-1 / 14);

/** How many requests services send at each hour of the day (UTC). */
export class Rhythm {
  readonly rows = new Rows(MOST + 1);

  /** Learns an hour that is over, with at least one request. */
  learn(service: number, hour: number, requests: number): void {
    const { rows } = this;
    rows.ensure(service);
    const day = Math.floor(hour / HOURS);
    this.#fade(service, day);
    const at = this.#at(service, hour);
    learnVolume(rows.floats, at, requests);
    const days = (rows.floats[at + 3] ?? 0) + 1;
    rows.floats[at + 3] = days;
    if (days > rows.float(service, MOST)) rows.setFloat(service, MOST, days);
  }

  /** Deviations from what is usual at this hour of the day; 0 where too few days were seen. */
  deviation(service: number, hour: number, requests: number): number {
    return deviationOf(this.rows.floats, this.#at(service, hour), requests);
  }

  /** Days, fading, on which it was active at this hour. */
  days(service: number, hour: number): number {
    return this.rows.floats[this.#at(service, hour) + 3] ?? 0;
  }

  /** Those of its busiest hour. */
  mostDays(service: number): number {
    return this.rows.float(service, MOST);
  }

  #fade(service: number, day: number): void {
    const { rows } = this;
    const later = day - rows.word(service, DAY);
    if (later <= 0) return;
    rows.setWord(service, DAY, day);
    const left = A_DAY_LATER ** later;
    for (let hour = 0; hour < HOURS; hour++) {
      const at = this.#at(service, hour) + 3;
      rows.floats[at] = (rows.floats[at] ?? 0) * left;
    }
    rows.setFloat(service, MOST, rows.float(service, MOST) * left);
  }

  #at(service: number, hour: number): number {
    return service * this.rows.stride + (hour % HOURS) * FIELDS;
  }
}
