const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** `24h`, `7d`, `90s`: the largest unit that the interval is a whole number of, a single day in hours. */
export function interval(seconds: number): string {
  for (const [unit, size] of UNITS) {
    if (seconds % size === 0 && !(unit === 'd' && seconds === size))
      return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** The interval at the end of a text, in seconds: of `every 24h`; undefined: there is none. */
export function secondsOf(text: string): number | undefined {
  const [, count, unit = ''] = /\bevery (\d{1,9})([smhdw])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (SECONDS[unit] ?? 0);
}
