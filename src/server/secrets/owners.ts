import type { EstateStore, ServiceRecord } from '../../estate/index.ts';
import { allOf } from '../all-of.ts';

/** Who owns which service, as it was judged last. */
export class Owners {
  readonly #store: EstateStore;
  #owners: ReadonlyMap<string, string> | undefined;

  constructor(store: EstateStore) {
    this.#store = store;
  }

  /** By id of the service. Before the first judgement, those of the one before the start. */
  async all(): Promise<ReadonlyMap<string, string>> {
    return this.#owners ?? this.#read();
  }

  judged(services: readonly ServiceRecord[]): void {
    this.#owners = toMap(services.map(({ id, owner }) => ({ id, owner: owner?.owner ?? null })));
  }

  async #read(): Promise<ReadonlyMap<string, string>> {
    return toMap(await allOf((query) => this.#store.services(query)));
  }
}

interface Owned {
  readonly id: string;
  readonly owner: string | null;
}

const toMap = (services: readonly Owned[]): ReadonlyMap<string, string> =>
  new Map(services.flatMap(({ id, owner }) => (owner === null ? [] : [[id, owner] as const])));
