import { type Clock, toTimestamp } from '../base/clock.ts';
import { messageOf } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import { type EstateStore, factId, type ServiceRecord } from '../estate/index.ts';
import { attribute } from '../sources/attribution/index.ts';
import { readVault, type VaultStoreConfig } from '../sources/vault/index.ts';

export interface ForeignStoresPorts {
  readonly stores: readonly VaultStoreConfig[];
  /** Of stores that name none. */
  readonly environment: string;
  readonly store: EstateStore;
  /** Where tokens may stand. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after the facts of a store have changed. */
  readonly onFolded: () => void;
}

/** Longest that a store may be read for. */
const MAX_READ_MS = 900_000;

/** Lists the secrets of other stores from time to time. What is known of each is the scope `store:NAME`: it stays while
 *  the store cannot be read. */
export class ForeignStores {
  readonly #ports: ForeignStoresPorts;
  readonly #stop = new AbortController();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #reading = new Map<string, Promise<void>>();
  /** Names of the facts that were told last, and what was wrong last. */
  readonly #told = new Map<string, string>();
  readonly #problems = new Map<string, string>();
  #known: readonly ServiceRecord[] = [];

  constructor(ports: ForeignStoresPorts) {
    this.#ports = ports;
  }

  start(): void {
    for (const config of this.#ports.stores) this.#begin(config);
  }

  /** Services that secrets may name as theirs, from the next reading on. */
  know(services: readonly ServiceRecord[]): void {
    this.#known = services;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#reading.values());
  }

  /** Reads one now. Never rejects: what was known of it stays, and why is told once. */
  async read(config: VaultStoreConfig): Promise<void> {
    const { log } = this.#ports;
    const { name } = config;
    try {
      await this.#read(config);
      if (this.#problems.delete(name)) log.info({ store: name }, 'a store can be read again');
    } catch (thrown) {
      const problem = messageOf(thrown);
      if (this.#stop.signal.aborted || problem === this.#problems.get(name)) return;
      this.#problems.set(name, problem);
      log.warn({ store: name, err: thrown }, 'a store cannot be read');
    }
  }

  #begin(config: VaultStoreConfig): void {
    const reading = this.read(config).then(() => {
      if (this.#stop.signal.aborted) return;
      const timer = setTimeout(() => this.#begin(config), config.everySeconds * 1_000).unref();
      this.#timers.set(config.name, timer);
    });
    this.#reading.set(config.name, reading);
  }

  async #read(config: VaultStoreConfig): Promise<void> {
    const { store, clock, variables, log, onFolded, environment: usual } = this.#ports;
    const { name, environment = usual } = config;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(MAX_READ_MS)]);
    const now = clock();
    const { observations, diagnostics } = await readVault(config, {
      ...{ environment: variables, now, signal },
    });
    for (const { message, file } of diagnostics) log.warn({ store: name, file }, message);
    const { facts } = attribute(observations, { environment, known: this.#known });
    const told = JSON.stringify(facts.map(factId).sort());
    if (told === this.#told.get(name)) return;
    await store.replace(`store:${name}`, facts, toTimestamp(now));
    this.#told.set(name, told);
    onFolded();
  }
}
