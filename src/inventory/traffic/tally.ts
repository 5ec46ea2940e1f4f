import type { CredentialSeen, Party, PayloadSamples, Sighting } from '../../estate/index.ts';
import { addSamples } from '../../estate/sighting/index.ts';

/** Requests of one kind, with the span of time (milliseconds since 1970) in which they were seen. */
export interface Span {
  count: number;
  firstAt: number;
  lastAt: number;
}

export interface CallerSpan extends Span {
  readonly party: Party;
  isProved: boolean;
}

/** Distinct things of each kind that one tally holds; what is further is left out. */
const MAX_DISTINCT = 64;
const HOURS = 24;
const HOUR_MS = 3_600_000;

/** All that a tally holds. */
export interface TallyParts {
  readonly requests: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly operational: number;
  readonly statuses: Map<number, Span>;
  readonly hours: Map<number, number>;
  readonly callers: Map<string, CallerSpan>;
  readonly credentials: Map<CredentialSeen, Span>;
  readonly parameters: Map<string, Span>;
  readonly samples: PayloadSamples | undefined;
}

/** What was seen of one method of one path or template. Tallies add up in any order: the sum does not
 *  depend on which requests came first, or on which tally counted them, as long as nothing is over
 *  its limit. There may be a hundred thousand of them, so most of a tally is only there when used. */
export class Tally {
  requests = 0;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = 0;
  /** Requests that the platform itself made. */
  operational = 0;
  /** By status; 0 where none was told. */
  statuses: ReadonlyMap<number, Span> = EMPTY;
  /** By hour since 1970, for the last day. */
  hours: ReadonlyMap<number, number> = EMPTY;
  callers: ReadonlyMap<string, CallerSpan> = EMPTY;
  credentials: ReadonlyMap<CredentialSeen, Span> = EMPTY;
  parameters: ReadonlyMap<string, Span> = EMPTY;
  /** What samples of its payloads held; undefined where none was judged. */
  samples: PayloadSamples | undefined = undefined;

  static of(parts: TallyParts): Tally {
    return Object.assign(new Tally(), parts);
  }

  add(sighting: Sighting): void {
    const { status, count, firstAt, lastAt, caller, credential, parameters } = sighting;
    this.#addSpan(count, firstAt, lastAt);
    if (sighting.isOperational) this.operational += count;
    this.statuses = add(this.statuses, status, count, firstAt, lastAt);
    this.#addHour(Math.floor(lastAt / HOUR_MS), count);
    if (caller) this.#addCaller(caller, sighting, sighting.isCallerProved === true);
    if (credential) {
      this.credentials = add(this.credentials, credential, count, firstAt, lastAt);
    }
    if (parameters !== undefined) {
      for (const name of parameters) {
        this.parameters = add(this.parameters, name, count, firstAt, lastAt);
      }
    }
    if (sighting.samples !== undefined) this.samples = addSamples(this.samples, sighting.samples);
  }

  /** Who asked, learnt apart from the requests. */
  addCall(caller: Party, at: number, count: number): void {
    this.#addCaller(caller, { count, firstAt: at, lastAt: at }, false);
  }

  merge(other: Tally): void {
    this.#addSpan(other.requests, other.firstAt, other.lastAt);
    this.operational += other.operational;
    this.statuses = addAll(this.statuses, other.statuses);
    this.credentials = addAll(this.credentials, other.credentials);
    this.parameters = addAll(this.parameters, other.parameters);
    for (const [hour, count] of other.hours) this.#addHour(hour, count);
    for (const caller of other.callers.values()) {
      this.#addCaller(caller.party, caller, caller.isProved);
    }
    if (other.samples !== undefined) this.samples = addSamples(this.samples, other.samples);
  }

  #addSpan(count: number, firstAt: number, lastAt: number): void {
    this.requests += count;
    if (firstAt < this.firstAt) this.firstAt = firstAt;
    if (lastAt > this.lastAt) this.lastAt = lastAt;
  }

  #addCaller(party: Party, { count, firstAt, lastAt }: Span, isProved: boolean): void {
    const known = this.callers.get(party.key);
    if (known) {
      addSpan(known, count, firstAt, lastAt);
      if (isProved) known.isProved = true;
    } else if (this.callers.size < MAX_DISTINCT) {
      const span = { party, count, firstAt, lastAt, isProved };
      this.callers = writable(this.callers).set(party.key, span);
    }
  }

  #addHour(hour: number, count: number): void {
    const hours = writable(this.hours);
    hours.set(hour, (hours.get(hour) ?? 0) + count);
    if (hours.size > HOURS) hours.delete(Math.min(...hours.keys()));
    this.hours = hours;
  }
}

const EMPTY: ReadonlyMap<never, never> = new Map<never, never>();

/** The map itself, unless it is the empty one that all tallies share. */
function writable<Key, Value>(map: ReadonlyMap<Key, Value>): Map<Key, Value> {
  return map === EMPTY ? new Map() : (map as Map<Key, Value>);
}

function addSpan(span: Span, count: number, firstAt: number, lastAt: number): void {
  span.count += count;
  if (firstAt < span.firstAt) span.firstAt = firstAt;
  if (lastAt > span.lastAt) span.lastAt = lastAt;
}

function add<Key>(
  spans: ReadonlyMap<Key, Span>,
  key: Key,
  count: number,
  firstAt: number,
  lastAt: number,
): ReadonlyMap<Key, Span> {
  const known = spans.get(key);
  if (known) addSpan(known, count, firstAt, lastAt);
  else if (spans.size < MAX_DISTINCT) {
    return writable(spans).set(key, { count, firstAt, lastAt });
  }
  return spans;
}

function addAll<Key>(
  spans: ReadonlyMap<Key, Span>,
  others: ReadonlyMap<Key, Span>,
): ReadonlyMap<Key, Span> {
  let sum = spans;
  for (const [key, { count, firstAt, lastAt }] of others) {
    sum = add(sum, key, count, firstAt, lastAt);
  }
  return sum;
}
