import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import {
  type AuditEntry,
  anew,
  type DocumentChange,
  type DocumentStore,
  type NewAuditEntry,
} from '../../estate/index.ts';
import type { Caller } from './admission.ts';
import type { LeasePolicy } from './config.ts';
import { installationOf, KINDS, parseStored, type Stored } from './documents.ts';
import { KnownLeases } from './known.ts';
import { step } from './lifecycle.ts';
import type { Lease, LeaseEvent, Role } from './model.ts';

export interface LeaseKeepingParts {
  readonly store: DocumentStore;
  readonly policy: LeasePolicy;
  readonly clock: Clock;
  /** 0 up to, but not including, 1. */
  readonly lot: () => number;
  /** Told of the latest entry before anything is done at a target for it; returns when that is remembered. */
  readonly mark?: { advance(entry: AuditEntry): void } | undefined;
  readonly warn: (message: string, fault: unknown) => void;
}

/** Roles and leases in the estate's store, each change with its entries in one transaction. Several processes may keep
 *  one store: what is changed is always the store's.
 *  @throws {Fault} from every method: `estate/unavailable` */
export class LeaseKeeping {
  readonly known = new KnownLeases();
  /** What the names of this Reeve's users have in them. */
  readonly installation: string;
  readonly #parts: LeaseKeepingParts;

  private constructor(parts: LeaseKeepingParts, installation: string) {
    this.#parts = parts;
    this.installation = installation;
  }

  /** @param draw the installation, where the store has none yet */
  static async open(parts: LeaseKeepingParts, draw: () => string): Promise<LeaseKeeping> {
    const keeping = new LeaseKeeping(parts, await installationOf(parts.store, draw));
    await keeping.reload();
    return keeping;
  }

  /** Reads all of them again: what other processes have made and removed is known then. One that cannot be read is left
   *  out, and warned of. */
  async reload(): Promise<void> {
    const { store, warn } = this.#parts;
    const { known } = this;
    const gone = new Set(known.ids());
    for (const document of await store.documents(KINDS.lease)) {
      gone.delete(document.id);
      if (known.has(document.id, document.version)) continue;
      attempt(() => known.see(parseStored('lease', document)), warn);
    }
    // one that was made while this was read is looked up by itself
    for (const id of gone) await this.read(id);
    // at once, so that a role that is made while leases are read is not lost again
    const roles = await store.documents(KINDS.role);
    known.roles.clear();
    for (const document of roles) {
      attempt(() => known.roles.set(document.id, parseStored('role', document).body), warn);
    }
  }

