import type { CredentialSeen, Party, Sighting } from '../../estate/index.ts';

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

/** Distinct things of each kind that one tally holds; what is further is only counted. */
const MAX_CALLERS = 64;
const MAX_STATUSES = 64;
const MAX_PARAMETERS = 64;
const HOURS = 24;
const HOUR_MS = 3_600_000;

/** What was seen of one method of one path or template. Tallies add up in any order: the sum does not
 *  depend on which requests came first, or on which tally counted them, as long as nothing is over
 *  its limit. */
export class Tally {
  requests = 0;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = 0;
  /** Requests that the platform itself made. */
  operational = 0;
  /** By status; 0 where none was told. */
  readonly statuses = new Map<number, Span>();
  #callers: Map<string, CallerSpan> | undefined;
  #credentials: Map<CredentialSeen, Span> | undefined;
  #parameters: Map<string, Span> | undefined;
  #sensitivity: Set<string> | undefined;
  /** Requests by hour since 1970, for the last day. */
  #hours: Map<number, number> | undefined;

  get callers(): ReadonlyMap<string, CallerSpan> {
    return this.#callers ?? EMPTY;
  }
  get credentials(): ReadonlyMap<CredentialSeen, Span> {
    return this.#credentials ?? EMPTY;
  }
  get parameters(): ReadonlyMap<string, Span> {
    return this.#parameters ?? EMPTY;
  }
  get sensitivity(): ReadonlySet<string> {
    return this.#sensitivity ?? NONE;
  }
  get hours(): ReadonlyMap<number, number> {
    return this.#hours ?? EMPTY;
  }

  add(sighting: Sighting): void {
    const { status, count, firstAt, lastAt, caller, credential, parameters } = sighting;
    const span = { count, firstAt, lastAt };
    this.#addSpan(span);
    if (sighting.isOperational) this.operational += count;
    addTo(this.statuses, status, span, MAX_STATUSES);
    this.#addHour(Math.floor(lastAt / HOUR_MS), count);
    if (caller) this.#addCaller(caller, span, sighting.isCallerProved === true);
    if (credential) {
      this.#credentials ??= new Map();
      addTo(this.#credentials, credential, span, MAX_STATUSES);
    }
    for (const name of parameters ?? []) {
      this.#parameters ??= new Map();
      addTo(this.#parameters, name, span, MAX_PARAMETERS);
    }
    for (const tag of sighting.sensitivity ?? []) {
      this.#sensitivity ??= new Set();
      this.#sensitivity.add(tag);
    }
  }

  /** Who asked, learnt apart from the requests. */
  addCall(caller: Party, at: number): void {
    this.#addCaller(caller, { count: 1, firstAt: at, lastAt: at }, false);
  }

  merge(other: Tally): void {
    this.#addSpan({ count: other.requests, firstAt: other.firstAt, lastAt: other.lastAt });
    this.operational += other.operational;
    for (const [status, span] of other.statuses) addTo(this.statuses, status, span, MAX_STATUSES);
    for (const [hour, count] of other.hours) this.#addHour(hour, count);
    for (const caller of other.callers.values()) {
      this.#addCaller(caller.party, caller, caller.isProved);
    }
    for (const [credential, span] of other.credentials) {
      this.#credentials ??= new Map();
      addTo(this.#credentials, credential, span, MAX_STATUSES);
    }
    for (const [name, span] of other.parameters) {
      this.#parameters ??= new Map();
      addTo(this.#parameters, name, span, MAX_PARAMETERS);
    }
    for (const tag of other.sensitivity) {
      this.#sensitivity ??= new Set();
      this.#sensitivity.add(tag);
    }
  }

  #addSpan({ count, firstAt, lastAt }: Span): void {
    this.requests += count;
    if (firstAt < this.firstAt) this.firstAt = firstAt;
    if (lastAt > this.lastAt) this.lastAt = lastAt;
  }

  #addCaller(party: Party, { count, firstAt, lastAt }: Span, isProved: boolean): void {
    this.#callers ??= new Map();
    const known = this.#callers.get(party.key);
    if (known) {
      addSpan(known, { count, firstAt, lastAt });
      if (isProved) known.isProved = true;
    } else if (this.#callers.size < MAX_CALLERS) {
      this.#callers.set(party.key, { party, count, firstAt, lastAt, isProved });
    }
  }

  #addHour(hour: number, count: number): void {
    this.#hours ??= new Map();
    this.#hours.set(hour, (this.#hours.get(hour) ?? 0) + count);
    if (this.#hours.size <= HOURS) return;
    this.#hours.delete(Math.min(...this.#hours.keys()));
  }
}

const EMPTY: ReadonlyMap<never, never> = new Map<never, never>();
const NONE: ReadonlySet<string> = new Set<string>();

function addSpan(span: Span, { count, firstAt, lastAt }: Span): void {
  span.count += count;
  if (firstAt < span.firstAt) span.firstAt = firstAt;
  if (lastAt > span.lastAt) span.lastAt = lastAt;
}

function addTo<Key>(spans: Map<Key, Span>, key: Key, span: Span, max: number): void {
  const known = spans.get(key);
  if (known) addSpan(known, span);
  else if (spans.size < max) spans.set(key, { ...span });
}
