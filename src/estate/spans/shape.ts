/** Requests that differ in values of their paths alone are alike: one operation of a batch stands for them. What is a
 *  value is judged narrowly, by each segment alone: whole numbers, hexadecimal ids with or without dashes, and long
 *  segments with several digits. `v1` and `orders-2` are names. */

/** A digit counts in the lower bits of a sum, a letter or dash of a hexadecimal id above them. */
const DIGIT = 1;
const HEXADECIMAL = 1 << 12;
const LONGEST = HEXADECIMAL - 1;
const SHORTEST_ID = 8;
const LEAST_DIGITS_OF_ID = 2;
const SHORTEST_TOKEN = 16;
const LEAST_DIGITS_OF_TOKEN = 3;

/** What each byte adds to the sum of its segment, which `isValue` judges. */
export const SHAPE_OF_BYTE = new Uint16Array(256);
for (const byte of Buffer.from('0123456789')) SHAPE_OF_BYTE[byte] = DIGIT;
for (const byte of Buffer.from('abcdefABCDEF-')) SHAPE_OF_BYTE[byte] = HEXADECIMAL;

/** Whether a segment is a value.
 *  @param sum of what its bytes add */
export function isValue(length: number, sum: number): boolean {
  const digits = sum & LONGEST;
  if (digits === 0 || length > LONGEST) return false;
  if (digits === length) return true;
  const isHexadecimal = digits + Math.floor(sum / HEXADECIMAL) === length;
  if (isHexadecimal && length >= SHORTEST_ID && digits >= LEAST_DIGITS_OF_ID) return true;
  return length >= SHORTEST_TOKEN && digits >= LEAST_DIGITS_OF_TOKEN;
}

/** The path with `{}` for each value: equal for paths that are alike. */
export function pathShape(path: string): string {
  if (!/\d/.test(path)) return path;
  return path.replaceAll(/[^/]+/g, (segment) => (isValueText(segment) ? '{}' : segment));
}

function isValueText(segment: string): boolean {
  let sum = 0;
  for (let at = 0; at < Math.min(segment.length, LONGEST); at++) {
    sum += SHAPE_OF_BYTE[segment.charCodeAt(at)] ?? 0;
  }
  return isValue(segment.length, sum);
}
