import { SIDE, SPAN_FIELD, SPAN_WORDS, type SpanBatch } from '../../estate/spans/index.ts';
import type { Hop } from '../hop.ts';
import type { TracingNames } from '../names.ts';
import { AHEAD } from '../near.ts';
import type { Resolver } from '../ports.ts';
import { BatchNames } from './batch-names.ts';
import { HopGroup, type OnHopsAhead } from './hop-group.ts';
import { HopWriter } from './hop-writer.ts';
import { Leads } from './leads.ts';
import type { PairingLimits } from './limits.ts';
import { isCallerSide, Matching } from './matching.ts';
import { Meanings } from './meanings.ts';
import { type PairingReason, ReasonCounts } from './reasons.ts';
import { hasId, ROW, RowRing, STATE } from './row-ring.ts';
import { Telling } from './telling.ts';

const SIDE_BITS = 0xff;
const SIDES: ReadonlySet<number> = new Set(Object.values(SIDE));
const LAST_TIME = 8.64e15;
const HOUR_MS = 3_600_000;
const MAX_LATE = 2 ** 32 - 1;
const DEFAULT_SEED = 0x5bd1e995;

export interface AssemblerParts {
  readonly names: TracingNames;
  readonly resolver: Resolver;
  readonly limits: PairingLimits;
  /** Of the hashes: random, where ids come from strangers. */
  readonly seed?: number;
}

/** Makes hops of rows of spans: each request once, as all that was told of it says together. Rows may come in any order.
 *  The hop that is handed on is an object for many, good during the call only. Never throws, whatever the rows hold. */
export class Assembler {
  readonly #limits: PairingLimits;
  readonly #ring: RowRing;
  readonly #names: BatchNames;
  readonly #meanings: Meanings;
  readonly #matching: Matching;
  readonly #telling: Telling;
  readonly #hops: HopGroup;
  readonly #counts = new ReasonCounts();
  /** Rows before these have settled, and have been waited for in vain. */
  #settled = 1;
  #givenUp = 1;
  /** The latest time that was told, and the same modulo 2^32. */
  #now = 0;
  #tick = 0;
  /** Of the batch that is read. */
  #link = 0;

  constructor(
    { names, resolver, limits, seed = DEFAULT_SEED }: AssemblerParts,
    onHop: (hop: Hop) => void,
    onAhead?: OnHopsAhead,
  ) {
    this.#limits = limits;
    this.#ring = new RowRing(limits.maxRows, seed);
    this.#meanings = new Meanings(names, resolver, limits);
    this.#names = new BatchNames(names, this.#meanings);
    const leads = new Leads(this.#ring, limits.maxHopsPerTrace);
    this.#hops = new HopGroup(onHop, onAhead);
    const writer = new HopWriter(this.#ring, this.#meanings);
    this.#telling = new Telling(this.#ring, leads, writer, this.#hops);
    this.#matching = new Matching(this.#ring, this.#meanings, this.#counts, (row) =>
      this.#ready(row),
    );
  }

  /** What was not told of as a hop, and what was odd, by reason. */
  get counts(): ReadonlyMap<PairingReason, number> {
    return this.#counts.all;
  }

  /** Rows that are remembered. */
  get size(): number {
    return this.#ring.size;
  }

  /** @param now when it came, in milliseconds since 1970 */
  take(batch: SpanBatch, now: number): void {
    this.tick(now);
    this.#names.begin(batch);
    this.#link = 0;
    const count = Math.min(batch.count, Math.floor(batch.words.length / SPAN_WORDS));
    for (let first = 0; first < count; first += AHEAD) {
      const end = Math.min(count, first + AHEAD);
      this.#ring.bringNear(batch.words, first * SPAN_WORDS, end - first);
      for (let row = first; row < end; row++) this.#takeRow(batch, row);
    }
    this.#hops.handOn();
  }

  /** Tells what has waited for long enough. */
  tick(now: number): void {
    if (now > this.#now) {
      this.#now = now;
      this.#tick = Math.floor(now % 2 ** 32);
    }
    this.#advance();
    this.#hops.handOn();
  }

  /** The input has ended: tells all that waits. */
  flush(): void {
    const { next } = this.#ring;
    while (this.#settled !== next) this.#settleNext();
    while (this.#givenUp !== next) this.#giveUpNext();
    this.#hops.handOn();
  }

  /** Whether a service goes by a proved identity, as far as the estate knows. */
  mayBe(principal: number, service: number): boolean {
    return this.#meanings.mayBe(principal, service);
  }

  /** Asks the resolver for everything anew: the estate has changed. */
  forgetMeanings(): void {
    this.#meanings.forget();
  }

  #takeRow(batch: SpanBatch, index: number): void {
    const from = index * SPAN_WORDS;
    const side = (batch.words[from + SPAN_FIELD.side] ?? 0) & SIDE_BITS;
    if (!SIDES.has(side)) {
      this.#counts.add('malformed');
      return;
    }
    const service = this.#names.service(batch.words[from + SPAN_FIELD.service] ?? 0);
    if (service === 0) {
      this.#counts.add('unnamed');
      return;
    }
    const row = this.#push();
    this.#write(row, batch.words, from, service);
    if (!hasId(batch.words, from + SPAN_FIELD.trace, 4)) this.#takeAlone(row);
    else this.#takeTraced(row, batch, index);
  }

  /** Without a trace, nothing else will be told of it. */
  #takeAlone(row: number): void {
    this.#giveUp(row);
    this.#ring.pop();
  }

  #takeTraced(row: number, batch: SpanBatch, index: number): void {
    const ring = this.#ring;
    const at = ring.at(row);
    const hasSpan = hasId(ring.words, at + ROW.span, 2);
    if (hasSpan && this.#matching.isKnown(row)) {
      ring.pop();
      this.#counts.add('duplicate');
      return;
    }
    const hasParent = this.#hasParent(at);
    ring.link(row);
    this.#matching.match(row, hasSpan, hasParent);
    const side = (ring.words[at + ROW.side] ?? 0) & SIDE_BITS;
    if (side === SIDE.consumer && this.#takeLinks(row, batch, index)) return;
    if (side === SIDE.both || (side !== SIDE.caller && side !== SIDE.producer && !hasParent)) {
      this.#ready(row);
    }
  }

  #hasParent(at: number): boolean {
    const { words } = this.#ring;
    if (!hasId(words, at + ROW.parent, 2)) return false;
    const isOwn =
      words[at + ROW.parent] === words[at + ROW.span] &&
      words[at + ROW.parent + 1] === words[at + ROW.span + 1];
    if (!isOwn) return true;
    this.#counts.add('own-parent');
    words[at + ROW.parent] = 0;
    words[at + ROW.parent + 1] = 0;
    return false;
  }

