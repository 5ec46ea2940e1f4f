/** Texts or objects under numbers from 1, each for as long as a trace that may speak of it is held. Bounded: where all
 *  that is there is still spoken of, further ones get 0. */
export class HeldNames<Value> {
  readonly #numbers = new Map<string, number>();
  readonly #values: (Value | undefined)[] = [undefined];
  /** Number of the first trace that cannot speak of it. */
  readonly #until: number[] = [0];
  readonly #free: number[] = [];
  readonly #most: number;
  /** Nothing is looked for again before this trace is the oldest. */
  #sweepFrom = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#numbers.size;
  }

  of(number: number): Value | undefined {
    return this.#values[number];
  }

  /** @param oldest number of the oldest trace that is held
   *  @param until number of the first trace that will come after all that can speak of it */
  number(key: string, value: Value, oldest: number, until: number): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) {
      this.#until[known] = until;
      return known;
    }
    if (this.#numbers.size >= this.#most) this.#sweep(oldest, until);
    if (this.#numbers.size >= this.#most) return 0;
    const number = this.#free.pop() ?? this.#values.length;
    this.#numbers.set(key, number);
    this.#values[number] = value;
    this.#until[number] = until;
    return number;
  }

  /** Forgets what no held trace can speak of. Where that is little, it waits until more traces have gone: a flood of
   *  names must not have all of them looked at again for each. */
  #sweep(oldest: number, until: number): void {
    if (oldest < this.#sweepFrom) return;
    let freed = 0;
    for (const [key, number] of this.#numbers) {
      if ((this.#until[number] ?? 0) > oldest) continue;
      this.#numbers.delete(key);
      this.#values[number] = undefined;
      this.#free.push(number);
      freed++;
    }
    if (freed < this.#most / 8) this.#sweepFrom = oldest + Math.max(1, (until - oldest) / 8);
  }
}
