import type { Moment } from './moment.ts';
import type { Rows } from './rows.ts';

/** Words of a stamp: when, and two numbers. */
export const STAMP_WORDS = 3;

/** Whether the same two numbers came with a row in these 10 minutes, with the same evidence, and latest: then they have
 *  nothing to teach, and nothing has to be looked up. Notes them where they did not. */
export function isRepeated(
  rows: Rows,
  row: number,
  field: number,
  when: Moment,
  isProved: boolean,
  one: number,
  other: number,
): boolean {
  const { words } = rows;
  const at = row * rows.stride + field;
  const stamp = when.window * 2 + (isProved ? 1 : 0);
  if (words[at] === stamp && words[at + 1] === one && words[at + 2] === other) return true;
  words[at] = stamp;
  words[at + 1] = one;
  words[at + 2] = other;
  return false;
}
