import type { Clock } from '../../base/clock.ts';
import { type Decision, type Question, REASONS, type Reason } from '../model/index.ts';
import type { DecisionLogConfig } from './config.ts';
import {
  type DecisionEntry,
  type LoggedOutcome,
  operationOf,
  outcomeOf,
  toEntry,
} from './entry.ts';
import { Kinds } from './kinds.ts';
import { Ring } from './ring.ts';

/** All decisions since the log was made. */
export interface DecisionTotals {
  readonly outcomes: Readonly<Record<LoggedOutcome, number>>;
  readonly reasons: Readonly<Record<Reason, number>>;
  /** Kept ones that nobody fetched in time; with the number of decisions that they stood for. */
  readonly dropped: number;
}

/** Keeps decisions for people to read: of denied ones all up to a rate for each caller, callee and operation, and sums of
 *  the others; of allowed ones a share, apart, so that neither pushes out the other. */
export class DecisionLog {
  readonly #config: DecisionLogConfig;
  readonly #now: Clock;
  readonly #random: () => number;
  readonly #kinds: Kinds;
  readonly #denied: Ring<DecisionEntry>;
  readonly #allowed: Ring<DecisionEntry>;
  readonly #outcomes = { allowed: 0, denied: 0, 'shadow-denied': 0 };
  readonly #reasons = Object.fromEntries(REASONS.map((reason) => [reason, 0])) as Record<
    Reason,
    number
  >;
  #dropped = 0;

  /** `random` gives numbers from 0 to 1, without 1. */
  constructor(config: DecisionLogConfig, now: Clock, random: () => number) {
    this.#config = config;
    this.#now = now;
    this.#random = random;
    this.#kinds = new Kinds(config.deniedPerMinute, config.maxKinds);
    this.#denied = new Ring(config.maxEntries);
    this.#allowed = new Ring(config.maxEntries);
  }

  /** `by`: who asked, such as `ext-authz`. */
  record(question: Question, decision: Decision, by: string): void {
    if (decision.allowed) {
      this.recordAllowed(question, () => decision, by);
      return;
    }
    this.#outcomes[outcomeOf(decision)]++;
    this.#reasons[decision.reason]++;
    const now = this.#now();
    const operation = operationOf(question, decision);
    const key = JSON.stringify([question.caller, question.service, operation, decision.reason, by]);
    const kept = this.#kinds.add(key, () => toEntry(question, decision, by, now), now);
    for (const entry of kept) this.#keep(this.#denied, entry);
  }

  /** As `record`, of a call that is known to be allowed: its decision is made in full only where it is kept. */
  recordAllowed(question: Question, decide: () => Decision, by: string): void {
    this.#outcomes.allowed++;
    this.#reasons.declared++;
    if (this.#random() >= this.#config.allowedShare) return;
    this.#keep(this.#allowed, toEntry(question, decide(), by, this.#now()));
  }

  #keep(ring: Ring<DecisionEntry>, entry: DecisionEntry): void {
    this.#dropped += ring.push(entry)?.count ?? 0;
  }

  /** What is kept at the moment, the oldest first. */
  get entries(): { readonly denied: DecisionEntry[]; readonly allowed: DecisionEntry[] } {
    return { denied: this.#denied.values(), allowed: this.#allowed.values() };
  }

  /** What is kept, and sums of what was left out; none of it is given again. */
  drain(): { readonly denied: DecisionEntry[]; readonly allowed: DecisionEntry[] } {
    for (const sum of this.#kinds.takeSums()) this.#keep(this.#denied, sum);
    const { denied, allowed } = this.entries;
    this.#denied.clear();
    this.#allowed.clear();
    return { denied, allowed };
  }

  get totals(): DecisionTotals {
    return {
      outcomes: { ...this.#outcomes },
      reasons: { ...this.#reasons },
      dropped: this.#dropped,
    };
  }
}
