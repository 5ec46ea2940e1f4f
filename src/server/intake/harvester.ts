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
  readonly #sent = new Map<string, { shape: string; at: number }>();
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
  async settle(): Promise<void> {
    await this.#running;
    await this.#start(true);
  }

  /** What a correction would make of a service's templates. */
  preview(key: string, correction: TemplateCorrection): SeenService | undefined {
    const service = this.#state.service(key);
    if (service === undefined) return undefined;
    const { priors, corrections } = this.#knowledge.get(key) ?? NOTHING;
    const knowledge = { priors, corrections: [...corrections, correction] };
    return summarize(service, knowledge, this.#rules, this.#clock());
  }

  #start(isForced: boolean): Promise<void> {
    this.#running = this.#harvest(isForced).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
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

  /** Services whose counts grew and were not told for an interval. */
  #due(isForced: boolean): ServiceTraffic[] {
    const limit = this.#clock() - this.#rules.refreshMs;
    return [...this.#grown].flatMap((key) => {
      const isDue = isForced || (this.#sent.get(key)?.at ?? 0) <= limit;
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
    this.#sent.set(key, { shape, at: now });
    return { seen, isNew };
  }
}

/** What there is, without how often. */
function shapeOf({ endpoints, callers }: SeenService): string {
  const parts = endpoints.map(
    ({ protocol, method, template, doubt, isOperational, traffic, callers: own }) =>
      `${protocol} ${method} ${template} ${doubt ?? ''} ${isOperational} ${traffic.changes.length} ${keysOf(own)}`,
  );
  return [...parts.sort(), keysOf(callers)].join('\n');
}

function keysOf(callers: SeenService['callers']): string {
  return callers
    .map(({ party, isProved }) => `${party.key}${isProved ? '!' : ''}`)
    .sort()
    .join(',');
}
