import type { Operation } from '../meaning/index.ts';
import type { PairingHandler } from '../pairing/index.ts';
import { type ReasonCounts, reasonNumber } from '../reasons.ts';
import type { CountedCall } from '../taken.ts';
import { type CallEntry, CallTable, HOST } from './call-table.ts';
import type { Parties } from './parties.ts';
import type { SightingTable } from './sighting-table.ts';

const CALLER_OUT = reasonNumber('caller pushed out');
const CALLED_OUT = reasonNumber('called side pushed out');
const OPERATION_FORGOTTEN = reasonNumber('operation forgotten');
const HOST_FORGOTTEN = reasonNumber('host forgotten');
const TOO_MANY_TRIES = reasonNumber('too many tries');

/** Counts the calls that pairing finds, until they are drained. */
export class CallLog implements PairingHandler {
  /** Milliseconds since 1970 of the span that is being read. */
  at = 0;
  readonly #table = new CallTable();
  readonly #parties: Parties;
  readonly #sightings: SightingTable;
  readonly #counts: ReasonCounts;
  /** Drained when the table was full. */
  #before: CountedCall[] = [];

  constructor(parties: Parties, sightings: SightingTable, counts: ReasonCounts) {
    this.#parties = parties;
    this.#sightings = sightings;
    this.#counts = counts;
  }

  /** A service that calls itself is no call between services. */
  onPair(caller: number, called: number, operation: number): void {
    if (caller !== called) this.#add(caller, called, operation, this.at);
  }

  /** A service that sends no traces is still called: by the address that its caller gives. */
  onUnanswered(caller: number, host: number, seenAt: number): void {
    if (host !== 0) this.#add(caller, host, HOST, seenAt * 1_000);
  }

  onPushedOut(side: 'caller' | 'called'): void {
    this.#counts.add(side === 'caller' ? CALLER_OUT : CALLED_OUT);
  }

  onTooManyTries(): void {
    this.#counts.add(TOO_MANY_TRIES);
  }

  drain(): CountedCall[] {
    const calls = this.#before;
    this.#before = [];
    for (const entry of this.#table.drain()) this.#toCall(entry, calls);
    return calls;
  }

  #add(caller: number, called: number, operation: number, at: number): void {
    if (this.#table.isFull) this.#before = this.drain();
    this.#table.add(caller, called, operation, at);
  }

  #toCall({ caller, called, operation, at, count }: CallEntry, into: CountedCall[]): void {
    const from = this.#parties.service(caller);
    const isHost = operation === HOST;
    const to = isHost ? this.#parties.host(called) : this.#parties.service(called);
    if (from === undefined || to === undefined) {
      this.#counts.add(HOST_FORGOTTEN, count);
      return;
    }
    into.push({ caller: from, service: to, at, count, ...this.#operation(operation, count) });
  }

  #operation(id: number, count: number): Pick<CountedCall, 'operation'> {
    if (id === 0 || id === HOST) return {};
    const operation = this.#sightings.operationOf(id);
    if (operation === undefined) {
      this.#counts.add(OPERATION_FORGOTTEN, count);
      return {};
    }
    return { operation: pickOperation(operation) };
  }
}

function pickOperation({
  protocol,
  method,
  path,
  route,
}: Operation): CountedCall['operation'] & {} {
  return { protocol, method, path, ...(route !== undefined && { route }) };
}
