import { DAY_MS, HOUR_MS } from './model.ts';
import type { Random } from './random.ts';

/** How busy an estate is at an instant, 1 on average over a week: less at night and at weekends. */
export function busyness(at: number): number {
  const hour = (at % DAY_MS) / HOUR_MS;
  const day = 1 + 0.65 * Math.sin(((hour - 8) / 24) * 2 * Math.PI);
  // The first day of 1970 was a Thursday.
  const weekday = (Math.floor(at / DAY_MS) + 3) % 7;
  return day * (weekday >= 5 ? 0.6 : 1.16);
}

/** Milliseconds until the next of events that come `aDay` times a day on average, by day rather than by night. */
export function untilNext(random: Random, now: number, aDay: number): number {
  let at = now;
  do at += random.exponential(DAY_MS / aDay / 2);
  while (!random.chance(busyness(at) / 2));
  return at - now;
}
