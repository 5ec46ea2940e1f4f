import type { SpanOperation } from '../../estate/spans/index.ts';

/** Numbers for operations as spans name them, from 1; bounded, the oldest are forgotten first. A number that was forgotten
 *  is never given again. */
export class KnownOperations {
  readonly #numbers = new Map<string, number>();
  readonly #keys: string[];
  readonly #operations: SpanOperation[];
  readonly #most: number;
  #next = 1;

  constructor(most: number) {
    this.#most = most;
    this.#keys = [];
    this.#operations = [];
  }

  number(operation: SpanOperation): number {
    const { protocol, method, path, route } = operation;
    const key = `${protocol} ${method} ${path}\n${route ?? ''}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#next;
    const place = number % this.#most;
    const forgotten = this.#keys[place];
    if (forgotten !== undefined) this.#numbers.delete(forgotten);
    this.#next++;
    this.#keys[place] = key;
    this.#operations[place] = operation;
    this.#numbers.set(key, number);
    return number;
  }

  /** Undefined where it was forgotten. */
  operation(number: number): SpanOperation | undefined {
    if (number === 0 || number <= this.#next - 1 - this.#most) return undefined;
    return this.#operations[number % this.#most];
  }
}
