/** Numbers that look random and are the same for the same seed: sfc32, which passes PractRand. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = stream >>> 0;
    this.#c = 0x9e3779b9;
    for (let round = 0; round < 15; round++) this.word();
  }

  /** 32 bits. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** From 0 to 1, without 1. */
  share(): number {
    return this.word() / 2 ** 32;
  }
  chance(probability: number): boolean {
    return this.share() < probability;
  }
  between(least: number, most: number): number {
    return least + (most - least) * this.share();
  }
  /** A whole number; both ends can come. */
  whole(least: number, most: number): number {
    return least + Math.floor((most - least + 1) * this.share());
  }
  /** 10 to the power of something between the two: every order of magnitude is as likely. */
  magnitude(least: number, most: number): number {
    return 10 ** this.between(least, most);
  }
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.share());
  }

  /** How often something happened that happens `mean` times on average. */
  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.share(); product > limit; product *= this.share()) count++;
    return count;
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.share()));
    return radius * Math.cos(2 * Math.PI * this.share());
  }

  /** @throws {RangeError} of nothing nothing can be picked */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(items.length * this.share())];
    if (item === undefined) throw new RangeError('Nothing to pick from.');
    return item;
  }

  /** One of them, the likelier the more it weighs. */
  weighted<Item>(items: readonly Item[], weightOf: (item: Item) => number): Item {
    let left = this.share() * items.reduce((sum, item) => sum + weightOf(item), 0);
    for (const item of items) {
      left -= weightOf(item);
      if (left < 0) return item;
    }
    return this.pick(items);
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const all = [...items];
    for (let last = all.length - 1; last > 0; last--) {
      const other = this.whole(0, last);
      // Both are places of the list.
      [all[last], all[other]] = [all[other] as Item, all[last] as Item];
    }
    return all;
  }
}
