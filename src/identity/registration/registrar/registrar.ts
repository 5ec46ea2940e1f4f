import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../base/clock.ts';
import { Fault, quote } from '../../../base/fault.ts';
import type { DocumentStore } from '../../../estate/index.ts';
import type { Asking } from '../../authority/index.ts';
import type { RegisterableService, RegistrationRules, Unregistered } from '../automatic/index.ts';
import type { RegistrationConfig } from '../config.ts';
import { conflictWith } from '../conflict.ts';
import type { Entry, EntryInput } from '../entry.ts';
import type { EntryIndex } from '../entry-index.ts';
import { type Registering, registerEntry } from '../register.ts';
import { parseTemplate } from '../template.ts';
import { changedEntry, type EntryChange } from './change.ts';
import { type EstateRules, planForEstate } from './estate.ts';
import { KeptEntries } from './kept-entries.ts';
import { EntryListing, type EntryPage, type EntryQuery } from './list.ts';
import type { EndedEntry } from './stored-entry.ts';

/** What a registrar is made of. */
export interface RegistrarParts {
  readonly store: DocumentStore;
  readonly trustDomain: string;
  readonly config: RegistrationConfig;
  readonly clock: Clock;
  /** The cluster of an environment, where agents report more than one. */
  readonly clusterOf?: (environment: string) => string | undefined;
  /** Takes back what entries gave that have ended. Told at least once of each, after a crash too:
   *  until its promise has resolved, it is told again, when entries next change or Reeve starts. */
  readonly onRetired?: (retired: readonly Retired[]) => Promise<void>;
  /** Told of what failed and will be tried again. */
  readonly warn: (message: string, fault: unknown) => void;
}

/** An entry that has ended. */
export interface Retired extends EndedEntry {
  /** Whether another entry gives the same SPIFFE ID: whoever matches that goes on having it. */
  readonly isStillGiven: boolean;
}

/** What has become of the estate's entries. */
export interface Applied {
  readonly added: number;
  readonly updated: number;
  readonly retired: number;
}

/** Entries that are new or no longer as they were, and those that have ended. */
export interface EntriesChanged {
  readonly set: readonly Entry[];
  readonly gone: readonly Entry[];
}

/** Entries of one transaction. While one is made, nothing else of the process runs. */
const BATCH_SIZE = 200;

/** Retired entries that are told of together. */
const TOLD_AT_ONCE = 100;

/** Keeps the entries of a trust domain: who registers what, what the estate calls for, and what has
 *  ended. Nothing is seen before it is durable, with its entry in the audit log. */
export class Registrar {
  readonly #parts: RegistrarParts;
  readonly #rules: EstateRules;
  readonly #kept: KeptEntries;
  readonly #listing = new EntryListing();
  readonly #listeners = new Set<(change: EntriesChanged) => void>();
  #unregistered: readonly Unregistered[] = [];
  #telling: Promise<void> = Promise.resolve();

