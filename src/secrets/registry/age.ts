const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `3 days`, as of `now` in milliseconds since 1970; `less than a minute` where the clock was set back, too. */
export function ageOf(since: string, now: number): string {
  const age = now - Date.parse(since);
  for (const [unit, size] of UNITS) {
    const count = Math.floor(age / size);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'less than a minute';
}
