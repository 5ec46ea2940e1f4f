import { setImmediate } from 'node:timers/promises';
import type { SeenService, TemplateCorrection } from '../../estate/index.ts';
import type { Knowledge } from '../../inventory/templates/index.ts';
import {
  type ServiceTraffic,
  type SummaryRules,
  summarize,
  type TrafficState,
} from '../../inventory/traffic/index.ts';

export interface HarvestRules extends SummaryRules {
  /** How often counts of what is known already are told. */
  readonly refreshMs: number;
}

/** A service as it is now, for the estate. */
export interface Harvested {
  readonly seen: SeenService;
  /** It shows something that it did not show the last time; otherwise only counts have grown. */
  readonly isNew: boolean;
}

/** What was told of a service last. */
interface Sent {
  readonly shape: string;
  readonly at: number;
  /** It holds only for a while, even where nothing more comes. */
  readonly isPassing: boolean;
}

const HOUR_MS = 3_600_000;
const NOTHING: Knowledge = { priors: [], corrections: [] };
/** Others get their turn after this long. */
const SLICE_MS = 10;
/** Harvesting takes at most this share of the time. */
const SHARE = 0.1;

/** Sums up the services that were added to, no more often than is of use: at once where something new
 *  came up, else at intervals. */
export class Harvester {
  readonly #state: TrafficState;
  readonly #rules: HarvestRules;
  readonly #clock: () => number;
  readonly #send: (harvested: readonly Harvested[]) => Promise<void>;
  readonly #knowledge = new Map<string, Knowledge>();
  readonly #sent = new Map<string, Sent>();
  /** Services whose counts have grown, to be told at the next interval. */
  readonly #grown = new Set<string>();
  #running: Promise<void> | undefined;
  #restUntil = 0;
  /** Time spent on summing up, without waiting for the estate. */
  #busyMs = 0;

  constructor(
    state: TrafficState,
    rules: HarvestRules,
    clock: () => number,
    send: (harvested: readonly Harvested[]) => Promise<void>,
  ) {
    this.#state = state;
    this.#rules = rules;
    this.#clock = clock;
    this.#send = send;
  }

  /** What is known of a service's templates; it is summed up anew. */
  setKnowledge(key: string, knowledge: Knowledge): void {
    this.#knowledge.set(key, knowledge);
    this.#state.stir(key);
  }

  /** Tells everything again, as if for the first time. */
  forget(): void {
    this.#sent.clear();
    for (const { party } of this.#state.services()) this.#state.stir(party.key);
  }

  /** Harvests where it is time. */
  async tick(): Promise<void> {
    if (this.#running !== undefined || performance.now() < this.#restUntil) return;
    this.#busyMs = 0;
    await this.#start(false);
    this.#restUntil = performance.now() + this.#busyMs / SHARE;
  }

  /** Harvests everything that was added until now. */
  settle(): Promise<void> {
    return this.#start(true);
  }

  /** What a correction would make of a service's templates. */
  preview(key: string, correction: TemplateCorrection): SeenService | undefined {
    const service = this.#state.service(key);
    if (service === undefined) return undefined;
    const { priors, corrections } = this.#knowledge.get(key) ?? NOTHING;
    const knowledge = { priors, corrections: [...corrections, correction] };
    return summarize(service, knowledge, this.#rules, this.#clock());
  }

  /** One harvest at a time: the estate is told of one before the next begins. */
  #start(isForced: boolean): Promise<void> {
    const before = this.#running ?? Promise.resolve();
    const running = before
      .catch(() => undefined)
      .then(() => this.#harvest(isForced))
      .finally(() => {
        if (this.#running === running) this.#running = undefined;
      });
    this.#running = running;
    return running;
  }

  async #harvest(isForced: boolean): Promise<void> {
    const services = [...this.#state.takeStirred(), ...this.#due(isForced)];
    let batch: Harvested[] = [];
    let sliceMs = 0;
    for (const service of new Set(services)) {
      const started = performance.now();
      const harvested = this.#sumUp(service, isForced);
      sliceMs += performance.now() - started;
      if (harvested !== undefined) batch.push(harvested);
      if (sliceMs < SLICE_MS) continue;
      this.#busyMs += sliceMs;
      sliceMs = 0;
      if (batch.length > 0) await this.#send(batch);
      batch = [];
      await setImmediate();
    }
    this.#busyMs += sliceMs;
    if (batch.length > 0) await this.#send(batch);
  }

  /** Services that grew, or of which something passing was told, and that were not told again since. */
  #due(isForced: boolean): ServiceTraffic[] {
    const now = this.#clock();
    return [...this.#sent].flatMap(([key, { at, isPassing }]) => {
      const isDue = this.#grown.has(key)
        ? isForced || at <= now - this.#rules.refreshMs
        : isPassing && at <= now - HOUR_MS;
      return isDue ? (this.#state.service(key) ?? []) : [];
    });
  }

  #sumUp(service: ServiceTraffic, isForced: boolean): Harvested | undefined {
    const { key } = service.party;
    const now = this.#clock();
    const seen = summarize(service, this.#knowledge.get(key) ?? NOTHING, this.#rules, now);
    const shape = shapeOf(seen);
    const sent = this.#sent.get(key);
    const isNew = sent?.shape !== shape;
    if (!isNew && !isForced && now - sent.at < this.#rules.refreshMs) {
      this.#grown.add(key);
      return undefined;
    }
    this.#grown.delete(key);
    this.#sent.set(key, { shape, at: now, isPassing: isPassing(seen) });
    return { seen, isNew };
  }
}

/** A rate is that of the last hour, and a change is told for some days. */
function isPassing({ endpoints }: SeenService): boolean {
  return endpoints.some(({ traffic }) => traffic.perMinute > 0 || traffic.changes.length > 0);
}

/** What there is, without how often. */
function shapeOf({ endpoints, callers }: SeenService): string {
  const parts = endpoints.map(
    ({ protocol, method, template, doubt, isOperational, traffic, callers: own }) =>
      `${protocol} ${method} ${template} ${doubt ?? ''} ${isOperational} ${traffic.changes.length} ${traffic.sensitivity} ${keysOf(own)}`,
  );
  return [...parts.sort(), keysOf(callers)].join('\n');
}

function keysOf(callers: SeenService['callers']): string {
  return callers
    .map(({ party, isProved }) => `${party.key}${isProved ? '!' : ''}`)
    .sort()
    .join(',');
}
