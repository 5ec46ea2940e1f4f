/** The newest of the values that are told. Who takes them slowly misses those in between. */
export class Latest<Value> {
  #told: { readonly value: Value } | undefined;
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  readonly tell = (value: Value): void => {
    this.#told = { value };
    this.#wake?.();
  };

  /** Ends the waiting. */
  readonly fail = (reason: unknown): void => {
    this.#failure ??= { reason };
    this.#wake?.();
  };

  /** The newest value, once there is one that was not taken.
   *  @throws what `fail` was told */
  async next(): Promise<Value> {
    for (;;) {
      if (this.#failure) throw this.#failure.reason;
      if (this.#told) {
        const { value } = this.#told;
        this.#told = undefined;
        return value;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
