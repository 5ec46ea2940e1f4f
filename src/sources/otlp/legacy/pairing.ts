import type { NamedSubject } from './subject.ts';

/** The caller's side of a call: its CLIENT span. */
export interface CallerHalf {
  readonly side: 'caller';
  /** Trace and span id. */
  readonly key: string;
  readonly subject: NamedSubject;
  /** Where it says that it called, for when the other side stays silent. */
  readonly host?: string;
  readonly port?: number;
  /** Milliseconds since 1970. */
  readonly seenAt: number;
}

/** The side that was called: its SERVER span. */
export interface CalledHalf {
  readonly side: 'called';
  /** Trace and parent span id. */
  readonly key: string;
  readonly subject: NamedSubject;
  /** `GET /orders/{id}`; absent where the span names none. */
  readonly operation?: string;
  readonly seenAt: number;
}

export type Half = CallerHalf | CalledHalf;

export interface Pair {
  readonly caller: CallerHalf;
  readonly called: CalledHalf;
}

export interface PairingLimits {
  /** How long a half waits for the other. */
  readonly windowMs: number;
  /** Halves that wait at once, on either side; beyond it the oldest go. */
  readonly maxHalves: number;
}

/** Brings CLIENT spans together with the SERVER spans whose parent they are, in whichever order the
 *  two services export them, within a window of time and of memory. */
export class Pairing {
  readonly #limits: PairingLimits;
  readonly #callers = new Map<string, { half: CallerHalf; answered: boolean }>();
  readonly #called = new Map<string, CalledHalf[]>();
  #calledCount = 0;

  constructor(limits: PairingLimits) {
    this.#limits = limits;
  }

  /** How many halves wait. */
  get size(): number {
    return this.#callers.size + this.#calledCount;
  }

  /** The calls that this half completes. Both sides stay for their window: a proxy may try a call more
   *  than once, and an export that could not be stored is sent again. */
  add(half: Half): Pair[] {
    return half.side === 'caller' ? this.#addCaller(half) : this.#addCalled(half);
  }

  /** Lets go of halves that are over the window; gives the callers that nobody answered. */
  expire(now: number): CallerHalf[] {
    const unanswered: CallerHalf[] = [];
    const limit = now - this.#limits.windowMs;
    for (const [key, { half, answered }] of this.#callers) {
      if (half.seenAt > limit && this.#callers.size <= this.#limits.maxHalves) break;
      this.#callers.delete(key);
      if (!answered) unanswered.push(half);
    }
    for (const [key, halves] of this.#called) {
      const seenAt = halves[0]?.seenAt ?? 0;
      if (seenAt > limit && this.#calledCount <= this.#limits.maxHalves) break;
      this.#called.delete(key);
      this.#calledCount -= halves.length;
    }
    return unanswered;
  }

  #addCaller(caller: CallerHalf): Pair[] {
    const waiting = this.#called.get(caller.key) ?? [];
    this.#callers.set(caller.key, { half: caller, answered: waiting.length > 0 });
    return waiting.map((called) => ({ caller, called }));
  }

  #addCalled(called: CalledHalf): Pair[] {
    const entry = this.#callers.get(called.key);
    if (entry) {
      entry.answered = true;
      return [{ caller: entry.half, called }];
    }
    const waiting = this.#called.get(called.key);
    if (waiting === undefined) this.#called.set(called.key, [called]);
    else if (waiting.length < MAX_TRIES) waiting.push(called);
    else return [];
    this.#calledCount++;
    return [];
  }
}

/** SERVER spans under one parent that are kept until the parent comes. */
const MAX_TRIES = 16;
