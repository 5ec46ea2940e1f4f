import { SIDE } from '../../estate/spans/index.ts';
import type { Meanings } from './meanings.ts';
import type { ReasonCounts } from './reasons.ts';
import { MAX_TRIES, ROW, type RowRing, STATE } from './row-ring.ts';

const SIDE_BITS = 0xff;

export function isCallerSide(side: number): boolean {
  const one = side & SIDE_BITS;
  return one === SIDE.caller || one === SIDE.producer;
}

/** Finds for each row that comes what it belongs to: the same row again, the one that called, those that it called. */
export class Matching {
  readonly #ring: RowRing;
  readonly #meanings: Meanings;
  readonly #counts: ReasonCounts;
  readonly #onPaired: (row: number) => void;

  constructor(
    ring: RowRing,
    meanings: Meanings,
    counts: ReasonCounts,
    /** Hears of each row of a called side whose caller is known now. */
    onPaired: (row: number) => void,
  ) {
    this.#ring = ring;
    this.#meanings = meanings;
    this.#counts = counts;
    this.#onPaired = onPaired;
  }

  /** Whether the same service has told the same span before. The row is not linked yet. */
  isKnown(row: number): boolean {
    const ring = this.#ring;
    const at = ring.at(row);
    ring.seek(ring.words, at + ROW.trace, at + ROW.span);
    let tries = 0;
    for (let other = ring.firstOfSpan(); other >= 0; other = ring.nextOfSpan(other)) {
      if (++tries > MAX_TRIES) break;
      if (!ring.isOfSpan(other)) continue;
      const otherAt = ring.at(other);
      if (this.#side(otherAt) !== this.#side(at)) continue;
      if (ring.words[otherAt + ROW.service] === ring.words[at + ROW.service]) return true;
    }
    return false;
  }

  /** Brings a row together with what came before it; it has been linked. */
  match(row: number, hasSpan: boolean, hasParent: boolean): void {
    if (hasParent) this.#matchParent(row);
    if (hasSpan) this.#matchChildren(row);
  }

  /** The row that the parent of this one is, of the side that calls if there is one; -1 if none came. */
  #parentOf(row: number): number {
    const ring = this.#ring;
    const at = ring.at(row);
    ring.seek(ring.words, at + ROW.trace, at + ROW.parent);
    let best = -1;
    let tries = 0;
    for (let other = ring.firstOfSpan(); other >= 0; other = ring.nextOfSpan(other)) {
      if (++tries > MAX_TRIES) {
        this.#counts.add('too-many-tries');
        break;
      }
      if (other === row || !ring.isOfSpan(other)) continue;
      if (isCallerSide(this.#side(ring.at(other)))) return other;
      best = other;
    }
    return best;
  }

  #matchParent(row: number): void {
    const parent = this.#parentOf(row);
    if (parent >= 0) this.#bring(row, parent);
  }

  #matchChildren(row: number): void {
    const ring = this.#ring;
    const at = ring.at(row);
    ring.seek(ring.words, at + ROW.trace, at + ROW.span);
    let tries = 0;
    for (let child = ring.firstChild(); child >= 0; ) {
      if (++tries > MAX_TRIES) {
        this.#counts.add('too-many-tries');
        return;
      }
      // before it is told of, which looks for others
      const next = ring.nextChild(child);
      if (child !== row && ring.isChild(child)) {
        this.#bring(child, row);
        ring.seek(ring.words, at + ROW.trace, at + ROW.span);
      }
      child = next;
    }
  }