  private constructor(parts: RegistrarParts) {
    const { store, trustDomain, clock, warn, onRetired } = parts;
    this.#parts = parts;
    this.#rules = { ...rulesOf(parts), isAutomatic: parts.config.automatic };
    this.#kept = new KeptEntries({
      ...{ store, trustDomain, clock, warn },
      remembersEnded: onRetired !== undefined,
      onChange: (set, gone) => this.#tell({ set, gone }),
    });
  }

  /** Reads what is kept.
   *  @throws {Fault} `estate/unavailable`, `identity/template-malformed` */
  static async open(parts: RegistrarParts): Promise<Registrar> {
    const registrar = new Registrar(parts);
    await registrar.#kept.load();
    registrar.#tellRetired();
    return registrar;
  }

  /** Ends when what has begun is done. */
  async close(): Promise<void> {
    await this.#kept.idle();
    await this.#telling;
    this.#listeners.clear();
  }

  /** One and the same for as long as the registrar lives; it changes as entries do. */
  get index(): EntryIndex {
    return this.#kept.index;
  }

  /** Services that the estate could not give an identity when it was last applied, and why. */
  get unregistered(): readonly Unregistered[] {
    return this.#unregistered;
  }

  /** Resolves when whoever takes back what retired entries gave has been told of all of them. */
  async settled(): Promise<void> {
    await this.#telling;
  }

  /** @returns what ends it */
  onChange(listener: (change: EntriesChanged) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws {Fault} `identity/entry-not-found` */
  get(id: string): Entry {
    const entry = this.index.get(id);
    if (entry) return entry;
    throw new Fault('identity/entry-not-found', `There is no registration ${quote(id, 100)}`, {
      hint: 'list the registrations: it may have ended with its service',
    });
  }

  /** @throws {Fault} `identity/page-malformed` */
  list(query: EntryQuery): EntryPage {
    return this.#listing.page(this.index.entries(), query);
  }

  /** Registers what a person says.
   *  @throws {Fault} `identity/entry-invalid`, `identity/entry-conflict`, `identity/entries-too-many` */
  add(input: EntryInput, by: Asking): Promise<Entry> {
    return this.#kept.inTurn(async () => {
      const entry = registerEntry(input, this.#registering(by));
      const { maxEntries } = this.#parts.config;
      const conflict = conflictWith(this.index.entries(), entry);
      if (conflict) throw conflict;
      if (this.index.size >= maxEntries) {
        const why = `There are ${this.index.size} registrations, and ${maxEntries} are allowed`;
        throw new Fault('identity/entries-too-many', why, {
          hint: 'retire what is not used, or raise `identity.registration.maxEntries`',
        });
      }
      await this.#kept.make([{ what: 'register', entry, by }]);
      return entry;
    });
  }

  /** Says some of an entry anew.
   *  @throws {Fault} `identity/entry-not-found`, `identity/entry-invalid`, `identity/entry-conflict` */
  update(id: string, change: EntryChange, by: Asking): Promise<Entry> {
    return this.#kept.inTurn(async () => {
      const before = this.get(id);
      const entry = changedEntry(before, change, this.#registering(by));
      const others = [...this.index.entries()].filter((other) => other.id !== id);
      const conflict = conflictWith(others, entry);
      if (conflict) throw conflict;
      await this.#kept.make([{ what: 'update', before, entry, by }]);
      return entry;
    });
  }

  /** Ends entries, all or none. What the estate calls for comes back when it is next applied.
   *  @throws {Fault} `identity/entry-not-found` */
  remove(ids: readonly string[], by: Asking): Promise<readonly Entry[]> {
    return this.#kept.inTurn(async () => {
      const entries = [...new Set(ids)].map((id) => this.get(id));
      await this.#kept.make(entries.map((entry) => ({ what: 'retire', entry, by })));
      this.#tellRetired();
      return entries;
    });
  }

  /** Brings the entries to what the services of the estate call for. A second time changes nothing. Of
   *  many changes, each transaction makes a few: a failure in between keeps what is done. */
  applyEstate(services: readonly RegisterableService[]): Promise<Applied> {
    const applied = { added: 0, updated: 0, retired: 0 };
    return this.#kept.inTurn(async () => {
      const plan = planForEstate(services, this.index, this.#rules, this.#parts.clock());
      const { amendments } = plan;
      for (let start = 0; start < amendments.length; start += BATCH_SIZE) {
        const batch = amendments.slice(start, start + BATCH_SIZE);
        await this.#kept.make(batch);
        for (const { what } of batch) applied[COUNTED[what]]++;
        await setImmediate();
      }
      this.#unregistered = plan.unregistered;
      this.#tellRetired();
      return applied;
    });
  }

  #registering({ actor }: Asking): Registering {
    const { trustDomain, clock, config } = this.#parts;
    const { maxX509TtlSeconds, maxJwtTtlSeconds } = config;
    return { trustDomain, by: actor, now: clock(), maxX509TtlSeconds, maxJwtTtlSeconds };
  }

  #tell(change: EntriesChanged): void {
    this.#listing.clear();
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (thrown) {
        this.#parts.warn('A change of the registrations was not passed on', thrown);
      }
    }
  }

  #withOthers(ended: readonly EndedEntry[]): Retired[] {
    const given = new Set([...this.index.entries()].map(({ spiffeId }) => spiffeId));
    return ended.map((one) => ({ ...one, isStillGiven: given.has(one.entry.spiffeId) }));
  }

  /** Those that come meanwhile are told of next. */
  #tellRetired(): void {
    const { onRetired, warn } = this.#parts;
    if (onRetired === undefined) return;
    this.#telling = this.#telling.then(async () => {
      try {
        for (;;) {
          const some = this.#kept.ended.slice(0, TOLD_AT_ONCE);
          if (some.length === 0) return;
          await onRetired(this.#withOthers(some));
          await this.#kept.inTurn(() => this.#kept.dealtWith(some));
        }
      } catch (thrown) {
        warn('What retired registrations gave is not taken back yet', thrown);
      }
    });
  }
}

const COUNTED = { register: 'added', update: 'updated', retire: 'retired' } as const;

const HOUR_MS = 3_600_000;

function rulesOf({ config, trustDomain, clusterOf }: RegistrarParts): RegistrationRules {
  const { idTemplate, retireAfterHours, ...rest } = config;
  return {
    ...rest,
    trustDomain,
    template: parseTemplate(idTemplate),
    retireAfterMs: retireAfterHours * HOUR_MS,
    ...(clusterOf && { clusterOf }),
  };
}
