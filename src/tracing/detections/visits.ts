import type { Hop } from '../hop.ts';
import type { SeenSign } from '../seen-sign.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** For how long it is waited for whoever runs there to be seen again, and how much earlier he may have been. */
const PATIENCE_MS = 8 * HOUR;
const EARLIER_MS = MINUTE;
const MOST = 4_096;
const MARKS = 1 << 16;

/** Nats for that the earlier one is seen again at once, and that one who was not seen there before is. */
const RETURNED = 6;
const APPEARED = 5;

/** An identity was used from an address for the first time. Mostly it has moved there. */
export interface Visit {
  /** What is told if it has not; its score is what the surroundings add. */
  readonly seen: SeenSign;
  readonly service: number;
  /** Else it is by its own word, as what it says of where it runs is. */
  readonly isProved: boolean;
  /** Who was known to run there before (0: nobody), and for how long he had not been seen. */
  readonly owner: number;
  readonly ownerQuietMs: number;
}

/** What has come of a visit. */
export interface Return {
  readonly visit: Visit;
  readonly service: number;
  readonly score: number;
}

/** First uses of identities at addresses, held back until it shows what they were. Whoever was given the address of
 *  another serves there from now on. But where the other is seen there again, or somebody else at about the same time,
 *  the identity was used by him. Bounded: over it, the oldest are forgotten. */
export class Visits {
  readonly #held = new Map<number, Visit>();
  /** How many are held, by the lower bits of their addresses: of most there are none. */
  readonly #marks = new Uint16Array(MARKS);

  hold(visit: Visit): void {
    const { address } = visit.seen.hop;
    if (this.#held.has(address)) return;
    this.#held.set(address, visit);
    this.#mark(address, 1);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= MOST) return;
      this.#drop(oldest);
    }
  }

  /** Whether a hop may show what has come of a visit: costs three look-ups. */
  concerns({ address, callerInstance, calleeInstance }: Hop): boolean {
    const mask = MARKS - 1;
    const marks = this.#marks;
    const sum =
      (marks[address & mask] ?? 0) +
      (marks[callerInstance & mask] ?? 0) +
      (marks[calleeInstance & mask] ?? 0);
    return sum > 0;
  }

  /** What a hop shows of a visit: undefined where it shows nothing, or that it was none.
   *  @param isOne whether two services are one under two names */
  resolve(hop: Hop, isOne: (one: number, other: number) => boolean): Return | undefined {
    return (
      this.#at(hop.calleeInstance, hop.callee, hop, true, isOne) ??
      this.#at(hop.callerInstance, hop.claimed, hop, true, isOne, true) ??
      this.#at(hop.address, hop.proved, hop, false, isOne)
    );
  }

  #at(
    address: number,
    service: number,
    hop: Hop,
    isAtHome: boolean,
    isOne: (one: number, other: number) => boolean,
    isOwnWord = false,
  ): Return | undefined {
    const visit = address === 0 || service === 0 ? undefined : this.#held.get(address);
    if (!visit || (isOwnWord && !visit.isProved)) return undefined;
    const after = hop.at - visit.seen.hop.at;
    if (after > PATIENCE_MS) this.#drop(address);
    if (after > PATIENCE_MS || after < -EARLIER_MS) return undefined;
    if (service === visit.service || isOne(service, visit.service)) {
      if (isAtHome) this.#drop(address);
      return undefined;
    }
    const isOwner = service === visit.owner;
    if (!isOwner && !isAtHome) return undefined;
    this.#drop(address);
    const gap = Math.max(0, after);
    const score = isOwner
      ? RETURNED - Math.log1p((visit.ownerQuietMs + gap) / HOUR)
      : APPEARED - Math.log1p(gap / (2 * MINUTE));
    return { visit, service, score };
  }

  #drop(address: number): void {
    if (this.#held.delete(address)) this.#mark(address, -1);
  }

  #mark(address: number, by: number): void {
    const at = address & (MARKS - 1);
    this.#marks[at] = (this.#marks[at] ?? 0) + by;
  }
}
