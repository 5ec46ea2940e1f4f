/** Whole numbers of 32 bits that stand side by side in memory. */
export class IntList {
  #numbers = new Int32Array(1_024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const wider = new Int32Array(this.#numbers.length * 2);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    this.#numbers[this.#length++] = number;
  }

  /** Where they stand until more are pushed, with room behind them. */
  get numbers(): Int32Array {
    return this.#numbers;
  }

  /** Sets what was pushed before. */
  set(at: number, number: number): void {
    this.#numbers[at] = number;
  }

  /** All of them, in memory of their own size. */
  toArray(): Int32Array {
    return this.#numbers.slice(0, this.#length);
  }
}

/** Numbers in groups. */
export class Groups {
  /** How many groups there are. */
  readonly count: number;
  readonly #starts: Int32Array;
  readonly #members: Int32Array;

  /** @param starts of each group, and the end of the last */
  constructor(starts: Int32Array, members: Int32Array) {
    this.count = starts.length - 1;
    this.#starts = starts;
    this.#members = members;
  }

  of(group: number): Int32Array {
    return this.#members.subarray(this.#starts[group], this.#starts[group + 1]);
  }

  sizeOf(group: number): number {
    return (this.#starts[group + 1] ?? 0) - (this.#starts[group] ?? 0);
  }
}

/** Puts numbers from 0 on into groups, each in the order of its numbers. Those without a group (-1) are left out. */
export function groupByNumber(groupOf: ArrayLike<number>, groups: number): Groups {
  const starts = new Int32Array(groups + 1);
  for (let member = 0; member < groupOf.length; member++) {
    const group = groupOf[member] ?? -1;
    if (group >= 0) starts[group + 1] = (starts[group + 1] ?? 0) + 1;
  }
  for (let group = 0; group < groups; group++) {
    starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0);
  }
  const members = new Int32Array(starts[groups] ?? 0);
  const next = starts.slice(0, groups);
  for (let member = 0; member < groupOf.length; member++) {
    const group = groupOf[member] ?? -1;
    if (group < 0) continue;
    const at = next[group] ?? 0;
    members[at] = member;
    next[group] = at + 1;
  }
  return new Groups(starts, members);
}
