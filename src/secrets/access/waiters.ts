/** Who waits for something to happen to secrets. */
export class SecretWaiters {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Secrets that somebody waits for. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves when one of these secrets, by id, may have changed, or the signal is aborted. */
  wait(ids: readonly string[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        signal.removeEventListener('abort', end);
        for (const id of ids) this.#remove(id, end);
        resolve();
      };
      for (const id of ids) this.#add(id, end);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
  }

  /** Something happened to a secret. */
  tell(id: string): void {
    for (const wake of [...(this.#waiting.get(id) ?? [])]) wake();
  }

  /** Something happened that may change what anybody may read. */
  tellAll(): void {
    for (const wakes of [...this.#waiting.values()]) for (const wake of [...wakes]) wake();
  }

  #add(id: string, wake: () => void): void {
    const wakes = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, wakes.add(wake));
  }

  #remove(id: string, wake: () => void): void {
    const wakes = this.#waiting.get(id);
    wakes?.delete(wake);
    if (wakes?.size === 0) this.#waiting.delete(id);
  }
}
