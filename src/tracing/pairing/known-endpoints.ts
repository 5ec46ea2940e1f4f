/** Service, operation and endpoint. */
const SLOT_WORDS = 3;
const SLOTS = 1 << 17;
/** Slots that a pair may be in: those from that of its hash on. */
const WAYS = 4;

/** The endpoint that each operation of a service is, in memory of fixed size: where it is short, what came last stays. */
export class KnownEndpoints {
  readonly #slots = new Uint32Array((SLOTS + WAYS - 1) * SLOT_WORDS);
  /** Where the pair goes that was not found. */
  #place = 0;

  /** Its number, which may be 0; -1: it is not known.
   *  @param service a number from 1 on */
  find(service: number, operation: number): number {
    const hash = Math.imul(service ^ Math.imul(operation, 0x9e3779b1), 0x85ebca6b);
    const first = ((hash ^ (hash >>> 15)) & (SLOTS - 1)) * SLOT_WORDS;
    const slots = this.#slots;
    this.#place = first;
    for (let at = first; at < first + WAYS * SLOT_WORDS; at += SLOT_WORDS) {
      if (slots[at] === service && slots[at + 1] === operation) return slots[at + 2] ?? 0;
      if (slots[at] !== 0) continue;
      this.#place = at;
      break;
    }
    return -1;
  }

  /** Keeps the endpoint of the pair that was not found just now. */
  add(service: number, operation: number, endpoint: number): void {
    this.#slots[this.#place] = service;
    this.#slots[this.#place + 1] = operation;
    this.#slots[this.#place + 2] = endpoint;
  }

  forget(): void {
    this.#slots.fill(0);
  }
}
