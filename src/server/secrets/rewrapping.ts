import { auditEntryOf } from '../../audit/index.ts';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import { type DocumentChange, type DocumentStore, isDocumentConflict } from '../../estate/index.ts';
import type { Asking } from '../../secrets/rotation/index.ts';
import { SUBJECT } from './ring.ts';
import type { ServerVault } from './vault.ts';
import { sealed } from './vault-faults.ts';

/** Where envelopes of the vault are kept. */
export interface EnvelopeHolder {
  /** Of all that has some. */
  ids(): Promise<readonly string[]>;
  /** Wraps those of one anew; where it is gone, nothing. */
  rewrap(id: string, by: Asking): Promise<unknown>;
}

export interface RewrappingParts {
  readonly vault: ServerVault;
  readonly store: DocumentStore;
  readonly holder: EnvelopeHolder;
  readonly clock: () => number;
  readonly log: Log;
}

export interface RewrapProgress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339; null: it is under way. */
  readonly endedAt: string | null;
}

/** That a person wants it: it is gone on with after a restart. */
const KIND = 'vault-rewrap';
const ID = 'all';
type Wanted = { readonly version: number; readonly by: Asking };

/** Wraps all values with the newest root key, one secret after the other. Whoever is killed meanwhile begins again: what
 *  is wrapped so already costs a look. */
export class Rewrapping {
  readonly #parts: RewrappingParts;
  #progress: RewrapProgress | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: RewrappingParts) {
    this.#parts = parts;
    parts.vault.onChange(() => void this.resume());
  }

  /** Of the latest that this process did. */
  get progress(): RewrapProgress | undefined {
    return this.#progress;
  }

  /** @throws {Fault} `vault/unavailable/sealed`, `vault/conflict/rewrapping`, `estate/unavailable` */
  async start(by: Asking): Promise<void> {
    const { store, vault, clock } = this.#parts;
    if (vault.isSealed) throw sealed();
    if (this.#running) throw underWay();
    const kept = await store.document(KIND, ID);
    const version = vault.standing.rootKeys.at(-1)?.version ?? 0;
    const change = { kind: KIND, id: ID, version: kept?.version ?? 0, body: { by } };
    const entry = auditEntryOf('vault.rewrap', SUBJECT, { version }, { ...by, now: clock() });
    await store.amend([change], [entry]);
    this.#run({ version: change.version + 1, by });
  }

  /** Goes on with what was begun before this process was started. Never rejects. */
  async resume(): Promise<void> {
    const { store, vault, log } = this.#parts;
    if (vault.isSealed || this.#running || this.#isClosed) return;
    try {
      const kept = await store.document(KIND, ID);
      if (kept) this.#run({ version: kept.version, by: (kept.body as { by: Asking }).by });
    } catch (thrown) {
      log.error({ err: thrown }, 'it is not known whether secrets are to be rewrapped');
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  #run(wanted: Wanted): void {
    this.#running ??= this.#all(wanted)
      .catch((thrown) => this.#parts.log.error({ err: thrown }, 'rewrapping has stopped'))
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #all(wanted: Wanted): Promise<void> {
    const { holder, clock, vault } = this.#parts;
    const ids = await holder.ids();
    const startedAt = new Date(clock()).toISOString();
    let [done, failed] = [0, 0];
    const tell = (endedAt: string | null) => {
      this.#progress = { total: ids.length, done, failed, startedAt, endedAt };
    };
    tell(null);
    for (const id of ids) {
      if (this.#isClosed || vault.isSealed) return;
      if (await this.#one(id, wanted.by)) done++;
      else failed++;
      tell(null);
    }
    await this.#end(wanted, done, failed);
    tell(new Date(clock()).toISOString());
  }

  async #one(id: string, by: Asking): Promise<boolean> {
    try {
      await this.#parts.holder.rewrap(id, by);
      return true;
    } catch (thrown) {
      this.#parts.log.error({ err: thrown, secret: id }, 'a secret could not be rewrapped');
      return false;
    }
  }

  async #end({ version, by }: Wanted, done: number, failed: number): Promise<void> {
    const { store, clock, vault } = this.#parts;
    const removed: DocumentChange = { kind: KIND, id: ID, version, body: undefined };
    const said = { version: vault.standing.rootKeys.at(-1)?.version, secrets: done, failed };
    const entry = auditEntryOf('vault.rewrapped', SUBJECT, said, { ...by, now: clock() });
    try {
      await store.amend([removed], [entry]);
    } catch (thrown) {
      // another server has ended the same
      if (!isDocumentConflict(thrown)) throw thrown;
    }
  }
}

const underWay = () =>
  new Fault('vault/conflict/rewrapping', 'Secrets are being rewrapped already', {
    hint: 'the vault tells how far that is',
  });
