import { judge } from '../assurance/index.ts';
import { type Clock, toTimestamp } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type EstateStore, type Fact, type ServiceRecord, toRecords } from '../estate/index.ts';
import { type JudgeResult, judgeApart } from './jobs.ts';
import type { Metrics } from './metrics.ts';

export interface JudgingPorts {
  readonly store: EstateStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Hears of the services that are known after each judgement. */
  readonly onKnown: (known: readonly ServiceRecord[]) => void;
  /** Quiet time after a change before it is judged. */
  readonly quietMs: number;
  /** The estate is judged after this long even when nothing changed: credentials expire. */
  readonly everyMs: number;
}

/** Estates up to this many facts are judged in place, which takes less than starting a thread. */
const MAX_FACTS_IN_PLACE = 5_000;
const RETRY_MS = 5_000;

/** Judges the estate after it changed and publishes what comes of it; one judgement at a time, and
 *  one for all changes that came meanwhile. */
export class Judging {
  readonly #ports: JudgingPorts;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<boolean> | undefined;
  #wanted = false;

  constructor(ports: JudgingPorts) {
    this.#ports = ports;
  }

  /** Says that facts have changed. */
  request(delayMs = this.#ports.quietMs): void {
    this.#wanted = true;
    if (this.#running !== undefined || this.#stop.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), delayMs);
  }

  /** Judges at once what changed until now. False where the store is away; it is tried again later. */
  async settle(): Promise<boolean> {
    while (this.#running !== undefined || this.#wanted) {
      if (this.#running === undefined) this.#start();
      if ((await this.#running) === false) return false;
    }
    return true;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = false;
    this.#running = this.#judge().then((ok) => {
      this.#running = undefined;
      if (!ok) this.request(RETRY_MS);
      else if (this.#wanted) this.request();
      else this.#judgeLater();
      return ok;
    });
  }

  #judgeLater(): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => this.#start(), this.#ports.everyMs);
  }

  async #judge(): Promise<boolean> {
    const { store, clock, log, metrics, onKnown } = this.#ports;
    const startedAt = clock();
    try {
      const facts = (await store.facts()).map(({ fact }) => fact);
      const { known, ...judged } = await this.#compute(facts, toTimestamp(startedAt));
      onKnown(known);
      await store.publish(judged, toTimestamp(clock()));
      const seconds = (clock() - startedAt) / 1_000;
      metrics.judgeSeconds.observe(seconds);
      metrics.setAnswers(judged.answers);
      log.info({ factCount: facts.length, findings: judged.findings.length, seconds }, 'judged');
      return true;
    } catch (thrown) {
      if (this.#stop.signal.aborted) return true;
      log.error({ err: thrown }, 'the estate could not be judged; trying again');
      return false;
    }
  }

  async #compute(facts: readonly Fact[], now: string): Promise<JudgeResult> {
    if (facts.length > MAX_FACTS_IN_PLACE) {
      return judgeApart({ kind: 'judge', now }, facts, { signal: this.#stop.signal });
    }
    const records = toRecords(facts);
    return { ...judge(records, now), known: records.services };
  }
}
