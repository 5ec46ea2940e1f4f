import { type JudgeOptions, judge } from '../assurance/index.ts';
import { type Clock, toTimestamp } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import {
  type EstateStore,
  type JudgedEstate,
  type ServiceRecord,
  toRecords,
} from '../estate/index.ts';
import { type JudgeResult, judgeApart, type Known } from './jobs.ts';
import type { Metrics } from './metrics.ts';
import { summarise } from './summaries.ts';
import { changesOf } from './tracing/changes.ts';

export interface JudgingPorts {
  readonly store: EstateStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly options: JudgeOptions;
  /** Told when a judgement begins, before it reads the store. */
  readonly onBegin?: () => void;
  /** Hears of the services that are known after each judgement, of what was judged, and of when services were changed. */
  readonly onKnown: (
    known: readonly ServiceRecord[],
    judged: JudgedEstate,
    changes: ReadonlyMap<string, number>,
  ) => void;
  /** Quiet time after a change before it is judged. */
  readonly quietMs: number;
  /** The estate is judged after this long even when nothing changed: credentials expire. */
  readonly everyMs: number;
}

/** Estates up to this many facts are judged in place, which takes less than starting a thread. */
const MAX_FACTS_IN_PLACE = 5_000;
const RETRY_MS = 5_000;
const MIN_REFRESH_MS = 15_000;
/** Of the time that judging takes, between two judgements of counts. */
const REFRESH_RATIO = 10;

/** Judges the estate after it changed and publishes what comes of it; one judgement at a time, and
 *  one for all changes that came meanwhile. */
export class Judging {
  readonly #ports: JudgingPorts;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<boolean> | undefined;
  #wanted = false;
  #hasGrown = false;
  #dueAt = 0;
  #lastMs = 0;

  constructor(ports: JudgingPorts) {
    this.#ports = ports;
  }

  /** Says that facts have changed. */
  request(delayMs = this.#ports.quietMs): void {
    this.#wanted = true;
    if (this.#running !== undefined || this.#stop.signal.aborted) return;
    this.#schedule(delayMs);
  }

  /** Says that only counts have grown: they are judged when that costs little beside the rest. */
  refresh(): void {
    this.#hasGrown = true;
    if (this.#running !== undefined) return;
    this.request(Math.max(MIN_REFRESH_MS, this.#lastMs * REFRESH_RATIO));
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
    this.#hasGrown = false;
    this.#running = this.#judge().then((ok) => {
      this.#running = undefined;
      if (!ok) this.request(RETRY_MS);
      else if (this.#wanted) this.request();
      else if (this.#hasGrown) this.refresh();
      else this.#judgeLater();
      return ok;
    });
  }

  #judgeLater(): void {
    if (this.#stop.signal.aborted) return;
    this.#schedule(this.#ports.everyMs);
  }

  /** The earliest of what was asked for holds. */
  #schedule(delayMs: number): void {
    const dueAt = performance.now() + delayMs;
    if (this.#timer !== undefined && this.#dueAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.#start(), delayMs);
  }

  async #judge(): Promise<boolean> {
    const { store, clock, log, metrics, onBegin, onKnown } = this.#ports;
    const startedAt = clock();
    try {
      onBegin?.();
      const stored = await store.facts();
      const facts = stored.map(({ fact }) => fact);
      const changes = changesOf(stored);
      const traffic = await store.traffic();
      const { known, ...judged } = await this.#compute({ facts, traffic }, toTimestamp(startedAt));
      onKnown(known, judged, changes);
      await store.publish(judged, toTimestamp(clock()), summarise(judged));
      this.#lastMs = clock() - startedAt;
      const seconds = this.#lastMs / 1_000;
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

  async #compute(known: Known, now: string): Promise<JudgeResult> {
    const { options } = this.#ports;
    if (known.facts.length > MAX_FACTS_IN_PLACE) {
      return judgeApart({ kind: 'judge', now, options }, known, { signal: this.#stop.signal });
    }
    const records = toRecords(known.facts);
    return { ...judge(records, now, known.traffic, options), known: records.services };
  }
}
