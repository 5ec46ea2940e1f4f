import { FLAG, HALF, HalfRing, MAX_LINKS } from './half-ring.ts';

export interface PairingLimits {
  /** How long a half waits for the other. */
  readonly windowSeconds: number;
  /** Halves that wait at once, on either side; beyond it the oldest go. */
  readonly maxHalves: number;
}

/** Hears what becomes of halves. Services, hosts and operations are ids of the caller's own. */
export interface PairingHandler {
  onPair(caller: number, called: number, operation: number): void;
  /** Nobody answered, while the caller was within the window and the limit. */
  onUnanswered(caller: number, host: number, seenAt: number): void;
  onPushedOut(side: 'caller' | 'called'): void;
  onTooManyTries(): void;
}

/** SERVER spans under one parent that are kept until the parent comes. */
const MAX_TRIES = 16;

/** Brings CLIENT spans together with the SERVER spans whose parent they are, in whichever order the two
 *  services export them, within a window of time and of memory. Both sides stay for their window: a
 *  proxy may try a call more than once, and an export that could not be stored is sent again. */
export class Pairing {
  readonly #limits: PairingLimits;
  readonly #handler: PairingHandler;
  readonly #ring: HalfRing;
  /** Halves below this number have been written out. */
  #written = 1;

  constructor(limits: PairingLimits, handler: PairingHandler, seed: number) {
    this.#limits = limits;
    this.#handler = handler;
    this.#ring = new HalfRing(limits.maxHalves, seed);
  }

  /** How many halves wait. */
  get size(): number {
    return this.#ring.size;
  }

  get windowSeconds(): number {
    return this.#limits.windowSeconds;
  }

  get ring(): HalfRing {
    return this.#ring;
  }

  /** Where the next half's ids are put before it is added: those of the trace, and of the caller's
   *  span. */
  get id(): Uint32Array {
    return this.#ring.id;
  }

  /** @param seenAt seconds since 1970 */
  addCaller(service: number, host: number, seenAt: number, isAnswered = false): void {
    const ring = this.#ring;
    let links = 0;
    let flags: number = isAnswered ? FLAG.answered : 0;
    for (let half = ring.first(); half >= 0 && links < MAX_LINKS; half = ring.after(half)) {
      links++;
      if (!ring.matches(half)) continue;
      if ((ring.word(half, HALF.flags) & FLAG.called) === 0) return;
      flags |= FLAG.answered;
      if (isAnswered) continue;
      this.#handler.onPair(service, ring.word(half, HALF.service), ring.word(half, HALF.ref));
    }
    this.#add(service, host, seenAt, flags);
  }

  addCalled(service: number, operation: number, seenAt: number): void {
    const ring = this.#ring;
    let links = 0;
    let tries = 0;
    for (let half = ring.first(); half >= 0 && links < MAX_LINKS; half = ring.after(half)) {
      links++;
      if (!ring.matches(half)) continue;
      const flags = ring.word(half, HALF.flags);
      if ((flags & FLAG.called) === 0) {
        ring.setFlags(half, flags | FLAG.answered);
        this.#handler.onPair(ring.word(half, HALF.service), service, operation);
        return;
      }
      const isKnown =
        ring.word(half, HALF.service) === service && ring.word(half, HALF.ref) === operation;
      if (isKnown) return;
      tries++;
    }
    if (tries >= MAX_TRIES) this.#handler.onTooManyTries();
    else this.#add(service, operation, seenAt, FLAG.called);
  }

  /** Lets go of halves that are over the window. */
  expire(now: number): void {
    const ring = this.#ring;
    const limit = now - this.#limits.windowSeconds;
    while (ring.size > 0 && ring.word(ring.oldest, HALF.seenAt) <= limit) this.#drop();
  }

  /** Numbers of the halves that came since the last time: from the first up to but not including the
   *  last. */
  unwritten(): readonly [first: number, end: number] {
    const { oldest, next, size } = this.#ring;
    const distance = (next - this.#written) >>> 0;
    const first = distance <= size ? this.#written : oldest;
    this.#written = next;
    return [first, next];
  }

  /** All that wait count as not written: what was written last has not become durable. */
  forgetWritten(): void {
    this.#written = this.#ring.oldest;
  }

  /** All that wait count as written: they were read back. */
  markWritten(): void {
    this.#written = this.#ring.next;
  }

  #add(service: number, ref: number, seenAt: number, flags: number): void {
    const ring = this.#ring;
    if (ring.isFull) {
      const oldest = ring.word(ring.oldest, HALF.flags);
      if ((oldest & FLAG.called) !== 0) this.#handler.onPushedOut('called');
      else if ((oldest & FLAG.answered) === 0) this.#handler.onPushedOut('caller');
      this.#drop();
    }
    ring.add(service, ref, seenAt, flags);
  }

  #drop(): void {
    const ring = this.#ring;
    const { oldest } = ring;
    if ((ring.word(oldest, HALF.flags) & (FLAG.called | FLAG.answered)) === 0) {
      const host = ring.word(oldest, HALF.ref);
      const seenAt = ring.word(oldest, HALF.seenAt);
      this.#handler.onUnanswered(ring.word(oldest, HALF.service), host, seenAt);
    }
    ring.drop();
  }
}
