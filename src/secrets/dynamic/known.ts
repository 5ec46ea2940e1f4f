import type { Stored } from './documents.ts';
import { isLive } from './lifecycle.ts';
import type { Lease, Role } from './model.ts';

/** Told of a lease that has changed; undefined: it is forgotten. */
export type LeaseListener = (id: string, lease: Lease | undefined) => void;

/** What this process knows of roles and leases, as it last saw them. */
export class KnownLeases {
  readonly roles = new Map<string, Role>();
  readonly #leases = new Map<string, Stored<Lease>>();
  /** Ids of leases that count, by service. */
  readonly #ofService = new Map<string, Set<string>>();
  readonly #listeners = new Set<LeaseListener>();

  /** @returns what ends it */
  onChange(listener: LeaseListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get size(): number {
    return this.#leases.size;
  }

  ids(): MapIterator<string> {
    return this.#leases.keys();
  }

  *all(): Generator<Lease> {
    for (const { body } of this.#leases.values()) yield body;
  }

  get(id: string): Lease | undefined {
    return this.#leases.get(id)?.body;
  }

  /** Whether a document was seen, or a newer one. */
  has(id: string, version: number): boolean {
    return (this.#leases.get(id)?.version ?? 0) >= version;
  }

  /** Leases of a service that have, or may still have, a user at a target. */
  *ofService(service: string): Generator<Lease> {
    for (const id of this.#ofService.get(service) ?? []) {
      const lease = this.get(id);
      if (lease !== undefined) yield lease;
    }
  }

  /** Takes what was read or written. What was read before something newer was seen is left aside. */
  see(stored: Stored<Lease>): void {
    const { id, service } = stored.body;
    if (this.has(id, stored.version)) return;
    this.#leases.set(id, stored);
    if (isLive(stored.body) || stored.body.state === 'ending') this.#count(service, id);
    else this.#discount(service, id);
    this.#tell(id, stored.body);
  }

  forget(id: string): void {
    const lease = this.get(id);
    if (lease === undefined) return;
    this.#leases.delete(id);
    this.#discount(lease.service, id);
    this.#tell(id, undefined);
  }

  #count(service: string, id: string): void {
    const ids = this.#ofService.get(service) ?? new Set();
    this.#ofService.set(service, ids.add(id));
  }

  #discount(service: string, id: string): void {
    const ids = this.#ofService.get(service);
    ids?.delete(id);
    if (ids?.size === 0) this.#ofService.delete(service);
  }

  #tell(id: string, lease: Lease | undefined): void {
    for (const listener of this.#listeners) listener(id, lease);
  }
}
