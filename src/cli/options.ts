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
