import { z } from 'zod';
import { Fault } from '../../../base/fault.ts';
import {
  type DocumentChange,
  type DocumentStore,
  isDocumentConflict,
  type StoredDocument,
} from '../../../estate/index.ts';
import { parseBundle, writeBundle } from '../../spiffe/index.ts';
import { RelationWish } from '../relation-schema.ts';
import type { FederationChange, HeldBundle, HeldRelation, KeptFederation } from './port.ts';

const BUNDLE = 'federation-bundle';
const RELATION = 'federation-relation';
const ATTEMPTS = 5;

const StoredBundle = z.strictObject({
  document: z.string(),
  origin: z.enum(['endpoint', 'given']),
  changedAt: z.number(),
  confirmedAt: z.number().nullable(),
  given: z.string().nullable(),
});
const StoredRelation = z.strictObject({
  wish: RelationWish,
  setBy: z.string(),
  setAt: z.number(),
});

/** Bundles and relations in the estate's store: each is a document, and changes in one transaction with
 *  the audit log. Of two processes, the one that writes last counts: both fetch the same bundles. */
export class FederationStore {
  readonly #store: DocumentStore;
  readonly #versions = new Map<string, number>();
  /** Changes are made one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  /** @throws {Fault} `estate/unavailable` */
  async load(): Promise<KeptFederation> {
    const documents = await this.#documents();
    const bundles = new Map<string, HeldBundle>();
    const relations = new Map<string, HeldRelation>();
    const damaged: string[] = [];
    for (const { kind, id, body } of documents) {
      const bundle = kind === BUNDLE ? readBundle(id, body) : undefined;
      const relation = kind === RELATION ? readRelation(id, body) : undefined;
      if (bundle) bundles.set(id, bundle);
      else if (relation) relations.set(id, relation);
      else damaged.push(`${kind} ${id}`);
    }
    return { bundles, relations, damaged };
  }

  /** @throws {Fault} `estate/unavailable` */
  save(change: FederationChange): Promise<void> {
    const turn = this.#turn.then(() => this.#save(change));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when all that was to be kept has been. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  async #save(change: FederationChange): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const changes = this.#changesOf(change);
      try {
        await this.#store.amend(changes, change.entries);
      } catch (thrown) {
        if (!isDocumentConflict(thrown) || attempt === ATTEMPTS) throw thrown;
        await this.#documents();
        continue;
      }
      for (const { kind, id, version, body } of changes) {
        if (body === undefined) this.#versions.delete(`${kind} ${id}`);
        else this.#versions.set(`${kind} ${id}`, version + 1);
      }
      return;
    }
  }

  /** What is to be removed and is not there needs no change. */
  #changesOf({ trustDomain, bundle, relation }: FederationChange): DocumentChange[] {
    const bodies = [
      [BUNDLE, bundle && toBody(bundle)],
      [RELATION, relation],
    ] as const;
    return bodies.flatMap(([kind, body]) => {
      const version = this.#versions.get(`${kind} ${trustDomain}`) ?? 0;
      if (body === undefined || (body === null && version === 0)) return [];
      return [{ kind, id: trustDomain, version, body: body ?? undefined }];
    });
  }

  async #documents(): Promise<readonly StoredDocument[]> {
    const kinds = await Promise.all([BUNDLE, RELATION].map((kind) => this.#store.documents(kind)));
    const documents = kinds.flat();
    this.#versions.clear();
    for (const { kind, id, version } of documents) this.#versions.set(`${kind} ${id}`, version);
    return documents;
  }
}

function toBody({ bundle, ...others }: HeldBundle): z.infer<typeof StoredBundle> {
  return { document: writeBundle(bundle), ...others };
}

function readBundle(trustDomain: string, body: unknown): HeldBundle | undefined {
  const read = StoredBundle.safeParse(body);
  if (!read.success) return undefined;
  const { document, ...others } = read.data;
  try {
    return { ...others, bundle: parseBundle(trustDomain, document, LIMITS).bundle };
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined;
    throw thrown;
  }
}

/** It was judged before it was kept, by the limits of that time. */
const LIMITS = { maxBytes: Number.POSITIVE_INFINITY, maxKeys: Number.POSITIVE_INFINITY };

function readRelation(trustDomain: string, body: unknown): HeldRelation | undefined {
  const read = StoredRelation.safeParse(body);
  return read.success && read.data.wish.trustDomain === trustDomain ? read.data : undefined;
}
