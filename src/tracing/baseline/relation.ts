import { bitOf, countDays, laterBy } from './days.ts';
import type { Decay } from './decay.ts';
import type { Moment } from './moment.ts';
import { PairTable } from './pair-table.ts';

/** Words of a row: seconds, days and hours since 1970. Bits of days are counted back from `day`. */
export const RELATION = {
  a: 0,
  b: 1,
  first: 2,
  last: 3,
  day: 4,
  days: 5,
  provedDays: 6,
  slowDays: 7,
  slowProvedDays: 8,
  bits: 9,
  hour: 10,
  provedHour: 11,
  /** Floats: different hours in which it was seen, fading. */
  weight: 12,
  provedWeight: 13,
} as const;
export const RELATION_WORDS = 14;

/** Above the 24 bits of the hours of the day. */
const ACCEPTED = 1 << 24;
const MALICIOUS = 1 << 25;
const HOURS = (1 << 24) - 1;

/** What is left of an hour when it is forgotten: with a half-life of two weeks, after two months. */
const FORGOTTEN = 0.05;
const SAMPLE = 32;

export interface RelationParts {
  /** Words of a row. */
  readonly words?: number;
  readonly most: number;
  readonly decay: Decay;
  readonly usualDays: number;
  readonly quarantineDays: number;
  /** Told of each pair that was learnt and is forgotten, before it goes. */
  readonly onLoss?: (row: number) => void;
}

/** Pairs that were seen together: who calls whom, which service goes by which account. What one hour, or one day, adds is
 *  the same however often a pair is seen in it. What a detection pointed at is learnt apart, until it was seen on enough
 *  days or somebody has accepted it; what was only claimed does not count as proved. */
export class Relation {
  readonly table: PairTable;
  /** Whether the pair that `learn` was told of was learnt now for the first time; not where it is kept apart. */
  isNew = false;
  /** Whether the pair was never seen before, not even apart. */
  isFirst = false;
  /** Whether it was learnt in this hour for the first time. */
  isNewHour = false;
  /** Pairs that gave way to others, and that found no place. */
  evicted = 0;
  refused = 0;
  readonly #parts: RelationParts;
  #hand = 0;

  constructor(parts: RelationParts) {
    this.#parts = parts;
    this.table = new PairTable(parts.words ?? RELATION_WORDS);
  }

  get size(): number {
    return this.table.size;
  }
  /** How many there may be. */
  get most(): number {
    return this.#parts.most;
  }

  /** Whether a pair was ever learnt, and not only kept apart. */
  isLearnt(row: number): boolean {
    return this.table.rows.float(row, RELATION.weight) > 0;
  }

  find(a: number, b: number): number {
    return this.table.find(a, b);
  }

