/** Times as logs write them. Every function gives milliseconds since 1970, or undefined for what is
 *  no time. */

const MAX_LENGTH = 64;

const MONTHS = new Map(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map(
    (name, index) => [name, index] as const,
  ),
);

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size: each unit
 *  is taken for the years 1973 to 5138. */
function parseEpoch(number: number): number | undefined {
  if (!(number >= 1e8)) return undefined;
  if (number < 1e11) return Math.round(number * 1e3);
  if (number < 1e14) return Math.round(number);
  if (number < 1e17) return Math.round(number / 1e3);
  return number < 1e20 ? Math.round(number / 1e6) : undefined;
}

const NUMBER = /^\d{9,20}(?:\.\d{1,9})?$/;
/** RFC 3339, and its relatives: a space instead of `T`, a comma before the fraction, no zone (UTC),
 *  `+0100`. */
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(?:Z|UTC|([+-])(\d\d):?(\d\d))?$/i;
/** `10/Oct/2000:13:55:36 -0700`.
 *  @see Apache HTTP Server, mod_log_config, `%t` */
const COMMON =
  /^(\d\d)\/([A-Za-z]{3})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ([+-])(\d\d):?(\d\d))?$/;
/** `Sun, 06 Nov 1994 08:49:37 GMT`.
 *  @see RFC 9110 §5.6.7 */
const HTTP_DATE = /^[A-Za-z]{3}, (\d\d) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;

/** A time in any of the spellings that logs are written with. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') return parseEpoch(value);
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined;
  const text = value.trim();
  if (NUMBER.test(text)) return parseEpoch(Number(text));
  const iso = ISO.exec(text);
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, ...zone] = iso;
    return assemble([year, Number(month) - 1, day, hour, minute, second ?? 0], fraction, zone);
  }
  const common = COMMON.exec(text);
  if (common) {
    const [, day, month, year, hour, minute, second, fraction, ...zone] = common;
    return assemble([year, monthOf(month), day, hour, minute, second], fraction, zone);
  }
  const http = HTTP_DATE.exec(text);
  if (!http) return undefined;
  const [, day, month, year, hour, minute, second] = http;
  return assemble([year, monthOf(month), day, hour, minute, second], undefined, []);
}

function monthOf(name = ''): number {
  return MONTHS.get(name.toLowerCase()) ?? Number.NaN;
}

/** The largest that year, month (from 0), day, hour, minute and second may be. */
const MOST = [9_999, 11, 31, 23, 59, 60];

function assemble(
  parts: readonly (string | number | undefined)[],
  fraction: string | undefined,
  [sign, zoneHours, zoneMinutes]: readonly (string | undefined)[],
): number | undefined {
  const numbers = parts.map(Number);
  if (!numbers.every((number, index) => number <= (MOST[index] ?? 0))) return undefined;
  const [year = 0, month = 0, day = 1, hour = 0, minute = 0, second = 0] = numbers;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const zone = (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * 60_000;
  const local = Date.UTC(year, month, day, hour, minute, second, milliseconds);
  return local - (sign === '-' ? -zone : zone);
}
