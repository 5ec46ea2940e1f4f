import type { Value } from './value.ts';

/** Thrown where a chart asks for more than a limit allows. */
export class LimitError extends Error {}

const MAX_DEPTH = 200;

/** Bounds of the work for one chart. */
export class Budget {
  #steps = 500_000;
  #printed = 16 * 1024 * 1024;
  #made = 64 * 1024 * 1024;
  #walked = 5_000_000;
  #taken = 256 * 1024 * 1024;

  step(): void {
    if (--this.#steps < 0) throw new LimitError('more than 500,000 steps of evaluation');
  }

  print(length: number): void {
    this.#printed -= length;
    if (this.#printed < 0) throw new LimitError('more than 16 MB of text');
  }

  /** Pays for text that a function has made: quoting what was quoted doubles it each time. */
  make(value: Value): void {
    if (typeof value !== 'string') return;
    this.#made -= value.length;
    if (this.#made < 0) throw new LimitError('more than 64 MB of text on the way');
  }

  /** Pays for all that a value holds before somebody visits it: a list that holds another twice, and
   *  that the next one twice, is small to keep and endless to print. */
  walk(value: Value, depth = 0): void {
    if (typeof value === 'string') this.#take(value.length);
    if (typeof value !== 'object' || value === null) return;
    if (depth > MAX_DEPTH) throw new LimitError(`values nested deeper than ${MAX_DEPTH}`);
    const items: readonly Value[] = Array.isArray(value) ? value : Object.values(value);
    this.#walked -= 1 + items.length;
    if (this.#walked < 0) throw new LimitError('more than 5,000,000 values to visit');
    for (const item of items) this.walk(item, depth + 1);
  }

  #take(length: number): void {
    this.#taken -= length;
    if (this.#taken < 0) throw new LimitError('more than 256 MB of text to work on');
  }
}
