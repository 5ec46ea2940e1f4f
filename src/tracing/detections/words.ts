const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `1 day`, `12 days`, `no services`. */
export function count(number: number, one: string, many = `${one}s`): string {
  const rounded = Math.round(number);
  if (rounded === 0) return `no ${many}`;
  return rounded === 1 ? `1 ${one}` : `${rounded} ${many}`;
}

/** A span of time as people say it, in its largest unit. */
export function ago(milliseconds: number): string {
  if (milliseconds >= DAY) return count(milliseconds / DAY, 'day');
  if (milliseconds >= HOUR) return count(milliseconds / HOUR, 'hour');
  if (milliseconds >= MINUTE) return count(milliseconds / MINUTE, 'minute');
  return milliseconds >= SECOND ? count(milliseconds / SECOND, 'second') : 'a moment';
}

/** `pii, pci and phi` */
export function list(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

/** `1 in 250` */
export function oneIn(share: number): string {
  return share <= 0 ? 'never' : `1 in ${Math.max(1, Math.round(1 / share))}`;
}
