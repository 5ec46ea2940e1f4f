import { setTimeout } from 'node:timers/promises';
import { type AuditAction, auditEntryOf } from '../../audit/index.ts';
import { Fault } from '../../base/fault.ts';
import { type DocumentStore, isDocumentConflict } from '../../estate/index.ts';
import type { Asking } from '../../secrets/rotation/index.ts';
import { type KeyRing, parseKeyRing } from '../../secrets/vault/index.ts';

/** Of the document, and of what the audit log tells. */
const KIND = 'vault';
const ID = 'ring';
export const SUBJECT = 'vault';
/** How often a store that is away is asked what it has kept, and how far apart. */
const ATTEMPTS = 5;
const AGAIN_MS = 1_000;

/** What the audit log tells of a change of the vault. */
export interface Told {
  readonly action: AuditAction;
  readonly said: Readonly<Record<string, unknown>>;
  readonly by: Asking;
}

/** The key ring of the vault as one document of the store, which several servers may share. A ring takes the place of
 *  the one that it was made of, and of no other.
 *  @throws {Fault} from every method: `estate/unavailable` */
export class RingDocument {
  readonly #store: DocumentStore;
  readonly #clock: () => number;
  /** What was read or written last. */
  #seen: { readonly version: number; readonly revision: number } | undefined;

  constructor(store: DocumentStore, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Undefined: there is none yet.
   *  @throws {Fault} `vault/ring-malformed` */
  async read(): Promise<KeyRing | undefined> {
    const document = await this.#store.document(KIND, ID);
    if (document === undefined) return undefined;
    const ring = parseKeyRing(document.body);
    this.#seen = { version: document.version, revision: ring.revision };
    return ring;
  }

  /** Keeps the ring of a new vault. False: another server has made one meanwhile. */
  async make(ring: KeyRing, told: Told): Promise<boolean> {
    try {
      await this.#write(ring, 0, told);
      return true;
    } catch (thrown) {
      if (isDocumentConflict(thrown)) return false;
      throw thrown;
    }
  }

  /** Keeps a ring that was made of the one before.
   *  @throws {Fault} `vault/conflict/changed-elsewhere` */
  async keep(ring: KeyRing, told: Told): Promise<void> {
    const seen = this.#seen;
    if (seen === undefined || seen.revision !== ring.revision - 1) throw changedElsewhere();
    try {
      await this.#write(ring, seen.version, told);
    } catch (thrown) {
      throw isDocumentConflict(thrown) ? changedElsewhere() : thrown;
    }
  }

  /** Tells the audit log of what changes no ring. */
  async tell(told: Told): Promise<void> {
    await this.#store.amend([], [this.#entryOf(told)]);
  }

  async #write(ring: KeyRing, version: number, told: Told): Promise<void> {
    const change = { kind: KIND, id: ID, version, body: ring };
    try {
      await this.#store.amend([change], [this.#entryOf(told)]);
    } catch (thrown) {
      if (!(await this.#isKept(ring))) throw thrown;
    }
    this.#seen = { version: version + 1, revision: ring.revision };
  }

  /** Whether the store has a ring though it could not say so. That has to be known: shares of its key are shown to nobody
   *  where it was not kept, and without them one that was kept opens never again. */
  async #isKept({ wrapped }: KeyRing): Promise<boolean> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        const document = await this.#store.document(KIND, ID);
        return document !== undefined && parseKeyRing(document.body).wrapped === wrapped;
      } catch {
        await setTimeout(AGAIN_MS);
      }
    }
    return false;
  }

  #entryOf({ action, said, by }: Told) {
    return auditEntryOf(action, SUBJECT, said, { ...by, now: this.#clock() });
  }
}

const changedElsewhere = () =>
  new Fault(
    'vault/conflict/changed-elsewhere',
    'Another server has changed the key ring of the vault meanwhile',
    { hint: 'look at the vault, and ask again if that is still wanted' },
  );
