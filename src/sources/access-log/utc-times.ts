const ZERO = 0x30;
const COLON = 0x3a;
const DASH = 0x2d;
const DOT = 0x2e;
const T = 0x54;
const Z = 0x5a;

/** The time `2026-11-22T03:25:12Z`, with or without a fraction, in milliseconds since 1970; NaN for
 *  any other spelling. */
export class UtcTimes {
  #day = -1;
  #dayMs = 0;

  parse(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length < 20 || length > 30 || bytes[end - 1] !== Z) return Number.NaN;
    if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH || bytes[start + 10] !== T)
      return Number.NaN;
    if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return Number.NaN;
    const hour = two(bytes, start + 11);
    const minute = two(bytes, start + 14);
    const second = two(bytes, start + 17);
    if (!(hour < 24 && minute < 60 && second < 61)) return Number.NaN;
    const milliseconds = length === 20 ? 0 : fractionAt(bytes, start + 19, end - 1);
    return (
      this.#dayAt(bytes, start) + hour * 3_600_000 + minute * 60_000 + second * 1_000 + milliseconds
    );
  }

  /** Lines of one log are mostly of one day. */
  #dayAt(bytes: Uint8Array, start: number): number {
    const year = two(bytes, start) * 100 + two(bytes, start + 2);
    const month = two(bytes, start + 5);
    const date = two(bytes, start + 8);
    const day = (year * 16 + month) * 32 + date;
    if (day === this.#day) return this.#dayMs;
    if (!(month >= 1 && month <= 12 && date >= 1 && date <= 31)) return Number.NaN;
    this.#day = day;
    this.#dayMs = Date.UTC(year, month - 1, date);
    return this.#dayMs;
  }
}

function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function fractionAt(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== DOT || end - start < 2) return Number.NaN;
  let milliseconds = 0;
  for (let at = start + 1, scale = 100; at < end; at++, scale /= 10) {
    const byte = bytes[at] as number;
    if (!(byte >= ZERO && byte <= ZERO + 9)) return Number.NaN;
    if (scale >= 1) milliseconds += (byte - ZERO) * scale;
  }
  return milliseconds;
}
