/** The latest values, up to a number; older ones are dropped. */
export class Ring<Value> {
  readonly #limit: number;
  #values: Value[] = [];
  #next = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#values.length;
  }

  /** Gives what had to make room. */
  push(value: Value): Value | undefined {
    if (this.#values.length < this.#limit) {
      this.#values.push(value);
      return undefined;
    }
    const dropped = this.#values[this.#next];
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#limit;
    return dropped;
  }

  /** All, the oldest first. */
  values(): Value[] {
    return [...this.#values.slice(this.#next), ...this.#values.slice(0, this.#next)];
  }

  clear(): void {
    this.#values = [];
    this.#next = 0;
  }
}
