/** What is left of what was counted some hours ago. */
export class Decay {
  readonly #factors: Float64Array;

  constructor(halfLifeDays: number) {
    const halfLifeHours = halfLifeDays * 24;
    // After twenty half-lives a millionth is left.
    this.#factors = new Float64Array(Math.ceil(halfLifeHours * 20) + 1);
    for (let hours = 0; hours < this.#factors.length; hours++) {
      this.#factors[hours] = 2 ** (-hours / halfLifeHours);
    }
  }

  /** 1 for what is to come. */
  after(hours: number): number {
    return hours <= 0 ? 1 : (this.#factors[hours] ?? 0);
  }
}
