/** Names under numbers from 1, each once; 0 where there are too many. */
export class NameTable<Value> {
  readonly #numbers = new Map<string, number>();
  readonly #values: Value[] = [];
  readonly #most: number;
  readonly #keyOf: (value: Value) => string;
  #refused = 0;

  constructor(most: number, keyOf: (value: Value) => string) {
    this.#most = most;
    this.#keyOf = keyOf;
  }

  get values(): readonly Value[] {
    return this.#values;
  }
  /** How many had no room. */
  get refused(): number {
    return this.#refused;
  }

  of(number: number): Value | undefined {
    return this.#values[number - 1];
  }

  /** The numbers of the names of a batch, by their places in it. */
  numbersOf(values: readonly Value[]): Uint32Array {
    const numbers = new Uint32Array(values.length + 1);
    let place = 1;
    for (const value of values) numbers[place++] = this.#numberOf(value);
    return numbers;
  }

  #numberOf(value: Value): number {
    const key = this.#keyOf(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#values.length >= this.#most) {
      this.#refused++;
      return 0;
    }
    const number = this.#values.push(value);
    this.#numbers.set(key, number);
    return number;
  }
}

/** The names of one batch, out of a table. */
export class BatchPlaces<Value> {
  readonly #table: NameTable<Value>;
  #values: Value[] = [];
  /** By number in the table: its place, and the batch in which it has it. */
  readonly #places: number[] = [];
  readonly #batches: number[] = [];
  #batch = 1;

  constructor(table: NameTable<Value>) {
    this.#table = table;
  }

  place(number: number): number {
    if (number === 0) return 0;
    if (this.#batches[number] === this.#batch) return this.#places[number] ?? 0;
    const value = this.#table.of(number);
    if (value === undefined) return 0;
    const place = this.#values.push(value);
    this.#places[number] = place;
    this.#batches[number] = this.#batch;
    return place;
  }

  /** The names so far; what comes now is of another batch. */
  take(): Value[] {
    const values = this.#values;
    this.#values = [];
    this.#batch++;
    return values;
  }
}
