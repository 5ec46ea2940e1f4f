import { SIDE } from '../../estate/spans/index.ts';
import type { HopGroup } from './hop-group.ts';
import type { HopWriter } from './hop-writer.ts';
import { type Leads, NOTHING_LED } from './leads.ts';
import { hasId, ROW, type RowRing, STATE } from './row-ring.ts';

const SIDE_BITS = 0xff;
const TWO_32 = 2 ** 32;
/** Rows told because one row is told that they led to; a longer chain loses its beginning. */
const MAX_CHAIN = 64;
/** A request that led to another may turn out to be none; then what led to it did. */
const MAX_SILENT = 4;

/** Makes hops of rows: each once, and what led to it before it, where that is ready. */
export class Telling {
  readonly #ring: RowRing;
  readonly #leads: Leads;
  readonly #writer: HopWriter;
  readonly #hops: HopGroup;
  /** Number of the latest hop. */
  #last = 0;
  #chain = 0;

  constructor(ring: RowRing, leads: Leads, writer: HopWriter, hops: HopGroup) {
    this.#ring = ring;
    this.#leads = leads;
    this.#writer = writer;
    this.#hops = hops;
  }

  /** Whether waiting could not tell more of what led to a row. */
  isLed(row: number): boolean {
    const { words } = this.#ring;
    const at = this.#ring.at(row);
    if (!hasId(words, at + ROW.trace, 4)) return true;
    const callerRow = this.#leads.callerRow(row);
    if (callerRow < 0) return !this.#isBoth(at);
    const leader = this.#leads.byParents(row, callerRow);
    if (leader === NOTHING_LED) return true;
    return leader >= 0 && this.#is(this.#ring.at(leader), STATE.done);
  }

  tell(row: number): void {
    const at = this.#ring.at(row);
    if (this.#is(at, STATE.done | STATE.telling)) return;
    this.#set(at, STATE.telling);
    const leader = this.#leaderOf(row);
    this.#numberTold(at);
    this.#ring.words[at + ROW.depth] = leader < 0 ? 0 : this.#depthOf(leader) + 1;
    this.#set(at, STATE.done);
    const source = this.#sourceOf(at);
    const hop = this.#hops.next;
    this.#writer.write(at, source, this.#leads.callerRow(row), hop);
    hop.id = this.#hopOf(at);
    hop.parent = leader < 0 ? 0 : this.#hopOf(this.#ring.at(leader));
    hop.depth = this.#ring.words[at + ROW.depth] ?? 0;
    this.#hops.add();
  }

  /** Where the words of the row lie that a hop is of: a link is of its consumer's. */
  #sourceOf(at: number): number {
    if (!this.#is(at, STATE.link)) return at;
    const { words } = this.#ring;
    const owner = this.#ring.at(words[at + ROW.owner] ?? 0);
    words[owner + ROW.depth] = words[at + ROW.depth] ?? 0;
    return owner;
  }

  /** The row that led to this one, numbered; -1 if none is known. */
  #leaderOf(row: number): number {
    for (let tries = 0; tries < MAX_SILENT; tries++) {
      const leader = this.#seekLeader(row);
      if (leader < 0 || this.#isOwner(leader, row)) return -1;
      const at = this.#ring.at(leader);
      if (this.#is(at, STATE.telling) && !this.#is(at, STATE.done)) return -1;
      if (this.#is(at, STATE.ready)) this.#tellBefore(leader);
      if (this.#is(at, STATE.silent)) continue;
      // what is not ready is told later under the number that it gets here
      this.#number(at);
      return leader;
    }
    return -1;
  }

  /** Whether a row is the consumer’s that another is a link of: the two are one request, which did not lead to itself. */
  #isOwner(owner: number, row: number): boolean {
    const at = this.#ring.at(row);
    return this.#is(at, STATE.link) && this.#ring.words[at + ROW.owner] === owner;
  }

  #tellBefore(leader: number): void {
    if (this.#chain >= MAX_CHAIN) return;
    this.#chain++;
    this.tell(leader);
    this.#chain--;
  }

  #seekLeader(row: number): number {
    const { words, starts } = this.#ring;
    const at = this.#ring.at(row);
    const callerRow = this.#leads.callerRow(row);
    if (callerRow >= 0) {
      const leader = this.#leads.byParents(row, callerRow);
      if (leader !== -1) return leader;
    }
    const caller = this.#writer.callerOf(at);
    const hasContext = callerRow >= 0 || this.#isBoth(at) || hasId(words, at + ROW.parent, 2);
    if (caller === 0 || !hasContext || !hasId(words, at + ROW.trace, 4)) return -1;
    const startedAt = starts[(this.#ring.at(callerRow < 0 ? row : callerRow) + ROW.start) / 2] ?? 0;
    return this.#leads.byTime(row, caller, startedAt);
  }

  /** Gives a row the number that it is told under. The first link that is told of is its consumer's hop. */
  #numberTold(at: number): void {
    const { words } = this.#ring;
    if (!this.#is(at, STATE.link)) {
      if (this.#is(at, STATE.answered) && this.#is(at, STATE.leads)) this.#giveNumber(at);
      else this.#number(at);
      return;
    }
    const owner = this.#ring.at(words[at + ROW.owner] ?? 0);
    if (this.#is(owner, STATE.answered | STATE.done)) {
      this.#giveNumber(at);
      return;
    }
    this.#number(owner);
    this.#set(owner, STATE.answered);
    words[at + ROW.hop] = words[owner + ROW.hop] ?? 0;
  }

  #number(at: number): void {
    if (!this.#is(at, STATE.numbered)) this.#giveNumber(at);
  }

  #giveNumber(at: number): void {
    const { words } = this.#ring;
    this.#last++;
    words[at + ROW.hop] = this.#last % TWO_32;
    if (!this.#is(at, STATE.numbered)) words[at + ROW.depth] = 0;
    this.#set(at, STATE.numbered);
  }

  /** Rows keep the lower half of it; the upper half is that of the latest, or one less. */
  #hopOf(at: number): number {
    const low = this.#ring.words[at + ROW.hop] ?? 0;
    return this.#last - (((this.#last % TWO_32) - low) >>> 0);
  }

  #depthOf(row: number): number {
    return this.#ring.words[this.#ring.at(row) + ROW.depth] ?? 0;
  }

  #isBoth(at: number): boolean {
    return ((this.#ring.words[at + ROW.side] ?? 0) & SIDE_BITS) === SIDE.both;
  }
  #is(at: number, state: number): boolean {
    return ((this.#ring.words[at + ROW.state] ?? 0) & state) !== 0;
  }
  #set(at: number, state: number): void {
    const { words } = this.#ring;
    words[at + ROW.state] = (words[at + ROW.state] ?? 0) | state;
  }
}