  /** As it stands in the store; undefined: it is forgotten.
   *  @throws {Fault} `secrets/lease-damaged` */
  async read(id: string): Promise<Lease | undefined> {
    return (await this.#find(id))?.body;
  }

  /** @throws {Fault} `secrets/role-not-found` */
  async role(id: string): Promise<Role> {
    return (await this.storedRole(id)).body;
  }

  /** @throws {Fault} `secrets/role-not-found` */
  async storedRole(id: string): Promise<Stored<Role>> {
    const document = await this.#parts.store.document(KINDS.role, id);
    if (document !== undefined) {
      const stored = parseStored('role', document);
      this.known.roles.set(id, stored.body);
      return stored;
    }
    this.known.roles.delete(id);
    throw new Fault('secrets/role-not-found', `There is no role ${quote(id, 120)}`, {
      hint: 'list the roles; its name is behind that of its service',
    });
  }

  /** @param version that it had; 0: it is new
   *  @throws {Fault} `estate/document-conflict` */
  async putRole(role: Role, version: number, entry: NewAuditEntry): Promise<void> {
    await this.#amend([{ kind: KINDS.role, id: role.id, version, body: role }], [entry]);
    this.known.roles.set(role.id, role);
  }

  /** With all that is remembered of its leases.
   *  @throws {Fault} `estate/document-conflict` */
  async removeRole(
    { body: { id }, version }: Stored<Role>,
    leases: readonly Stored<Lease>[],
    entry: NewAuditEntry,
  ): Promise<void> {
    const removed = (kind: string, of: string, at: number) => ({
      ...{ kind, id: of, version: at, body: undefined },
    });
    const changes = leases.map(({ body, version: at }) => removed(KINDS.lease, body.id, at));
    await this.#amend([removed(KINDS.role, id, version), ...changes], [entry]);
    this.known.roles.delete(id);
    for (const { body } of leases) this.known.forget(body.id);
  }

  /** Of one role, as they stand in the store. */
  async leasesOf(role: string): Promise<readonly Stored<Lease>[]> {
    const documents = await this.#parts.store.documents(KINDS.lease);
    return documents
      .map((document) => parseStored('lease', document))
      .filter(({ body }) => body.role === role);
  }

  /** Of all leases whose users may be there, as they stand in the store. */
  async usernames(): Promise<ReadonlySet<string>> {
    const documents = await this.#parts.store.documents(KINDS.lease);
    const leases = documents.map((document) => parseStored('lease', document).body);
    return new Set(leases.filter(({ state }) => state !== 'ended').map(({ username }) => username));
  }

  /** Makes a lease durable; nothing has been done at its target yet. */
  async begin(lease: Lease, entry: NewAuditEntry): Promise<void> {
    await this.#amend([{ kind: KINDS.lease, id: lease.id, version: 0, body: lease }], [entry]);
    this.known.see({ body: lease, version: 1 });
  }

  /** Takes an event, and makes what it changes durable.
   *  @throws {Fault} `secrets/lease-not-found`, `secrets/lease-conflict`; `estate/document-conflict` where others keep
   *  changing it */
  change(
    id: string,
    event: LeaseEvent,
  ): Promise<{ readonly lease: Lease | undefined; readonly isTaken: boolean }> {
    const { clock, lot, policy } = this.#parts;
    return anew(async () => {
      const { body: before, version } = await this.#get(id);
      const { lease, isTaken, entries } = step(
        before,
        event,
        { wall: clock(), lot: lot() },
        policy,
      );
      if (lease === before && entries.length === 0) return { lease, isTaken };
      await this.#amend([{ kind: KINDS.lease, id, version, body: lease }], entries);
      if (lease === undefined) this.known.forget(id);
      else this.known.see({ body: lease, version: version + 1 });
      return { lease, isTaken };
    });
  }

  /** As `change`, for who needs the lease that comes of it.
   *  @throws {Fault} as `change` does */
  async changed(id: string, event: LeaseEvent): Promise<Lease> {
    const { lease } = await this.change(id, event);
    return lease ?? missing(id);
  }

  /** @throws {Fault} `secrets/lease-not-found` */
  async lease(id: string): Promise<Lease> {
    return (await this.#get(id)).body;
  }

  /** A lease that its holder asks about.
   *  @throws {Fault} `secrets/lease-not-found`, `secrets/lease-forbidden` */
  async ownLease(id: string, caller: Caller): Promise<Lease> {
    const lease = await this.lease(id);
    if (lease.spiffeId === caller.spiffeId && lease.service === caller.service) return lease;
    throw new Fault('secrets/lease-forbidden', `The lease ${quote(id)} is another workload’s`, {
      hint: 'show the SVID of who asked for it',
    });
  }

  /** Tells the audit log of what changes nothing. */
  async tell(...entries: readonly NewAuditEntry[]): Promise<void> {
    await this.#amend([], entries);
  }

  async #get(id: string): Promise<Stored<Lease>> {
    return (await this.#find(id)) ?? missing(id);
  }

  async #find(id: string): Promise<Stored<Lease> | undefined> {
    const document = await this.#parts.store.document(KINDS.lease, id);
    const stored = document && parseStored('lease', document);
    if (stored === undefined) this.known.forget(id);
    else this.known.see(stored);
    return stored;
  }

  async #amend(
    changes: readonly DocumentChange[],
    entries: readonly NewAuditEntry[],
  ): Promise<void> {
    const last = (await this.#parts.store.amend(changes, entries)).at(-1);
    if (last) this.#parts.mark?.advance(last);
  }
}

function attempt(work: () => void, warn: LeaseKeepingParts['warn']): void {
  try {
    work();
  } catch (fault) {
    warn('A role, or a lease, is left out', fault);
  }
}

function missing(id: string): never {
  throw new Fault('secrets/lease-not-found', `There is no lease ${quote(id)}`, {
    hint: 'it may have ended long ago; ask for another',
  });
}
