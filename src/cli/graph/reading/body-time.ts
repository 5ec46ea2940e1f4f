const KEY = Buffer.from('"startTimeUnixNano"');
/** Of one body; more of them would not make it another. */
const MAX_TIMES = 4_096;
const NS_PER_MS = 1_000_000n;
const DIGITS = /^\s*:\s*"?(\d{1,20})/;
const YEAR_MS = 365 * 86_400_000;

/** When a request of OTLP JSON was sent, as its spans tell: the latest time in it that lies less than a year behind the
 *  middle of them. Files may be of any age, and a decoder believes only times near its clock.
 *  @returns milliseconds since 1970; undefined where no span has a time */
export function timeOfBody(body: Buffer): number | undefined {
  const times: number[] = [];
  let at = body.indexOf(KEY);
  for (; at !== -1 && times.length < MAX_TIMES; at = body.indexOf(KEY, at + KEY.length)) {
    const from = at + KEY.length;
    const digits = DIGITS.exec(body.toString('latin1', from, from + 40))?.[1];
    if (digits !== undefined && digits !== '0') times.push(Number(BigInt(digits) / NS_PER_MS));
  }
  times.sort((a, b) => a - b);
  const middle = times[times.length >> 1];
  return middle === undefined ? undefined : times.findLast((time) => time <= middle + YEAR_MS);
}