  /** Learns that a pair was seen: its row, or 0 where there is no place for it. */
  learn(a: number, b: number, when: Moment, isProved: boolean, isSuspect: boolean): number {
    this.isNew = false;
    this.isFirst = false;
    this.isNewHour = false;
    let row = this.table.find(a, b);
    if (row === 0) {
      row = this.#add(a, b, when);
      if (row === 0) return 0;
      this.isFirst = true;
    }
    const { words, stride } = this.table.rows;
    const at = row * stride;
    if (this.#isOld(at, when, isProved)) {
      if (when.second > (words[at + RELATION.last] ?? 0)) words[at + RELATION.last] = when.second;
      return row;
    }
    if (((words[at + RELATION.bits] ?? 0) & MALICIOUS) !== 0) return row;
    this.#advance(at, when.day);
    if (this.#isSlow(at, isProved, isSuspect) && !this.#isReleased(at, when, isProved)) return row;
    this.#count(at, when, isProved);
    return row;
  }

  /** Whether a pair was learnt with enough evidence, and is not forgotten. */
  isKnown(row: number, when: Moment, isProved: boolean): boolean {
    if (row === 0) return false;
    const bits = this.table.rows.word(row, RELATION.bits);
    if ((bits & MALICIOUS) !== 0) return false;
    return (bits & ACCEPTED) !== 0 || this.hours(row, when, isProved) >= FORGOTTEN;
  }

  isUsual(row: number, when: Moment, isProved: boolean): boolean {
    if (!this.isKnown(row, when, isProved)) return false;
    if (this.isAccepted(row)) return true;
    return this.days(row, when, isProved) >= this.#parts.usualDays;
  }

  isAccepted(row: number): boolean {
    return (this.table.rows.word(row, RELATION.bits) & ACCEPTED) !== 0;
  }
  isMalicious(row: number): boolean {
    return (this.table.rows.word(row, RELATION.bits) & MALICIOUS) !== 0;
  }
  /** Seen, and pointed at, and not settled. What was only claimed says nothing of what is proved. */
  isQuarantined(row: number, when: Moment, isProved: boolean): boolean {
    return (
      row !== 0 &&
      !this.isKnown(row, when, isProved) &&
      this.table.rows.word(row, isProved ? RELATION.slowProvedDays : RELATION.slowDays) !== 0
    );
  }
  isHourKnown(row: number, when: Moment): boolean {
    return row !== 0 && (this.table.rows.word(row, RELATION.bits) & when.hourBit) !== 0;
  }

  /** When it was last seen: seconds since 1970. */
  last(row: number): number {
    return this.table.rows.word(row, RELATION.last);
  }

  /** Different hours in which a pair was seen, fading. */
  hours(row: number, when: Moment, isProved: boolean): number {
    const { rows } = this.table;
    const weight = rows.float(row, isProved ? RELATION.provedWeight : RELATION.weight);
    if (weight === 0) return 0;
    const hour = rows.word(row, isProved ? RELATION.provedHour : RELATION.hour);
    return weight * this.#parts.decay.after(when.hour - hour);
  }

  /** Different days, of the last 32. */
  days(row: number, when: Moment, isProved: boolean): number {
    const { rows } = this.table;
    const bits = rows.word(row, isProved ? RELATION.provedDays : RELATION.days);
    const later = when.day - rows.word(row, RELATION.day);
    return countDays(later > 0 ? laterBy(later, bits) : bits);
  }

  /** A person says that a pair is as it should be. */
  accept(a: number, b: number, when: Moment): void {
    this.#judge(a, b, when, ACCEPTED);
  }

  /** A person says that a pair is an attack: it is not learnt until it is accepted. */
  refuse(a: number, b: number, when: Moment): void {
    this.#judge(a, b, when, MALICIOUS);
  }

  /** What a person has said of a pair no longer holds: what was seen of it counts again, and nothing else. */
  pardon(a: number, b: number, said: 'accept' | 'refuse'): void {
    const row = this.table.find(a, b);
    const mark = said === 'accept' ? ACCEPTED : MALICIOUS;
    const bits = this.table.rows.word(row, RELATION.bits);
    if (row !== 0 && (bits & mark) !== 0) this.#mark(row, 0);
  }

  /** Accepts all that was learnt. */
  acceptAll(when: Moment): void {
    for (let row = 1; row <= this.table.top; row++) {
      if (!this.isKnown(row, when, false)) continue;
      this.#mark(row, ACCEPTED);
    }
  }

  /** Forgets what faded, among some of the rows. */
  forget(when: Moment, count: number): void {
    for (let left = Math.min(count, this.table.top); left > 0; left--) {
      const row = this.#turn();
      if (this.#isFree(row) || this.#isKept(row)) continue;
      const { rows } = this.table;
      const isPast = when.day - rows.word(row, RELATION.day) >= 32;
      if (isPast && this.hours(row, when, false) < FORGOTTEN) this.#remove(row);
    }
  }

  /** Learnt in this hour already: there is nothing to learn from it again. */
  #isOld(at: number, { hour }: Moment, isProved: boolean): boolean {
    const { words } = this.table.rows;
    if (words[at + RELATION.hour] !== hour) return false;
    return !isProved || words[at + RELATION.provedHour] === hour;
  }

  #judge(a: number, b: number, when: Moment, mark: number): void {
    const known = this.table.find(a, b);
    const row = known === 0 ? this.#add(a, b, when) : known;
    if (row !== 0) this.#mark(row, mark);
  }

