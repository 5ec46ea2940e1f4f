import { type Hop, RANK } from '../hop.ts';

const MINUTE = 60_000;
/** How far ahead of the clock a hop is believed. */
const AHEAD_MS = 600_000;
/** Words of one caller: the minute, the looks in it, and whether one of them showed something telling. */
const FIELD = { minute: 0, looks: 1, isTelling: 2 } as const;
const WORDS = 3;
/** Rows of one service: as caller and as what was called from outside, each by its word and proved. */
const ROWS = 4;

/** How often each caller is looked at in a minute, so that a flood of what is unusual costs no more than many requests
 *  that are usual. Each has looks of his own, and what is only claimed has others than what is proved: whoever makes a
 *  flood hides his own requests alone, of which enough has been seen. */
export class Looks {
  readonly #most: number;
  #words = new Uint32Array(64 * ROWS * WORDS);
  #now = 0;
  /** Hops that were not looked at. */
  leftOut = 0;

  constructor(mostAMinute: number) {
    this.#most = mostAMinute;
  }

  /** Goes on in time: a hop from far in the future takes away no looks of then. */
  tick(now: number): void {
    this.#now = Math.max(this.#now, now);
  }

  /** Whether there is a look left for a hop. */
  take(hop: Hop): boolean {
    const at = this.#turn(hop);
    const looks = this.#words[at + FIELD.looks] ?? 0;
    if (looks >= this.#most) {
      this.leftOut++;
      return false;
    }
    this.#words[at + FIELD.looks] = looks + 1;
    return true;
  }

  /** A look has shown something telling. */
  note(hop: Hop): void {
    this.#words[this.#turn(hop) + FIELD.isTelling] = 1;
  }

  /** Whether a look in this minute has shown something telling of who made a hop. */
  hasTold(hop: Hop): boolean {
    return this.#words[this.#turn(hop) + FIELD.isTelling] === 1;
  }

  /** Where the words of who made a hop are, which are those of its minute; what is late is of the current one. */
  #turn({ caller, callee, rank, at: time }: Hop): number {
    const isEntry = caller === 0;
    const kind = (isEntry ? 2 : 0) + (rank === RANK.authenticated ? 1 : 0);
    const at = ((isEntry ? callee : caller) * ROWS + kind) * WORDS;
    if (at + WORDS > this.#words.length) this.#grow(at + WORDS);
    const believed = this.#now === 0 ? time : Math.min(time, this.#now + AHEAD_MS);
    const minute = Math.max(0, Math.floor(believed / MINUTE)) >>> 0;
    if (minute > (this.#words[at + FIELD.minute] ?? 0)) {
      this.#words.fill(0, at, at + WORDS);
      this.#words[at + FIELD.minute] = minute;
    }
    return at;
  }

  #grow(words: number): void {
    const before = this.#words;
    this.#words = new Uint32Array(Math.max(before.length * 2, words));
    this.#words.set(before);
  }
}
