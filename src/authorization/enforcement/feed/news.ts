/** That something has happened since it was last asked. */
export class News {
  #isThere = false;
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  readonly tell = (): void => {
    this.#isThere = true;
    this.#wake?.();
  };

  /** Ends the waiting. */
  readonly fail = (reason: unknown): void => {
    this.#failure ??= { reason };
    this.#wake?.();
  };

  /** Waits for news.
   *  @throws what `fail` was told */
  async next(): Promise<void> {
    while (!this.#failure && !this.#isThere) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isThere = false;
    if (this.#failure) throw this.#failure.reason;
  }
}
