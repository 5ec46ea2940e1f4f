/** What one entry stands for: ids as the decoder gives them. */
export interface CallEntry {
  readonly caller: number;
  /** A service, or, where `operation` is `HOST`, a host. */
  readonly called: number;
  /** 0: not known. */
  readonly operation: number;
  readonly count: number;
  /** Milliseconds since 1970 of the last. */
  readonly at: number;
}

/** In the place of an operation: `called` is a host that did not answer. */
export const HOST = 0xffffffff;

const CAPACITY = 1 << 14;
const SLOTS = CAPACITY * 4;
const WORDS = 4;

/** Calls by who called what, counted until they are drained, on typed arrays. */
export class CallTable {
  readonly #words = new Uint32Array(CAPACITY * WORDS);
  readonly #at = new Float64Array(CAPACITY);
  /** Place of the entry plus one; 0 where the slot is free. */
  readonly #slots = new Uint16Array(SLOTS);
  #size = 0;

  get isFull(): boolean {
    return this.#size >= CAPACITY;
  }

  /** Counts a call; the table must not be full. */
  add(caller: number, called: number, operation: number, at: number): void {
    const words = this.#words;
    let slot = slotOf(caller, called, operation);
    for (;;) {
      const entry = (this.#slots[slot] ?? 0) - 1;
      if (entry < 0) break;
      const word = entry * WORDS;
      const isSame =
        words[word] === caller && words[word + 1] === called && words[word + 2] === operation;
      if (isSame) {
        words[word + 3] = (words[word + 3] ?? 0) + 1;
        if (at > (this.#at[entry] ?? 0)) this.#at[entry] = at;
        return;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    const entry = this.#size++;
    this.#slots[slot] = entry + 1;
    words[entry * WORDS] = caller;
    words[entry * WORDS + 1] = called;
    words[entry * WORDS + 2] = operation;
    words[entry * WORDS + 3] = 1;
    this.#at[entry] = at;
  }

  /** All entries; the table is then empty. */
  drain(): CallEntry[] {
    const words = this.#words;
    const entries: CallEntry[] = [];
    for (let entry = 0; entry < this.#size; entry++) {
      const word = entry * WORDS;
      entries.push({
        caller: words[word] ?? 0,
        called: words[word + 1] ?? 0,
        operation: words[word + 2] ?? 0,
        count: words[word + 3] ?? 0,
        at: this.#at[entry] ?? 0,
      });
    }
    if (this.#size > 0) this.#slots.fill(0);
    this.#size = 0;
    return entries;
  }
}

function slotOf(caller: number, called: number, operation: number): number {
  let hash = Math.imul(caller ^ (called << 11), 0x9e3779b1) ^ operation;
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 14)) & (SLOTS - 1);
}
