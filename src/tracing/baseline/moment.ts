const MOST_MS = 4_000_000_000_000;

/** When a hop was, in all the units that tables have: one object for all hops. Seconds, hours, days and 10 minutes are
 *  those since 1970 in UTC. */
export class Moment {
  ms = 0;
  second = 0;
  hour = 0;
  day = 0;
  window = 0;
  /** One of 24 bits. */
  hourBit = 1;

  /** Times that cannot be are those of the epoch, or of its end. */
  set(ms: number): void {
    const sane = ms > 0 ? Math.min(ms, MOST_MS) : 0;
    this.ms = sane;
    this.second = Math.floor(sane / 1_000);
    this.window = Math.floor(this.second / 600);
    this.hour = Math.floor(this.second / 3_600);
    this.day = Math.floor(this.hour / 24);
    this.hourBit = 1 << (this.hour - this.day * 24);
  }

  /** Milliseconds since a second; Infinity since none. */
  since(second: number): number {
    return second === 0 ? Infinity : Math.max(0, this.ms - second * 1_000);
  }
}
