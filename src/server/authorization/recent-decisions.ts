import {
  type DecisionEntry,
  DecisionLog,
  type DecisionLogConfig,
} from '../../authorization/log/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

/** Of denied and of allowed decisions, held for people to look at. */
const HELD = 1_000;
const DRAIN_MS = 5_000;

export interface RecentDecisionsParts {
  readonly config: DecisionLogConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/** The decision log of this server: what is kept of it goes to the log of the process, and the last of it can be asked
 *  for. */
export class RecentDecisions {
  readonly decisions: DecisionLog;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #denied: readonly DecisionEntry[] = [];
  #allowed: readonly DecisionEntry[] = [];

  constructor({ config, clock, log }: RecentDecisionsParts) {
    this.decisions = new DecisionLog(config, clock, Math.random);
    this.#log = log;
    this.#timer = setInterval(() => this.#drain(), DRAIN_MS).unref();
  }

  /** The newest first. */
  list(): {
    readonly denied: readonly DecisionEntry[];
    readonly allowed: readonly DecisionEntry[];
  } {
    this.#drain();
    return { denied: this.#denied, allowed: this.#allowed };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#drain();
  }

  #drain(): void {
    const { denied, allowed } = this.decisions.drain();
    for (const entry of denied) this.#log.warn(entry, 'denied');
    for (const entry of allowed) this.#log.info(entry, 'allowed');
    if (denied.length > 0) this.#denied = newestFirst(this.#denied, denied);
    if (allowed.length > 0) this.#allowed = newestFirst(this.#allowed, allowed);
  }
}

function newestFirst(
  held: readonly DecisionEntry[],
  added: readonly DecisionEntry[],
): readonly DecisionEntry[] {
  return [...added.toReversed(), ...held].slice(0, HELD);
}
