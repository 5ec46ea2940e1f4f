import type { Window } from '../model/index.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** By day since 1970-01-01, which was a Thursday. */
const DAYS: readonly Window['days'][number][] = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'];

/** No window is further away. */
export const LONGEST_CLOSED = 7 * DAY;

/** The first time from `at` on that is in one of the windows: `at` itself where one is open, or where there are none.
 *  A window that ends when it begins, or before, ends on the day after. Milliseconds since 1970; all in UTC. */
export function nextOpening(windows: readonly Window[], at: number): number {
  if (windows.length === 0) return at;
  const today = Math.floor(at / DAY);
  let first = Number.POSITIVE_INFINITY;
  // from yesterday, whose window may go over midnight
  for (let day = today - 1; day <= today + 7; day++) {
    for (const window of windows) first = Math.min(first, openingOn(window, day, at));
  }
  return first;
}

function openingOn({ days, from, to }: Window, day: number, at: number): number {
  const name = DAYS[((day % 7) + 7) % 7];
  if (name === undefined || !days.includes(name)) return Number.POSITIVE_INFINITY;
  const opens = day * DAY + minutesOf(from) * MINUTE;
  const length = (minutesOf(to) - minutesOf(from)) * MINUTE;
  const closes = opens + (length > 0 ? length : length + DAY);
  return closes > at ? Math.max(opens, at) : Number.POSITIVE_INFINITY;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
