import { z } from 'zod';
import { type AuditAction, auditEntryOf } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import {
  anew,
  type DocumentStore,
  type NewAuditEntry,
  type StoredDocument,
} from '../../estate/index.ts';
import type { Asking } from '../rotation/index.ts';
import { keysAt } from './jwks.ts';
import { KeySet, type PublicKey } from './model.ts';

const KIND = 'key-set';
const FORMAT = 1;
const Stored = z.strictObject({ format: z.literal(FORMAT), set: KeySet });
/** Keys of one set: more would be a burden to who verifies. */
const MAX_KEYS = 50;

export interface KeySetsParts {
  readonly store: DocumentStore;
  readonly clock: Clock;
}

/** What becomes of a set, and what the audit log says of it; undefined: it stays as it is. */
type MadeSet = { readonly set: KeySet; readonly entry: NewAuditEntry } | undefined;

/** Keeps the public keys by which tokens are verified, each set under the id of its secret. What is read is always the
 *  store's.
 *  @throws {Fault} from every method: `estate/unavailable`, `secrets/key-set-damaged` */
export class KeySets {
  readonly #parts: KeySetsParts;

  constructor(parts: KeySetsParts) {
    this.#parts = parts;
  }

  async read(id: string): Promise<KeySet | undefined> {
    const document = await this.#parts.store.document(KIND, id);
    return document && parseStored(document);
  }

  /** Adds a key. One that is there, retired or not, stays as it is.
   *  @param maxAgeSeconds how long who verifies may go by what was read, from now on
   *  @throws {Fault} `secrets/key-set-too-many` */
  publish(id: string, key: PublicKey, maxAgeSeconds: number, by: Asking): Promise<void> {
    return this.#change(id, (before, now) => {
      const keys = before ? keysAt(before, now) : [];
      if (keys.some(({ kid }) => kid === key.kid)) return undefined;
      if (keys.length >= MAX_KEYS) throw tooMany(id);
      const published = { ...key, publishedAt: toTime(now), until: null };
      const { kid, algorithm } = key;
      const entry = this.#entry('key-set.publish', id, { kid, algorithm }, by, now);
      return { set: { id, maxAgeSeconds, keys: [...keys, published] }, entry };
    });
  }

  /** Lets a key end with the last token that it signed. One that ends already keeps its end.
   *  @param until milliseconds since 1970 */
  retire(id: string, kid: string, until: number, by: Asking): Promise<void> {
    return this.#change(id, (before, now) => {
      if (!before?.keys.some((one) => one.kid === kid && one.until === null)) return undefined;
      const end = toTime(until);
      const keys = before.keys.map((one) => (one.kid === kid ? { ...one, until: end } : one));
      const entry = this.#entry('key-set.retire', id, { kid, until: end }, by, now);
      return { set: { ...before, keys }, entry };
    });
  }

  /** Takes a key away at once: tokens that it signed are refused by who reads the set anew. */
  withdraw(id: string, kid: string, by: Asking): Promise<void> {
    return this.#change(id, (before, now) => {
      if (!before?.keys.some((one) => one.kid === kid)) return undefined;
      const keys = before.keys.filter((one) => one.kid !== kid);
      const entry = this.#entry('key-set.withdraw', id, { kid }, by, now);
      return { set: { ...before, keys }, entry };
    });
  }

  #entry(
    action: Extract<AuditAction, `key-set.${string}`>,
    id: string,
    said: Readonly<Record<string, unknown>>,
    by: Asking,
    now: number,
  ): NewAuditEntry {
    return auditEntryOf(action, id, said, { ...by, now });
  }

  /** Reads, works and writes, anew where somebody else has written meanwhile.
   *  @throws {Fault} `estate/document-conflict` where that happens again and again */
  #change(id: string, work: (before: KeySet | undefined, now: number) => MadeSet): Promise<void> {
    const { store, clock } = this.#parts;
    return anew(async () => {
      const document = await store.document(KIND, id);
      const made = work(document && parseStored(document), clock());
      if (made === undefined) return;
      const body = { format: FORMAT, set: made.set };
      const change = { kind: KIND, id, version: document?.version ?? 0, body };
      await store.amend([change], [made.entry]);
    });
  }
}

/** @throws {Fault} `secrets/key-set-damaged` */
function parseStored({ id, body }: StoredDocument): KeySet {
  const read = Stored.safeParse(body);
  if (read.success && read.data.set.id === id) return read.data.set;
  throw new Fault(
    'secrets/key-set-damaged',
    `What the store keeps of the public keys of ${quote(id, 120)} cannot be read`,
    { hint: 'bring the store back from a backup, or start the newer Reeve that wrote it' },
  );
}

const tooMany = (id: string): Fault =>
  new Fault(
    'secrets/key-set-too-many',
    `${quote(id, 120)} has ${MAX_KEYS} public keys, as many as are allowed`,
    { hint: 'let tokens live for a shorter time, or rotate less often' },
  );

const toTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
