import { SIDE, SPAN_FLAG } from '../../estate/spans/index.ts';
import { Hop, OUTCOME, RANK } from '../hop.ts';
import { isCallerSide } from './matching.ts';
import type { Meanings } from './meanings.ts';
import { hasId, ROW, type RowRing, STATE } from './row-ring.ts';

const SIDE_BITS = 0xff;

/** Says what the rows of one request say together, in a hop that serves for many. */
export class HopWriter {
  readonly #ring: RowRing;
  readonly #meanings: Meanings;
  #hop = new Hop();

  constructor(ring: RowRing, meanings: Meanings) {
    this.#ring = ring;
    this.#meanings = meanings;
  }

  /** Number of the service that called: the proved one, else the claimed one. */
  callerOf(at: number): number {
    const { words } = this.#ring;
    if (isCallerSide(words[at + ROW.side] ?? 0)) return words[at + ROW.service] ?? 0;
    const proved = this.#meanings.proved(words[at + ROW.principal] ?? 0);
    return proved === 0 ? (words[at + ROW.peer] ?? 0) : proved;
  }

  /** @param at of the row with who called
   *  @param source of the row with what was asked for, and by which trace: another for a link
   *  @param callerRow of the side that called, or -1
   *  @param hop is written, but for its number, what led to it and how deep it is */
  write(at: number, source: number, callerRow: number, hop: Hop): void {
    const { words, starts } = this.#ring;
    this.#hop = hop;
    for (let word = 0; word < 4; word++) hop.trace[word] = words[source + ROW.trace + word] ?? 0;
    hop.span[0] = words[source + ROW.span] ?? 0;
    hop.span[1] = words[source + ROW.span + 1] ?? 0;
    hop.at = (starts[(source + ROW.start) / 2] ?? 0) + (words[source + ROW.late] ?? 0) * 1_000;
    hop.durationMs = (words[source + ROW.duration] ?? 0) / 1_000;
    hop.count = words[source + ROW.count] ?? 1;
    hop.address = words[source + ROW.address] ?? 0;
    if (isCallerSide(words[source + ROW.side] ?? 0)) this.#writeCaller(source);
    else this.#writeCalled(at, source, callerRow);
    hop.isMessage = this.#isMessage(source);
    hop.endpoint = this.#meanings.endpoint(hop.callee, words[source + ROW.operation] ?? 0);
  }

  /** Only the side that called was seen. */
  #writeCaller(at: number): void {
    const { words } = this.#ring;
    const hop = this.#hop;
    hop.caller = words[at + ROW.service] ?? 0;
    hop.claimed = hop.caller;
    hop.proved = 0;
    hop.principal = 0;
    hop.rank = RANK.asserted;
    hop.callee = words[at + ROW.peer] ?? 0;
    hop.intended = hop.callee;
    hop.callerInstance = words[at + ROW.instance] ?? 0;
    hop.callerVersion = words[at + ROW.version] ?? 0;
    hop.calleeInstance = 0;
    hop.calleeVersion = 0;
    hop.isEntry = false;
    hop.isHalf = true;
    hop.isUnanswered = true;
    hop.hasContext = true;
    this.#writeOutcome(words[at + ROW.side] ?? 0, words[at + ROW.status] ?? 0, true);
  }

  #writeCalled(at: number, source: number, callerRow: number): void {
    const { words } = this.#ring;
    const hop = this.#hop;
    const callerAt = callerRow < 0 ? -1 : this.#ring.at(callerRow);
    const side = words[source + ROW.side] ?? 0;
    const callerKind = callerAt < 0 ? 0 : (words[callerAt + ROW.side] ?? 0) & SIDE_BITS;
    // who sent a message has asked nobody: whoever took it sent its context on
    const isSentOn = callerKind === SIDE.producer && (side & SIDE_BITS) !== SIDE.consumer;
    hop.claimed = isSentOn ? 0 : (words[at + ROW.peer] ?? 0);
    hop.principal = words[source + ROW.principal] ?? 0;
    hop.proved = this.#meanings.proved(hop.principal);
    hop.caller = hop.proved === 0 ? hop.claimed : hop.proved;
    hop.rank = this.#rank();
    hop.callee = words[source + ROW.service] ?? 0;
    hop.callerInstance = callerAt < 0 ? 0 : (words[callerAt + ROW.instance] ?? 0);
    hop.callerVersion = callerAt < 0 ? 0 : (words[callerAt + ROW.version] ?? 0);
    hop.calleeInstance = words[source + ROW.instance] ?? 0;
    hop.calleeVersion = words[source + ROW.version] ?? 0;
    const isPaired = ((words[at + ROW.state] ?? 0) & STATE.paired) !== 0;
    const expectsCaller = this.#expectsCaller(at);
    hop.isEntry = hop.caller === 0 && !expectsCaller;
    hop.isHalf = expectsCaller && !isPaired;
    hop.isUnanswered = false;
    hop.hasContext = isPaired || expectsCaller || (side & SPAN_FLAG.hasContext) !== 0;
    const callerSide = callerAt < 0 ? 0 : (words[callerAt + ROW.side] ?? 0);
    hop.intended = isCallerSide(callerSide) ? (words[callerAt + ROW.peer] ?? 0) : 0;
    const status = words[source + ROW.status] ?? 0;
    this.#writeOutcome(side | (callerSide & SPAN_FLAG.operational), status, false);
  }

  /** Whether another row should tell who called. */
  #expectsCaller(at: number): boolean {
    const { words } = this.#ring;
    const state = words[at + ROW.state] ?? 0;
    if ((state & (STATE.linked | STATE.link)) !== 0) return true;
    const isBoth = ((words[at + ROW.side] ?? 0) & SIDE_BITS) === SIDE.both;
    return !isBoth && hasId(words, at + ROW.parent, 2);
  }

  #rank(): number {
    const { principal, caller, claimed } = this.#hop;
    if (principal === 0) return claimed === 0 ? RANK.none : RANK.asserted;
    if (caller === 0 || this.#meanings.mayBe(principal, caller)) return RANK.authenticated;
    return RANK.asserted;
  }

  /** A caller's span fails with an answer that is its own fault, too (4xx); for the one that was called it has not. */
  #writeOutcome(side: number, status: number, isCaller: boolean): void {
    const hop = this.#hop;
    const isClientFault = status >= 400 && status < 500;
    const hasFailed = (side & SPAN_FLAG.failed) !== 0 && !(isCaller && isClientFault);
    hop.status = status;
    hop.isOperational = (side & SPAN_FLAG.operational) !== 0;
    if ((side & SPAN_FLAG.denied) !== 0 || status === 401 || status === 403) {
      hop.outcome = OUTCOME.denied;
    } else {
      hop.outcome = hasFailed || status >= 500 ? OUTCOME.failed : OUTCOME.ok;
    }
  }

  #isMessage(source: number): boolean {
    const side = (this.#ring.words[source + ROW.side] ?? 0) & SIDE_BITS;
    return side === SIDE.consumer || side === SIDE.producer;
  }
}
