import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, toTimestamp } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type {
  Endpoint,
  EstateStore,
  SeenService,
  ServiceRecord,
  TemplateCorrection,
} from '../../estate/index.ts';
import type { Knowledge } from '../../inventory/templates/index.ts';
import { TrafficAttribution } from '../../sources/attribution/index.ts';
import type { Harvested } from './harvester.ts';
import { TemplateKnowledge } from './knowledge.ts';

export interface EstateFeedPorts {
  /** Environment of services that name none. */
  readonly environment: string;
  readonly store: EstateStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after the estate learnt something from traffic; `isNew` where it was more than counts. */
  readonly onFolded: (isNew: boolean) => void;
}

export interface EstateFeedListener {
  /** Hears what is known of the templates of a party, where that changed. */
  readonly onKnowledge: (key: string, knowledge: Knowledge) => void;
  /** Called where everything is to be told again: services are others than before. */
  readonly onForget: () => void;
}

const RETRY_MS = 1_000;

/** Writes to the estate what is seen of each service, as that service of the estate which it is. */
export class EstateFeed {
  readonly #ports: EstateFeedPorts;
  readonly #listener: EstateFeedListener;
  readonly #knowledge = new TemplateKnowledge();
  readonly #closing = new AbortController();
  readonly #known = Promise.withResolvers<void>();
  #attribution: TrafficAttribution | undefined;
  #knownIds = '';
  /** Service id by party; null for one that is none of the estate's. */
  readonly #ids = new Map<string, string | null>();

  constructor(ports: EstateFeedPorts, listener: EstateFeedListener) {
    this.#ports = ports;
    this.#listener = listener;
  }

  /** Tells what the estate knows: services for traffic to be attributed to, and templates that need
   *  not be learnt. Until it is told for the first time, traffic is only kept. */
  setKnown(services: readonly ServiceRecord[], endpoints: readonly Endpoint[]): void {
    const ids = services
      .map(({ id, isAnywhere, aliases }) => `${id} ${isAnywhere} ${aliases.join(' ')}`)
      .join('\n');
    const isFirst = this.#attribution === undefined;
    if (isFirst || ids !== this.#knownIds) {
      this.#attribution = new TrafficAttribution(services, this.#ports.environment);
      this.#knownIds = ids;
      if (!isFirst) this.#listener.onForget();
    }
    this.#knowledge.setEndpoints(endpoints);
    this.#tellKnowledge();
    if (isFirst) this.#known.resolve();
  }

  /** All corrections in force, by service id. */
  setCorrections(corrections: ReadonlyMap<string, readonly TemplateCorrection[]>): void {
    this.#knowledge.setCorrections(corrections);
    this.#tellKnowledge();
  }

  /** The party that a service of the estate is seen as. */
  partyOf(serviceId: string): string | undefined {
    return [...this.#ids].find(([, id]) => id === serviceId)?.[0];
  }

  /** Resolves when all of it is in the estate, or the feed is closed. */
  async apply(harvested: readonly Harvested[]): Promise<void> {
    await this.#known.promise;
    let isNew = false;
    for (const one of harvested) {
      if (this.#closing.signal.aborted) return;
      if ((await this.#applyOne(one.seen)) || one.isNew) isNew = true;
    }
    if (!this.#closing.signal.aborted) this.#ports.onFolded(isNew);
  }

  /** Whether the service is another than before. */
  async #applyOne(seen: SeenService): Promise<boolean> {
    const { store, clock } = this.#ports;
    const { key } = seen.party;
    const scope = `traffic:${key}`;
    const attributed = this.#attribution?.attribute(seen);
    const before = this.#ids.get(key);
    const id = attributed?.serviceId ?? null;
    if (attributed === undefined) {
      if (before !== null) await this.#insist(() => store.withdraw(scope));
    } else {
      const { facts, traffic } = attributed;
      await this.#insist(() => store.replace(scope, facts, toTimestamp(clock()), traffic));
    }
    if (before === id) return false;
    this.#ids.set(key, id);
    this.#tellKnowledge();
    return true;
  }

  /** Again until it works: the estate may be away for a while. */
  async #insist(change: () => Promise<void>): Promise<void> {
    for (let isFirst = true; !this.#closing.signal.aborted; isFirst = false) {
      try {
        return await change();
      } catch (thrown) {
        if (isFirst) {
          this.#ports.log.warn(
            { err: thrown },
            'what traffic shows cannot be stored; trying again',
          );
        }
        await delay(RETRY_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  close(): void {
    this.#closing.abort();
    this.#known.resolve();
  }

  #tellKnowledge(): void {
    for (const [key, id] of this.#ids) {
      const knowledge = id === null ? undefined : this.#knowledge.news(key, id);
      if (knowledge !== undefined) this.#listener.onKnowledge(key, knowledge);
    }
  }
}
