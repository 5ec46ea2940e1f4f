const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A time (RFC 3339, UTC) as its day, for sentences: `3 May`, and `3 May 2025` where that is not the
 *  year of `now`. */
export function toDay(time: string, now: string): string {
  const [year = '', month = '', day = ''] = time.slice(0, 10).split('-');
  const name = `${Number(day)} ${MONTHS[Number(month) - 1] ?? month}`;
  return year === now.slice(0, 4) ? name : `${name} ${year}`;
}

/** A count with its thousands apart, for sentences: `1,204`. */
export function toCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** The time (RFC 3339, UTC) that many days before `now`. */
export function daysBefore(days: number, now: string): string {
  return new Date(Date.parse(now) - days * 86_400_000).toISOString();
}
