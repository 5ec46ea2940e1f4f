import { setImmediate } from 'node:timers/promises';
import type { DocumentStore } from '../../estate/index.ts';
import { KINDS, type StoredSecret } from './stored-secret.ts';

/** Ids that are asked for together, and what becomes of that. */
interface Round {
  readonly ids: Set<string>;
  readonly versions: Promise<ReadonlyMap<string, number>>;
}

/** Longest that all envelopes together may be that are remembered, in characters. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** Secrets as they were read last, values in their envelopes: for readers that come again and again. Whether one still
 *  is as the store has it, is asked of the store each time; those that ask together share the question. */
export class RecentSecrets {
  readonly #store: Pick<DocumentStore, 'documentVersions'>;
  /** The longest unused first. */
  readonly #recent = new Map<string, { readonly stored: StoredSecret; readonly length: number }>();
  #length = 0;
  #round: Round | undefined;

  constructor(store: Pick<DocumentStore, 'documentVersions'>) {
    this.#store = store;
  }

  /** As the store has it by now; undefined: it is not remembered, or has changed, or is gone. */
  async get(id: string): Promise<StoredSecret | undefined> {
    if (!this.#recent.has(id)) return undefined;
    const versions = await this.#ask(id);
    const known = this.#recent.get(id);
    if (known === undefined) return undefined;
    this.#recent.delete(id);
    if (versions.get(id) === known.stored.version) {
      this.#recent.set(id, known);
      return known.stored;
    }
    this.#length -= known.length;
    return undefined;
  }

  remember(stored: StoredSecret): void {
    const { id, versions } = stored.secret;
    this.#forget(id);
    // what stands beside the envelopes counts as one
    const length = versions.reduce((sum, { envelope }) => sum + 500 + (envelope?.length ?? 0), 0);
    this.#recent.set(id, { stored, length });
    this.#length += length;
    for (const oldest of this.#recent.keys()) {
      if (this.#length <= MAX_LENGTH) break;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    this.#length -= this.#recent.get(id)?.length ?? 0;
    this.#recent.delete(id);
  }

  /** The store is asked after this. */
  async #ask(id: string): Promise<ReadonlyMap<string, number>> {
    this.#round ??= this.#begin();
    this.#round.ids.add(id);
    return this.#round.versions;
  }

  #begin(): Round {
    const ids = new Set<string>();
    const versions = setImmediate().then(() => {
      // who comes from now on is not answered by this
      this.#round = undefined;
      return this.#store.documentVersions(KINDS.secret, [...ids]);
    });
    return { ids, versions };
  }
}