  #write(row: number, from: Uint32Array, start: number, service: number): void {
    const { words, starts } = this.#ring;
    const at = this.#ring.at(row);
    const names = this.#names;
    for (let word = 0; word < SPAN_FIELD.service; word++)
      words[at + word] = from[start + word] ?? 0;
    const time = starts[(at + ROW.start) / 2] ?? 0;
    if (!(time > 0 && time <= LAST_TIME)) starts[(at + ROW.start) / 2] = this.#now;
    words[at + ROW.late] = this.#tooLate(starts[(at + ROW.start) / 2] ?? 0);
    words[at + ROW.service] = service;
    words[at + ROW.operation] = names.operation(from[start + SPAN_FIELD.operation] ?? 0);
    words[at + ROW.peer] = names.service(from[start + SPAN_FIELD.peer] ?? 0);
    words[at + ROW.principal] = names.principal(from[start + SPAN_FIELD.principal] ?? 0);
    words[at + ROW.address] = names.address(from[start + SPAN_FIELD.address] ?? 0);
    words[at + ROW.instance] = names.address(from[start + SPAN_FIELD.instance] ?? 0);
    words[at + ROW.version] = names.version(from[start + SPAN_FIELD.version] ?? 0);
    words[at + ROW.count] = Math.max(1, from[start + SPAN_FIELD.count] ?? 1);
    words[at + ROW.state] = isCallerSide(words[at + ROW.side] ?? 0) ? 0 : STATE.leads;
    words[at + ROW.arrived] = this.#tick;
  }

  /** Adds a row for each link of a consumer's; whether there were any. */
  #takeLinks(owner: number, batch: SpanBatch, index: number): boolean {
    const { links } = batch;
    while ((links[this.#link]?.row ?? Infinity) < index) this.#link++;
    let count = 0;
    for (let link = links[this.#link]; link?.row === index; link = links[++this.#link]) {
      if (this.#isParent(owner, link.id) || !hasId(link.id, 0, 4)) continue;
      if (++count > this.#limits.maxLinks) this.#counts.add('too-many-links');
      else this.#takeLink(owner, link.id);
    }
    return count > 0;
  }

  #isParent(row: number, id: Uint32Array): boolean {
    const { words } = this.#ring;
    const at = this.#ring.at(row);
    for (let word = 0; word < 4; word++) if (words[at + word] !== id[word]) return false;
    return words[at + ROW.parent] === id[4] && words[at + ROW.parent + 1] === id[5];
  }

  #takeLink(owner: number, id: Uint32Array): void {
    const row = this.#push();
    const { words } = this.#ring;
    const at = this.#ring.at(row);
    const ownerAt = this.#ring.at(owner);
    words[ownerAt + ROW.state] = (words[ownerAt + ROW.state] ?? 0) | STATE.linked;
    words.copyWithin(at, ownerAt, ownerAt + ROW.arrived + 1);
    for (let word = 0; word < 4; word++) words[at + word] = id[word] ?? 0;
    words[at + ROW.span] = 0;
    words[at + ROW.span + 1] = 0;
    words[at + ROW.parent] = id[4] ?? 0;
    words[at + ROW.parent + 1] = id[5] ?? 0;
    words[at + ROW.state] = STATE.link;
    words[at + ROW.owner] = owner;
    this.#ring.link(row);
    this.#matching.match(row, false, true);
  }

  #push(): number {
    if (this.#ring.isFull) this.#makeRoom();
    return this.#ring.push();
  }

  #makeRoom(): void {
    const { oldest } = this.#ring;
    if (this.#settled === oldest) this.#settleNext();
    if (this.#givenUp === oldest) {
      if (!this.#is(oldest, STATE.done | STATE.answered)) this.#counts.add('pushed-out');
      this.#giveUpNext();
    }
    this.#ring.drop();
  }

  #advance(): void {
    const { settleSeconds, windowSeconds, keepSeconds } = this.#limits;
    const ring = this.#ring;
    while (this.#settled !== ring.next && this.#age(this.#settled) >= settleSeconds * 1_000) {
      this.#settleNext();
    }
    while (this.#givenUp !== this.#settled && this.#age(this.#givenUp) >= windowSeconds * 1_000) {
      this.#giveUpNext();
    }
    while (ring.oldest !== this.#givenUp && this.#age(ring.oldest) >= keepSeconds * 1_000) {
      ring.drop();
    }
  }

  /** How long ago a row came, in milliseconds. */
  #age(row: number): number {
    return (this.#tick - (this.#ring.words[this.#ring.at(row) + ROW.arrived] ?? 0)) >>> 0;
  }

  #settleNext(): void {
    const row = this.#settled;
    this.#settled = (row + 1) >>> 0;
    const { words } = this.#ring;
    const at = this.#ring.at(row);
    const state = words[at + ROW.state] ?? 0;
    if ((state & STATE.done) !== 0) return;
    const isProved =
      (state & STATE.leads) !== 0 && this.#meanings.proved(words[at + ROW.principal] ?? 0) !== 0;
    if ((state & STATE.ready) !== 0) this.#telling.tell(row);
    else if (isProved) this.#ready(row);
  }

  #giveUpNext(): void {
    const row = this.#givenUp;
    this.#givenUp = (row + 1) >>> 0;
    if (!this.#is(row, STATE.done)) this.#giveUp(row);
  }

  /** Nothing more will be told of a row. */
  #giveUp(row: number): void {
    const { words } = this.#ring;
    const at = this.#ring.at(row);
    const state = words[at + ROW.state] ?? 0;
    const reason = this.#whyNoHop(at, state);
    if (reason === undefined) this.#ready(row);
    else words[at + ROW.state] = state | STATE.done;
    if (reason !== undefined && reason !== 'answered') this.#counts.add(reason);
  }

  /** Why a row that waited is no hop, or undefined. */
  #whyNoHop(at: number, state: number): PairingReason | 'answered' | undefined {
    const { words } = this.#ring;
    if ((state & STATE.link) !== 0) return 'unlinked';
    if ((state & STATE.answered) !== 0 && (state & STATE.paired) === 0) return 'answered';
    if ((state & STATE.leads) !== 0) return undefined;
    if (words[at + ROW.peer] === 0) return 'nameless';
    return words[at + ROW.peer] === words[at + ROW.service] ? 'self-call' : undefined;
  }

  #is(row: number, state: number): boolean {
    return ((this.#ring.words[this.#ring.at(row) + ROW.state] ?? 0) & state) !== 0;
  }

  /** All that there will be of a hop is there; told now, unless what led to it may still come. */
  #ready(row: number): void {
    const { words } = this.#ring;
    const at = this.#ring.at(row);
    const state = words[at + ROW.state] ?? 0;
    if ((state & STATE.done) !== 0) return;
    if ((state & STATE.paired) === 0 && this.#matching.isSelfCall(at)) return;
    words[at + ROW.state] = state | STATE.ready;
    if (this.#hasSettled(row) || this.#telling.isLed(row)) this.#telling.tell(row);
  }

  /** How many seconds more than is believed a time lies behind: what comes at once was not seen on many days. */
  #tooLate(time: number): number {
    const oldest = this.#now - this.#limits.lateHours * HOUR_MS;
    if (time >= oldest) return 0;
    this.#counts.add('too-old');
    return Math.min(MAX_LATE, Math.ceil((oldest - time) / 1_000));
  }

  #hasSettled(row: number): boolean {
    const { oldest } = this.#ring;
    return (row - oldest) >>> 0 < (this.#settled - oldest) >>> 0;
  }
}