  #mark(row: number, mark: number): void {
    const bits = this.table.rows.word(row, RELATION.bits);
    this.table.rows.setWord(row, RELATION.bits, (bits & HOURS) | mark);
  }

  /** What was pointed at stays apart though nobody points at it any more. */
  #isSlow(at: number, isProved: boolean, isSuspect: boolean): boolean {
    const { words, floats } = this.table.rows;
    if (((words[at + RELATION.bits] ?? 0) & ACCEPTED) !== 0) return false;
    if (isSuspect) return true;
    if (this.#slowDays(at) === 0) return false;
    return (floats[at + (isProved ? RELATION.provedWeight : RELATION.weight)] ?? 0) === 0;
  }

  #slowDays(at: number): number {
    return this.table.rows.words[at + RELATION.slowDays] ?? 0;
  }

  /** Notes the day of what is learnt apart; true once there were enough of them. */
  #isReleased(at: number, when: Moment, isProved: boolean): boolean {
    const { words } = this.table.rows;
    const bit = bitOf(when.day, words[at + RELATION.day] ?? 0);
    const slow = (words[at + RELATION.slowDays] ?? 0) | bit;
    const slowProved = (words[at + RELATION.slowProvedDays] ?? 0) | (isProved ? bit : 0);
    words[at + RELATION.slowDays] = slow;
    words[at + RELATION.slowProvedDays] = slowProved;
    words[at + RELATION.last] = Math.max(words[at + RELATION.last] ?? 0, when.second);
    return countDays((isProved ? slowProved : slow) >>> 0) >= this.#parts.quarantineDays;
  }

  #advance(at: number, day: number): void {
    const { words } = this.table.rows;
    const later = day - (words[at + RELATION.day] ?? 0);
    if (later <= 0) return;
    words[at + RELATION.day] = day;
    for (let field = RELATION.days; field <= RELATION.slowProvedDays; field++) {
      words[at + field] = laterBy(later, words[at + field] ?? 0);
    }
  }

  #count(at: number, when: Moment, isProved: boolean): void {
    const { words, floats } = this.table.rows;
    const bit = bitOf(when.day, words[at + RELATION.day] ?? 0);
    words[at + RELATION.days] = (words[at + RELATION.days] ?? 0) | bit;
    words[at + RELATION.bits] = (words[at + RELATION.bits] ?? 0) | when.hourBit;
    if (when.second < (words[at + RELATION.first] ?? 0)) words[at + RELATION.first] = when.second;
    if (when.second > (words[at + RELATION.last] ?? 0)) words[at + RELATION.last] = when.second;
    if (when.hour > (words[at + RELATION.hour] ?? 0)) {
      this.isNew = floats[at + RELATION.weight] === 0;
      this.#addHour(floats, words, at + RELATION.weight, at + RELATION.hour, when.hour);
      this.isNewHour = true;
    }
    if (!isProved) return;
    words[at + RELATION.provedDays] = (words[at + RELATION.provedDays] ?? 0) | bit;
    if (when.hour > (words[at + RELATION.provedHour] ?? 0)) {
      this.#addHour(floats, words, at + RELATION.provedWeight, at + RELATION.provedHour, when.hour);
    }
  }

  #addHour(
    floats: Float32Array,
    words: Uint32Array,
    weight: number,
    last: number,
    hour: number,
  ): void {
    const before = words[last] ?? 0;
    floats[weight] = (floats[weight] ?? 0) * this.#parts.decay.after(hour - before) + 1;
    words[last] = hour;
  }

  #add(a: number, b: number, when: Moment): number {
    if (this.table.size >= this.#parts.most && !this.#evict(when)) {
      this.refused++;
      return 0;
    }
    const row = this.table.add(a, b);
    const { rows } = this.table;
    rows.setWord(row, RELATION.first, when.second);
    rows.setWord(row, RELATION.last, when.second);
    rows.setWord(row, RELATION.day, when.day);
    return row;
  }

  /** Makes room by the least usual of some rows; not by what is usual. */
  #evict(when: Moment): boolean {
    let least = 0;
    let lowest = Infinity;
    for (let left = SAMPLE; left > 0; left--) {
      const row = this.#turn();
      if (this.#isFree(row) || this.#isKept(row) || this.isUsual(row, when, false)) continue;
      const value = this.hours(row, when, false);
      if (value < lowest) {
        lowest = value;
        least = row;
      }
    }
    if (least === 0) return false;
    this.#remove(least);
    this.evicted++;
    return true;
  }

  #turn(): number {
    this.#hand = this.#hand >= this.table.top ? 1 : this.#hand + 1;
    return this.#hand;
  }
  #isFree(row: number): boolean {
    return this.table.a(row) === 0 && this.table.b(row) === 0;
  }
  #isKept(row: number): boolean {
    return (this.table.rows.word(row, RELATION.bits) & ~HOURS) !== 0;
  }
  #remove(row: number): void {
    if (this.isLearnt(row)) this.#parts.onLoss?.(row);
    this.table.remove(row);
  }
}
