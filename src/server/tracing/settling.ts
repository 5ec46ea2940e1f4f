/** What one and the same was told of, and when first. */
interface Waiting<Item> {
  readonly item: Item;
  readonly since: number;
}

/** Hands things on as they are a moment after they first came: what comes of one meanwhile takes its place. */
export class Settling<Item extends { readonly id: string }> {
  readonly #settleMs: number;
  readonly #clock: () => number;
  readonly #handOn: (item: Item) => void;
  readonly #waiting = new Map<string, Waiting<Item>>();

  constructor(settleMs: number, clock: () => number, handOn: (item: Item) => void) {
    this.#settleMs = settleMs;
    this.#clock = clock;
    this.#handOn = handOn;
  }

  note(item: Item): void {
    const since = this.#waiting.get(item.id)?.since ?? this.#clock();
    this.#waiting.set(item.id, { item, since });
  }

  /** Hands on what has waited for long enough; also where the clock was put back. */
  tick(): void {
    const now = this.#clock();
    for (const { item, since } of this.#waiting.values()) {
      if (Math.abs(now - since) >= this.#settleMs) this.#pass(item);
    }
  }

  /** Hands on all that waits. */
  flush(): void {
    for (const { item } of this.#waiting.values()) this.#pass(item);
  }

  #pass(item: Item): void {
    this.#waiting.delete(item.id);
    this.#handOn(item);
  }
}
