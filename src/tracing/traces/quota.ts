import { KEEP_REASONS, type KeepReason } from './kept-trace.ts';

const MINUTE_MS = 60_000;

/** How many traces may be kept in a minute, by reason. */
export class KeepQuota {
  readonly #perMinute: number;
  readonly #kept = new Uint32Array(KEEP_REASONS.length);
  #minute = -1;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Takes one of the minute's; false where there is none left. Alerts always have one.
   *  @param now milliseconds */
  take(reason: KeepReason, now: number): boolean {
    if (reason === 'alert') return true;
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#kept.fill(0);
    }
    const number = KEEP_REASONS.indexOf(reason);
    const kept = this.#kept[number] ?? 0;
    if (kept >= this.#perMinute) return false;
    this.#kept[number] = kept + 1;
    return true;
  }
}
