import { bitOf, countDays, DAYS, laterBy } from './days.ts';
import type { Moment } from './moment.ts';
import type { Rows } from './rows.ts';

/** When something was seen: the first words of its row. */
export const LIFE = { first: 0, last: 1, day: 2, days: 3 } as const;
export const LIFE_WORDS = 4;
const DAY_SECONDS = 86_400;

/** Notes that something was seen. */
export function live(rows: Rows, row: number, when: Moment): void {
  rows.ensure(row);
  const { words } = rows;
  const at = row * rows.stride;
  const first = words[at + LIFE.first] ?? 0;
  if (first === 0 || when.second < first) words[at + LIFE.first] = when.second;
  if (when.second > (words[at + LIFE.last] ?? 0)) words[at + LIFE.last] = when.second;
  const later = when.day - (words[at + LIFE.day] ?? 0);
  if (later > 0) {
    words[at + LIFE.day] = when.day;
    words[at + LIFE.days] = laterBy(later, words[at + LIFE.days] ?? 0) | 1;
  } else {
    words[at + LIFE.days] = (words[at + LIFE.days] ?? 0) | bitOf(when.day, when.day - later);
  }
}

/** Has what was seen count as seen on so many days. */
export function settle(rows: Rows, row: number, days: number): void {
  const at = row * rows.stride + LIFE.days;
  rows.words[at] = (rows.words[at] ?? 0) | (days >= DAYS ? 0xffffffff : 2 ** days - 1);
}

/** Whether it was seen before. */
export const wasSeen = (rows: Rows, row: number): boolean => rows.word(row, LIFE.first) !== 0;

/** Different days of the last 32 on which it was seen. */
export function daysSeen(rows: Rows, row: number, when: Moment): number {
  return recentDays(rows, row, LIFE.day, LIFE.days, when);
}

/** The same, without days that only count as seen (`settle`): there are no more than since it was first seen. */
export function daysLived(rows: Rows, row: number, when: Moment): number {
  const first = Math.floor(rows.word(row, LIFE.first) / DAY_SECONDS);
  return Math.min(daysSeen(rows, row, when), Math.max(1, when.day - first + 1));
}

/** Days of a pair of fields, of the last 32. */
export function recentDays(
  rows: Rows,
  row: number,
  day: number,
  days: number,
  when: Moment,
): number {
  const later = when.day - rows.word(row, day);
  const bits = rows.word(row, days);
  return countDays(later > 0 ? laterBy(later, bits) : bits);
}

/** The same, of the last so many of them, without the day that it is. */
export function settledDays(
  rows: Rows,
  row: number,
  day: number,
  days: number,
  when: Moment,
  most: number,
): number {
  if (!(most > 0)) return 0;
  const later = when.day - rows.word(row, day);
  const bits = rows.word(row, days);
  const recent = (later > 0 ? laterBy(later, bits) : bits) & ~1;
  return countDays(most >= DAYS ? recent : recent & (2 ** most - 1));
}