  /** A row and the one that its parent is. */
  #bring(child: number, parent: number): void {
    const { words } = this.#ring;
    const childAt = this.#ring.at(child);
    const parentAt = this.#ring.at(parent);
    const isSame = words[childAt + ROW.service] === words[parentAt + ROW.service];
    const parentCalls = isCallerSide(this.#side(parentAt));
    if (isCallerSide(this.#side(childAt))) {
      if (parentCalls && isSame) this.#answer(parentAt);
      return;
    }
    if (parentCalls) this.#pairWithCaller(child, parent);
    else if (isSame) this.#nest(childAt, parentAt);
    else this.#pair(child, parent);
  }

  /** The parent is of the side that calls. */
  #pairWithCaller(child: number, caller: number): void {
    const { words } = this.#ring;
    const childAt = this.#ring.at(child);
    const callerAt = this.#ring.at(caller);
    const wasToldAlone = this.#is(callerAt, STATE.done) && !this.#is(callerAt, STATE.answered);
    const isTold = this.#is(childAt, STATE.done);
    const isSameTarget = words[callerAt + ROW.peer] === words[childAt + ROW.service];
    this.#answer(callerAt);
    if (isTold && !this.#is(childAt, STATE.paired | STATE.silent)) this.#counts.add('late');
    if (isTold || this.#is(childAt, STATE.paired)) return;
    if (wasToldAlone && isSameTarget) {
      this.#counts.add('late');
      this.#set(childAt, STATE.done | STATE.numbered);
      words[childAt + ROW.hop] = words[callerAt + ROW.hop] ?? 0;
      words[childAt + ROW.depth] = words[callerAt + ROW.depth] ?? 0;
      return;
    }
    this.#pair(child, caller);
  }

  #pair(child: number, caller: number): void {
    const { words } = this.#ring;
    const at = this.#ring.at(child);
    if (this.#is(at, STATE.done | STATE.paired)) return;
    const claimed = this.#claimedBy(at, this.#ring.at(caller));
    words[at + ROW.mate] = caller;
    words[at + ROW.peer] = claimed;
    this.#set(at, STATE.paired);
    if (!this.isSelfCall(at)) this.#onPaired(child);
  }

  /** Whether all that is known says that a service called itself; then its row is no hop, and counted. Who claims to be the
   *  service that he calls, and is proved to be another, is told of. */
  isSelfCall(at: number): boolean {
    const { words } = this.#ring;
    const service = words[at + ROW.service] ?? 0;
    const claimed = words[at + ROW.peer] ?? 0;
    const principal = words[at + ROW.principal] ?? 0;
    const isSelf =
      claimed === service
        ? !this.#isOther(at, service)
        : claimed === 0 && this.#meanings.proved(principal) === service;
    if (isSelf) this.#silence(at, 'self-call');
    return isSelf;
  }

  /** Who says that it called. Where a service without instrumentation has sent on the context that it got, the parent is
   *  the request to it; it has proved that it is the one in between. */
  #claimedBy(at: number, callerAt: number): number {
    const { words } = this.#ring;
    const claimed = words[callerAt + ROW.service] ?? 0;
    const target = words[callerAt + ROW.peer] ?? 0;
    const principal = words[at + ROW.principal] ?? 0;
    if (target === words[at + ROW.service] || !this.#isOther(at, claimed)) return claimed;
    // whoever took a message goes on from where it was sent
    if (target === 0 && this.#side(callerAt) === SIDE.producer) return 0;
    return target !== 0 && this.#meanings.mayBe(principal, target) ? target : claimed;
  }

  /** Inner spans of one request: a proxy's and the service's own, a server's and a framework's. */
  #nest(childAt: number, parentAt: number): void {
    const { words } = this.#ring;
    if (this.#is(childAt, STATE.done | STATE.paired)) return;
    const principal = words[childAt + ROW.principal];
    const isOfParent = principal === words[parentAt + ROW.principal];
    if (!isOfParent && this.#isOther(childAt, words[childAt + ROW.service] ?? 0)) return;
    this.#silence(childAt, 'nested');
  }

  /** Whether somebody else than a service is proved to have called. */
  #isOther(at: number, service: number): boolean {
    const principal = this.#ring.words[at + ROW.principal] ?? 0;
    return principal !== 0 && !this.#meanings.mayBe(principal, service);
  }

  #silence(at: number, reason: 'nested' | 'self-call'): void {
    this.#set(at, STATE.done | STATE.silent);
    this.#counts.add(reason);
  }

  #answer(at: number): void {
    this.#set(at, STATE.answered);
  }

  #side(at: number): number {
    return (this.#ring.words[at + ROW.side] ?? 0) & SIDE_BITS;
  }
  #is(at: number, state: number): boolean {
    return ((this.#ring.words[at + ROW.state] ?? 0) & state) !== 0;
  }
  #set(at: number, state: number): void {
    const { words } = this.#ring;
    words[at + ROW.state] = (words[at + ROW.state] ?? 0) | state;
  }
}
