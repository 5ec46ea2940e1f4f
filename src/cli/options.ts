import { InvalidArgumentError } from 'commander';

/** A whole number of at least 1, of an option. */
export function toCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('use a whole number of at least 1.');
}

/** Gathers what an option is given several times. */
export function collected(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** How long reading one file may take, of an option. */
export function toSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0.1 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('use a number of seconds from 0.1 to 86400.');
}
