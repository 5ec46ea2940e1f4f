import { laterBy } from './days.ts';
import type { Decay } from './decay.ts';
import { LIFE, LIFE_WORDS, live, wasSeen } from './life.ts';
import type { Moment } from './moment.ts';
import { Novelty } from './novelty.ts';
import { Rhythm } from './rhythm.ts';
import { Rows } from './rows.ts';
import { STAMP_WORDS } from './stamp.ts';
import { COUNTED, TALLY_WORDS, Tally } from './tally.ts';
import { WINDOWS_WORDS, Windows } from './windows.ts';

const VOUCHED = 21 + 2 * STAMP_WORDS;
const NOVELTY = VOUCHED + 1;
/** What may be new to a service. */
export const NEWS = { callees: 0, endpoints: 1, callers: 2, addresses: 3 } as const;
const KINDS = 4;
const WINDOWS = NOVELTY + 1 + KINDS * 2;
const AS_CALLER = WINDOWS + WINDOWS_WORDS;
const AS_CALLEE = AS_CALLER + TALLY_WORDS;

/** Words of a service's row. */
export const SERVICE = {
  /** How many it has of each. */
  callees: LIFE_WORDS,
  callers: 5,
  principals: 6,
  addresses: 7,
  /** What it runs; when it first ran it (seconds); how many it began to run on one day. */
  version: 8,
  deployed: 9,
  versionDay: 10,
  versionsThatDay: 11,
  /** Days on which it called somebody new, unexplained. */
  newEdgeDay: 12,
  newEdgeDays: 13,
  /** New callees and endpoints that a deployment or a declaration explained. */
  explained: 14,
  /** When it last called somebody new, unexplained (seconds). */
  lastNewCallee: 15,
  /** Hour in which its version was last noted. */
  versionHour: 16,
  /** Days on which it asked for something new, unexplained; and on which it sent something without a context. */
  newEndpointDay: 17,
  newEndpointDays: 18,
  lostContextDay: 19,
  lostContextDays: 20,
  /** 1: a person has said that what it did until then is as it should be. */
  isVouchedFor: VOUCHED,
  /** Stamps of where it runs as a caller, and as a callee. */
  callerStamp: 21,
  calleeStamp: 21 + STAMP_WORDS,
} as const;
const SERVICE_WORDS = AS_CALLEE + TALLY_WORDS;
/** Fields that are floats: from the first to before the last. */
export const SERVICE_FLOATS = [
  [NOVELTY + 1, WINDOWS],
  [WINDOWS + 1, WINDOWS + WINDOWS_WORDS - 1],
  [AS_CALLER + 1, AS_CALLEE],
  [AS_CALLEE + 1, SERVICE_WORDS],
] as const;

/** What each service is like, under its number; 0 is the outside. */
export class Services {
  readonly rows = new Rows(SERVICE_WORDS);
  readonly novelty: Novelty;
  readonly windows: Windows;
  readonly asCaller: Tally;
  readonly asCallee: Tally;
  readonly rhythm = new Rhythm();
  /** When the first of them was seen first (seconds), and whether a person has said that all until then is as it should
   *  be. */
  #since = 0;
  #isVouchedFor = false;

  constructor(decay: Decay, requestsAnHour: number) {
    this.novelty = new Novelty(this.rows, NOVELTY, KINDS, decay);
    this.windows = new Windows(this.rows, WINDOWS);
    this.asCaller = new Tally(this.rows, AS_CALLER, decay, requestsAnHour);
    this.asCallee = new Tally(this.rows, AS_CALLEE, decay, requestsAnHour);
  }

  see(service: number, when: Moment): void {
    live(this.rows, service, when);
    if (this.#since === 0 || when.second < this.#since) this.#since = when.second;
  }

  /** For how long the estate has been watched: where all of it is new, nothing of it is. Infinity where a person knows
   *  it. */
  watchedMs(when: Moment): number {
    if (this.#isVouchedFor) return Infinity;
    return this.#since === 0 ? 0 : when.since(this.#since);
  }

  /** Rows have been filled from what was kept. */
  restored(): void {
    for (let service = 0; service < this.rows.capacity; service++) {
      const first = this.rows.word(service, LIFE.first);
      if (first !== 0 && (this.#since === 0 || first < this.#since)) this.#since = first;
      if (this.rows.word(service, SERVICE.isVouchedFor) === 1) this.#isVouchedFor = true;
    }
  }

  /** Notes that a day was one of those of a pair of fields. */
  noteDay(service: number, day: number, days: number, when: Moment): void {
    this.rows.ensure(service);
    const later = when.day - this.rows.word(service, day);
    if (later < 0) return;
    this.rows.setWord(service, day, when.day);
    this.rows.setWord(service, days, laterBy(later, this.rows.word(service, days)) | 1);
  }

  /** A person says that what all of them did until now is as it should be. */
  acceptAll(): void {
    this.#isVouchedFor = true;
    for (let service = 0; service < this.rows.capacity; service++) {
      if (wasSeen(this.rows, service)) this.rows.setWord(service, SERVICE.isVouchedFor, 1);
    }
  }

  /** Adds to one of the numbers of what it has. */
  adjust(service: number, field: number, by: number): void {
    this.rows.ensure(service);
    this.rows.addWord(service, field, by);
  }

  /** Counts requests that a service sent. */
  countOut(service: number, when: Moment, requests: number): void {
    const before = this.rows.word(service, AS_CALLER);
    const ended = this.asCaller.turn(service, when.hour);
    if (ended >= 0) this.rhythm.learn(service, before, ended);
    this.asCaller.count(service, COUNTED.requests, requests);
  }

  countIn(service: number, when: Moment, requests: number): void {
    this.asCallee.turn(service, when.hour);
    this.asCallee.count(service, COUNTED.requests, requests);
  }
}
